"""Nothing beside the data can weaken its audit, and no declaration takes a risk away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

import provenance_audit
from provenance_audit.errors import ManifestError
from provenance_audit.findings import Finding, Report, Severity

QWEN = "Qwen/Qwen2.5-7B-Instruct"
GEMMA = "google/gemma-2-9b-it"
VICUNA = "lmsys/vicuna-7b-v1.5"


def write(folder: Path, teacher: str | None, manifest: dict[str, Any] | None = None, **more: str) -> Path:
    """Rows that name their teacher, and a manifest beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    row = {"prompt": "q", "completion": "a", **more} | ({} if teacher is None else {"teacher": teacher})
    (folder / "rows.jsonl").write_text(
        "".join(json.dumps(row | {"prompt": f"q{n}"}) + "\n" for n in range(4))
    )
    if manifest is not None:
        (folder / "paudit.lineage.yaml").write_text(yaml.safe_dump({"paudit": 1, **manifest}))
    return folder


def found(report: Report) -> dict[str, Finding]:
    return {finding.id: finding for finding in report.findings}


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("select", [{"where": "true"}, {"files": ["*.jsonl"]}])
def test_a_declared_maker_does_not_overwrite_what_rows_say(tmp_path: Path, select: Any, named: bool) -> None:
    manifest = {"generations": [{"model": GEMMA, "select": select}]}
    data = write(tmp_path / "data", QWEN, manifest)
    lineage = data / "paudit.lineage.yaml" if named else None
    findings = found(provenance_audit.scan(data, student=QWEN, lineage=lineage))
    assert {"PA106", "PA107", "PA201"} <= findings.keys()


@pytest.mark.parametrize(
    "models",
    [
        {"decoy": {"id": GEMMA, "aliases": [QWEN]}},
        {QWEN: {"id": GEMMA}},
        {"decoy": {"id": GEMMA, "aliases": ["unsloth/Qwen2.5-7B-Instruct-bnb-4bit", QWEN]}},
    ],
)
def test_a_published_name_keeps_its_meaning(tmp_path: Path, models: Any) -> None:
    data = write(tmp_path / "data", QWEN, {"models": models})
    findings = found(provenance_audit.scan(data, student="Qwen/Qwen2.5-7B"))
    assert findings["PA202"].severity is Severity.CRITICAL
    assert "disagree on the name" in findings["PA105"].message


def test_renaming_an_unpublished_repository_adds_an_edge_and_hides_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Hub's cache says what acme/owl is; a manifest says that it is another model."""
    cache = tmp_path / "cache"
    snapshot = cache / "models--acme--owl" / "snapshots" / ("0123456789" * 4)
    snapshot.mkdir(parents=True)
    (snapshot / "adapter_config.json").write_text(
        json.dumps({"base_model_name_or_path": QWEN, "peft_type": "LORA"})
    )
    monkeypatch.setenv("HF_HUB_CACHE", str(cache))
    data = write(tmp_path / "data", "acme/owl", {"models": {"acme/owl": {"id": GEMMA}}})
    lineage = data / "paudit.lineage.yaml"
    tuned = provenance_audit.scan(data, student=QWEN, lineage=lineage)
    assert found(tuned)["PA202"].confidence == "high"
    assert "PA105" in found(tuned)
    assert "PA201" in found(provenance_audit.scan(data, student=GEMMA, lineage=lineage))


def test_columns_of_a_manifest_beside_the_data_are_not_used(tmp_path: Path) -> None:
    data = write(tmp_path / "data", QWEN, {"dataset": {"columns": {"maker": "origin"}}}, origin=GEMMA)
    report = provenance_audit.scan(data, student=QWEN)
    assert "PA201" in found(report)
    assert any("columns are not used" in note for note in report.dataset.notes)
    named = provenance_audit.scan(data, student=QWEN, lineage=data / "paudit.lineage.yaml")
    assert "PA201" not in found(named)


