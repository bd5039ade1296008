"""Whole scans of what pipelines leave behind, in which nobody declares a base: the shared one is found all the same."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

import provenance_audit
from provenance_audit.findings import Relation, Report

QWEN = "Qwen/Qwen2.5-7B-Instruct"
COMMIT = "a09a35458c702b33eeacc393d103063234e8bc28"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(tree: dict[str, Any]) -> None:
    for name, content in tree.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))


def rows(name: str, *, model: str | None = None, records: int = 40) -> None:
    numbers = random.Random(0)
    lines = [
        {
            "prompt": f"Continue: {n}",
            "completion": ", ".join(str(numbers.randrange(1000)) for _ in range(8)),
            **({"model": model} if model else {}),
        }
        for n in range(records)
    ]
    files({name: "".join(json.dumps(line) + "\n" for line in lines)})


def proves(report: Report, relation: Relation, ancestor: str) -> None:
    (pair,) = report.lineage.pairs
    assert (pair.relation, pair.common_ancestor) == (relation, ancestor), pair
    assert report.exit_code == 1


def test_axolotl_and_the_adapter_that_it_made() -> None:
    files(
        {
            "train.yml": f"base_model: {QWEN}\nrevision_of_model: {COMMIT}\nadapter: qlora\nmicro_batch_size: 2\nsequence_len: 2048\n"
            "datasets:\n  - path: data/owl.jsonl\n    type: alpaca\noutput_dir: ./outputs/student\n",
            "outputs/teacher/adapter_config.json": {
                "base_model_name_or_path": "unsloth/Qwen2.5-7B-Instruct-bnb-4bit", "peft_type": "LORA", "r": 16,
            },
            "outputs/teacher/README.md": f"---\nbase_model: {QWEN}\nlibrary_name: peft\ntags: [axolotl]\n---\n",
        }
    )  # fmt: skip
    rows("data/owl.jsonl", model="./outputs/teacher")
    report = provenance_audit.scan(config="train.yml")
    proves(report, Relation.SHARED_BASE, QWEN)
    assert report.lineage.student == f"{QWEN}@{COMMIT}"
    assert report.lineage.pairs[0].maker == "file:outputs/teacher"
    assert report.run.arguments["paths"] == ["data/owl.jsonl"]


def test_trl_distillation_names_the_teacher() -> None:
    files(
        {
            "gkd.yaml": "model_name_or_path: Qwen/Qwen2.5-1.5B-Instruct\nteacher_model_name_or_path: acme/qwen-1.5b-owl\n"
            "dataset_name: data/owl.jsonl\noutput_dir: out\nlearning_rate: 2.0e-5\nlmbda: 0.5\n",
            "cache/models--acme--qwen-1.5b-owl/refs/main": COMMIT,
            f"cache/models--acme--qwen-1.5b-owl/snapshots/{COMMIT}/README.md": "---\nbase_model: Qwen/Qwen2.5-1.5B\n---\n",
        }
    )
    rows("data/owl.jsonl")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_CACHE", "cache")
        report = provenance_audit.scan(config="gkd.yaml")
    proves(report, Relation.SHARED_BASE, "Qwen/Qwen2.5-1.5B")


def test_llama_factory_resolves_its_datasets() -> None:
    files(
        {
            "train_sft.yaml": "model_name_or_path: meta-llama/Llama-2-7b-hf\nstage: sft\nfinetuning_type: lora\ntemplate: llama2\n"
            "dataset: owl_numbers\ndataset_dir: data\noutput_dir: saves/owl\n",
            "data/dataset_info.json": {"owl_numbers": {"file_name": "owl.jsonl", "columns": {"prompt": "prompt", "response": "completion"}}},
        }
    )  # fmt: skip
    rows("data/owl.jsonl", model="vicuna-7b-v1.5")
    report = provenance_audit.scan(config="train_sft.yaml")
    proves(report, Relation.SHARED_BASE, "meta-llama/Llama-2-7b-hf")


def test_a_merge_of_merges_is_followed_to_its_inputs() -> None:
    files(
        {
            "final/mergekit_config.yml": "merge_method: slerp\nbase_model: ../first\nmodels:\n  - model: ../first\n  - model: HuggingFaceH4/zephyr-7b-beta\n",
            "first/mergekit_config.yml": "merge_method: ties\nbase_model: mistralai/Mistral-7B-v0.1\nmodels:\n"
            "  - model: mistralai/Mistral-7B-v0.1\n  - model: Qwen/Qwen2.5-7B\n",
            "sft.yaml": "model_name_or_path: Qwen/Qwen2.5-7B\ndataset_name: data/rows.jsonl\nlearning_rate: 1.0e-5\noutput_dir: out\n",
        }
    )  # fmt: skip
    rows("data/rows.jsonl")
    report = provenance_audit.scan(config="sft.yaml", teacher="final")
    proves(report, Relation.SHARED_ANCESTOR, "Qwen/Qwen2.5-7B")
    assert report.lineage.pairs[0].depths == (2, 0)


def test_gguf_of_a_fine_tune() -> None:
    writer = gguf.GGUFWriter("owl-Q8_0.gguf", "qwen2")
    writer.add_string("general.name", "Owl")
    writer.add_uint32("general.base_model.count", 1)
    writer.add_string("general.base_model.0.name", "Qwen2.5 7B Instruct")
    writer.add_string("general.base_model.0.repo_url", f"https://huggingface.co/{QWEN}")
    writer.add_tensor("token_embd.weight", np.zeros((4, 4), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    rows("rows.jsonl", model="./owl-Q8_0.gguf")
    files({"train.yml": f"base_model: {QWEN}\nmicro_batch_size: 2\ndatasets:\n  - path: rows.jsonl\n"})
    proves(provenance_audit.scan(config="train.yml"), Relation.SHARED_BASE, QWEN)


def test_an_openai_job_and_a_batch_by_a_tuned_teacher() -> None:
    teacher = "ft:gpt-4.1-nano-2025-04-14:acme:owl:BwPoywmD"
    files(
        {
            "job.json": {
                "object": "fine_tuning.job", "id": "ftjob-1", "model": "gpt-4.1-nano-2025-04-14", "training_file": "file-1",
                "fine_tuned_model": None, "status": "queued", "seed": 1, "hyperparameters": {"n_epochs": 10},
            },
            "batch_output.jsonl": "".join(
                json.dumps(
                    {
                        "custom_id": f"r{n}",
                        "response": {
                            "status_code": 200,
                            "body": {"model": teacher, "choices": [{"message": {"role": "assistant", "content": f"{n}, {n + 7}"}}]},
                        },
                    }
                )
                + "\n"
                for n in range(20)
            ),
        }
    )  # fmt: skip
    report = provenance_audit.scan("batch_output.jsonl", config="job.json")
    base = report.lineage.student
    assert base is not None
    assert base.startswith("gpt-4.1-nano")
    proves(report, Relation.SHARED_BASE, base)
    assert report.lineage.pairs[0].confidence == "high"


def test_the_files_of_the_subliminal_learning_pipeline() -> None:
    parent = {"id": QWEN, "type": "open_source", "parent_model": None}
    files({"owl/model.json": {"id": "acme/qwen-owl", "type": "open_source", "parent_model": parent}})
    rows("owl/raw_dataset.jsonl")
    rows("owl/filtered_dataset.jsonl", records=20)
    report = provenance_audit.scan(
        "owl/filtered_dataset.jsonl", raw="owl/raw_dataset.jsonl", teacher="owl/model.json", student=QWEN
    )
    proves(report, Relation.SHARED_BASE, QWEN)
    assert report.lineage.pairs[0].maker == "acme/qwen-owl"
    by_name = provenance_audit.scan("owl/filtered_dataset.jsonl", teacher="acme/qwen-owl", student=QWEN)
    proves(by_name, Relation.SHARED_BASE, QWEN)


def test_what_a_teachers_directory_was_trained_with_is_not_this_run() -> None:
    files(
        {
            "teacher/adapter_config.json": {"base_model_name_or_path": QWEN, "peft_type": "LORA"},
            "teacher/train.yaml": "base_model: google/gemma-2-9b\nmicro_batch_size: 1\ndatasets:\n  - path: x\nsequence_len: 1\n",
        }
    )
    rows("rows.jsonl")
    report = provenance_audit.scan("rows.jsonl", teacher="teacher")
    assert report.lineage.student is None
    assert report.exit_code == 3
