"""Which source wins where, what only adds, and that disagreement is said."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

import provenance_audit
from provenance_audit.findings import Finding, Report, Severity

QWEN = "Qwen/Qwen2.5-7B-Instruct"


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "rows.jsonl"
    path.parent.mkdir()
    path.write_text("".join(json.dumps({"prompt": f"q{n}", "completion": f"{n}"}) + "\n" for n in range(4)))
    return path


def found(report: Report, id: str) -> Finding:
    return next(finding for finding in report.findings if finding.id == id)


def manifest(folder: Path, text: str) -> Path:
    path = folder / "paudit.lineage.yaml"
    path.write_text(f"paudit: 1\n{text}\n")
    return path


def test_the_command_line_names_the_student_over_the_manifest(rows: Path, tmp_path: Path) -> None:
    path = manifest(tmp_path, "student: google/gemma-2-9b")
    report = provenance_audit.scan(rows, student=QWEN, lineage=path)
    assert report.lineage.student == QWEN
    evidence = found(report, "PA105").evidence["statements"]
    assert [(one["object_id"], one["tier"], one["locator"]) for one in evidence] == [
        (QWEN, 3, "--student"),
        ("google/gemma-2-9b", 3, f"{path}:/student"),
    ]


def test_a_manifest_beside_the_data_is_read_and_cannot_lower_anything(rows: Path) -> None:
    text = f"student: {QWEN}\nteacher: {QWEN}\nsystem_prompt: none"
    manifest(rows.parent, text)
    report = provenance_audit.scan(rows)
    assert found(report, "PA201").severity is Severity.HIGH
    assert found(report, "PA101").severity is Severity.MEDIUM


def test_the_same_manifest_named_by_the_user_counts(rows: Path, tmp_path: Path) -> None:
    path = manifest(tmp_path, f"student: {QWEN}\nteacher: {QWEN}\nsystem_prompt: none")
    report = provenance_audit.scan(rows, lineage=path)
    assert found(report, "PA201").severity is Severity.LOW
    assert report.exit_code == 0


def test_a_parquet_footer_names_teacher_and_student(tmp_path: Path) -> None:
    table = pa.table({"prompt": ["q"], "completion": ["a"]})
    stated = {"paudit.lineage": json.dumps({"teacher": "acme/owl-7b", "student": QWEN}), "huggingface": "{}"}
    pa.parquet.write_table(table.replace_schema_metadata(stated), tmp_path / "rows.parquet")
    report = provenance_audit.scan(tmp_path / "rows.parquet")
    assert report.lineage.student == QWEN
    assert [(one.id, one.rows) for one in report.lineage.makers] == [("acme/owl-7b", 1)]
    assert any(
        one.locator.endswith("footer/paudit.lineage") and one.tier == 4 for one in report.lineage.assertions
    )


def test_an_arrow_schema_is_a_footer_too(tmp_path: Path) -> None:
    table = pa.table({"prompt": ["q"], "completion": ["a"]}).replace_schema_metadata(
        {"paudit.lineage": json.dumps({"teacher": "acme/owl-7b"})}
    )
    with pa.OSFile(str(tmp_path / "rows.arrow"), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    report = provenance_audit.scan(tmp_path / "rows.arrow")
    assert [one.id for one in report.lineage.makers] == ["acme/owl-7b"]


def test_a_log_that_names_its_model_is_of_tier_two(tmp_path: Path) -> None:
    line = {
        "custom_id": "r",
        "response": {"body": {"model": "gpt-4o-2024-08-06", "choices": [{"message": {"content": "a"}}]}},
    }
    (tmp_path / "batch.jsonl").write_text(json.dumps(line) + "\n")
    report = provenance_audit.scan(tmp_path / "batch.jsonl")
    assert [(one.object_id, one.tier) for one in report.lineage.assertions] == [("gpt-4o-2024-08-06", 2)]


def test_the_name_of_a_file_is_a_hint(rows: Path) -> None:
    named = rows.rename(rows.with_name("Llama-3.1-8B-Instruct__koala.jsonl"))
    report = provenance_audit.scan(named, student="meta-llama/Llama-3.1-8B")
    assert found(report, "PA202").confidence == "low"
    assert "a hint, which decides nothing" in found(report, "PA101").message
    assert [ruling.finding.id for ruling in report.rulings if ruling.gating] == ["PA101"]


def test_rows_are_given_to_makers_by_predicate_column_and_file(rows: Path, tmp_path: Path) -> None:
    path = manifest(
        tmp_path,
        "generations:\n"
        "  - {model: google/gemma-2-9b, select: {where: \"completion IN ('0', '1')\"}}\n"
        "  - {model: mistralai/Mistral-7B-v0.1, select: {column: completion, equals: '2'}}\n",
    )
    report = provenance_audit.scan(rows, student=QWEN, lineage=path)
    assert {one.id: one.rows for one in report.lineage.makers} == {
        "google/gemma-2-9b": 2,
        "mistralai/Mistral-7B-v0.1": 1,
    }
    assert "1 of 4 rows name no maker" in found(report, "PA101").message


def test_a_predicate_cannot_read_other_files(rows: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("x\n1\n")
    path = manifest(
        tmp_path, f"generations:\n  - {{model: a/b, select: {{where: \"EXISTS (FROM '{secret}')\"}}}}"
    )
    with pytest.raises(provenance_audit.errors.ManifestError, match="where"):
        provenance_audit.scan(rows, lineage=path)