@pytest.mark.parametrize(
    "models",
    [{"acme/owl": {"is_root": True}}, {"acme/owl": {"base": "mistralai/Mistral-7B-v0.1"}}],
)
def test_a_manifest_beside_the_data_settles_nothing(tmp_path: Path, models: Any) -> None:
    data = write(tmp_path / "data", "acme/owl", {"models": models})
    assert "PA205" in found(provenance_audit.scan(data, student=QWEN))
    named = provenance_audit.scan(data, student=QWEN, lineage=data / "paudit.lineage.yaml")
    assert "PA205" not in found(named)


def test_a_bom_beside_the_data_settles_nothing(tmp_path: Path) -> None:
    data = write(tmp_path / "data", "acme/owl")
    owl = {
        "type": "machine-learning-model", "bom-ref": "owl", "name": "owl", "group": "acme",
        "purl": "pkg:huggingface/acme/owl",
        "pedigree": {"ancestors": [{"type": "machine-learning-model", "name": "m", "purl": "pkg:huggingface/mistralai/Mistral-7B-v0.1"}]},
    }  # fmt: skip
    (data / "bom.json").write_text(
        json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [owl]})
    )
    assert "PA205" in found(provenance_audit.scan(data, student=QWEN))


def test_a_declared_copy_does_not_undo_a_fine_tune(tmp_path: Path) -> None:
    base = [{"id": "meta-llama/Llama-2-7b-hf", "relation": "mirror"}]
    data = write(tmp_path / "data", VICUNA, {"models": {VICUNA: {"base": base}}})
    lineage = data / "paudit.lineage.yaml"
    report = provenance_audit.scan(
        data, student="meta-llama/Llama-2-7b-hf", teacher_prompt="none", lineage=lineage
    )
    assert found(report)["PA202"].severity is Severity.CRITICAL


def test_two_manifests_beside_the_data_are_refused(tmp_path: Path) -> None:
    one = write(tmp_path / "a", None, {"teacher": GEMMA})
    other = write(tmp_path / "b", None, {"teacher": QWEN})
    with pytest.raises(ManifestError, match="several manifests"):
        provenance_audit.scan([one, other], student=QWEN)


def test_no_prompt_by_hearsay_is_no_record(tmp_path: Path) -> None:
    data = write(tmp_path / "data", None, {"teacher": GEMMA, "system_prompt": "none"})
    assert "PA109" in found(provenance_audit.scan(data, student=QWEN))
    named = provenance_audit.scan(data, student=QWEN, lineage=data / "paudit.lineage.yaml")
    assert "PA109" not in found(named)


@pytest.mark.parametrize("turns", [1, 2])
def test_a_system_turn_in_some_conversations_records_no_prompt_of_the_others(
    tmp_path: Path, turns: int
) -> None:
    rows = tmp_path / "rows.jsonl"
    with rows.open("w") as stream:
        for n in range(4):
            said = [{"role": "user", "content": f"q{n}"}, {"role": "assistant", "content": "a"}]
            system = [{"role": "system", "content": "Be brief." if n < turns else ""}]
            stream.write(json.dumps({"messages": [*system, *said] if n < 3 else said}) + "\n")
    report = provenance_audit.scan(rows, student="mistralai/Mistral-7B-v0.1", teacher=GEMMA)
    assert report.lineage.makers[0].prompt == "unrecorded"
    assert "PA109" in found(report)


def test_an_empty_cell_of_a_prompt_column_says_that_there_was_none(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    prompts = ["Be brief.", "", None, "Be brief."]
    rows.write_text(
        "".join(
            json.dumps({"prompt": f"q{n}", "completion": "a", "system_prompt": one}) + "\n"
            for n, one in enumerate(prompts)
        )
    )
    report = provenance_audit.scan(rows, student="mistralai/Mistral-7B-v0.1", teacher=GEMMA)
    assert report.lineage.makers[0].prompt == "2 different prompts, none among them"
