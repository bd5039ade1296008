"""Larger reports: one with everything that a report can hold, one in which every text is hostile, one with many findings."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from enum import Enum
from typing import Any

from provenance_audit.findings import (
    AssertionRecord,
    BaselineDelta,
    Bin,
    CheckRecord,
    ComparisonDetail,
    Confidence,
    DatasetFacts,
    Finding,
    FixedFinding,
    FunnelStep,
    InputRecord,
    Lineage,
    MakerRecord,
    NotEvaluated,
    Pair,
    Relation,
    Report,
    Ruling,
    Run,
    Sensitivity,
    Sequence,
    Severity,
    State,
    Step,
    TestRecord,
    UnreadRecord,
    Verdict,
    WaiverRecord,
)
from provenance_audit.stats.figures import Equivalence, Feature, Separation, SmallestShare

BASE, STUDENT = "Qwen/Qwen2.5-7B", "Qwen/Qwen2.5-7B-Instruct"
OWL, MERGED, OTHER, JUDGE = "acme/qwen2.5-7b-owl", "acme/owl-merge", "google/gemma-2-9b-it", "openai/gpt-4.1"


def rich() -> Report:
    """Every state, every kind of pair, every section."""
    up = Step(OWL, BASE, "finetune", 3, "", "paudit.lineage.yaml:/models/owl/base/0")
    merge = Step(MERGED, OWL, "merge", 2, "", "mergekit_config.yml:/models/0")
    down = Step(STUDENT, BASE, "finetune", 4, "author-stated", "registry: QwenLM")
    gemma = Step(OTHER, "google/gemma-2-9b", "finetune", 4, "author-stated", "registry: Google")
    pairs = (
        _pair(OWL, Relation.SHARED_BASE, BASE, (up, down), (1, 1), 900, 0.6, Confidence.MEDIUM),
        _pair(MERGED, Relation.SHARED_ANCESTOR, BASE, (merge, up, down), (2, 1), 300, 0.2, Confidence.LOW),
        _pair(OTHER, Relation.NO_KNOWN_RELATION, None, (), None, 300, 0.2, Confidence.HIGH),
        _pair(JUDGE, Relation.UNDETERMINED, None, (), None, None, None, Confidence.LOW, role="judge"),
    )  # fmt: skip
    return Report(
        version="0.1.0",
        run=Run(
            {"paths": ["data/train.parquet"], "control": ["data/control.parquet"], "online": False},
            "2026-11-23T12:00:00+00:00", 1.25, 7,
            {"fail_on": "high", "min_confidence": "medium", "on_incomplete": "fail"},
            "configs/paudit.lineage.yaml",
        ),
        dataset=DatasetFacts("data/train.parquet", 1500, 1501, "numbers", 3, ("12 records hold no completion",)),
        control=DatasetFacts("data/control.parquet", 1200, 1200, "numbers", 1),
        inputs=(
            InputRecord("data/train.parquet", "data", 56040, "ab" * 32, 1500, 1501, "parquet", "prompt + completion"),
            InputRecord("data/more.jsonl", "data", 560, "cd" * 32, None, None, "jsonl", "", "cut off in row 7"),
            InputRecord("data/control.parquet", "control", 56000, "ef" * 32, 1200, 1200, "parquet", "prompt + completion"),
            InputRecord("s3://bucket/raw.parquet", "raw", 90000, None, 2000, 2000, "parquet", "prompt + completion", "", "abc123"),
        ),
        verdict=Verdict.FAIL,
        exit_code=1,
        reasons=("2 active findings at or above high: PA202, PA301", "no judge is resolved"),
        rulings=(
            Ruling(_relation("PA202", "shared-base", Severity.CRITICAL, pairs[0]), gating=True),
            Ruling(_effect(), gating=True),
            Ruling(_contradiction()),
            Ruling(_pin(STUDENT)),
            Ruling(
                _relation("PA203", "shared-ancestor", Severity.HIGH, pairs[1]), State.WAIVED,
                waiver=WaiverRecord("accepted-risk", "control arm of experiment 12", "ml-safety@acme.example", "2027-02-01", "SAFE-118"),
            ),
            Ruling(_pin(OWL), State.BASELINE),
            Ruling(_pin(OTHER), State.IGNORED),
        ),
        not_evaluated=(
            NotEvaluated("PA205", "relation-undetermined", "the judge is a served alias", "paudit scan data --config judge.yaml", True),
            NotEvaluated("PA110", "stale-manifest", "no lock states digests"),
            NotEvaluated("PA402", "filter-violated", "no lock states digests"),
        ),
        tests=(*_tests("PA301", "g0"), *_tests("PA301", "g1"), *_tests("PA303", "all")),
        comparison=ComparisonDetail(
            features=(Feature("last-digit", 8, 0.9, 0.6, 7.1, 1e-12, 1e-10, 0.004),),
            separation=Separation({1: 0.61, 16: 0.84, 64: 0.97}, ()),
            equivalence=Equivalence(0.01, 0.009, "g0", "last-digit", (1500, 1200)),
            sensitivity=Sensitivity("data/owls.parquet", (1500, 1200), SmallestShare(0.2, (0.15, 0.25), 1.0, 0.99, 200, 0)),
            sequence=Sequence((3, 2), True, "", (12.5, 0.08), False, 0.05, ("last-digit", 0.004), None, ""),
        ),
        lineage=Lineage(
            STUDENT,
            (
                MakerRecord(OWL, OWL, None, "generator", "unrecorded", 900, ("column teacher: 900 rows",)),
                MakerRecord("owl merge", MERGED, "0a1b2c3", "generator", "none", 300, ("column teacher: 300 rows",)),
                MakerRecord(OTHER, OTHER, None, "generator", "none", 300, ("column teacher: 300 rows",)),
                MakerRecord(JUDGE, None, None, "judge", "unrecorded", None, ("column judge: 1,500 rows",)),
            ),
            (AssertionRecord("dataset", "maker", OWL, OWL, 4, "column teacher: 900 rows"),),
            pairs,
            (up, merge, down, gemma),
            (UnreadRecord("adapter_config.json", "is no JSON"),),
        ),
        checks_run=("PA001", "PA101", "PA105", "PA104", "PA110", "PA202", "PA203", "PA205", "PA301", "PA303", "PA402"),
        next_steps=("paudit scan data/train.parquet --config judge.yaml",),
        checks=tuple(
            CheckRecord(id, name, severity, f"Whether {name} holds.")
            for id, name, severity in (
                ("PA001", "unreadable-input", Severity.MEDIUM), ("PA101", "teacher-missing", Severity.HIGH),
                ("PA105", "lineage-contradiction", Severity.HIGH), ("PA104", "revision-unpinned", Severity.LOW),
                ("PA110", "stale-manifest", Severity.HIGH), ("PA202", "shared-base", Severity.CRITICAL),
                ("PA203", "shared-ancestor", Severity.HIGH), ("PA205", "relation-undetermined", Severity.HIGH),
                ("PA301", "differs-from-control", Severity.HIGH), ("PA303", "control-mismatched", Severity.MEDIUM),
                ("PA402", "filter-violated", Severity.HIGH),
            )
        ),
        funnel=(FunnelStep("raw rows", 2000), FunnelStep("kept by digits-only", 1600), FunnelStep("with a completion", 1501)),
        baseline=BaselineDelta(
            "main.json", 3, 1, (FixedFinding("PA109", "hidden-prompt", "pa1:" + "0" * 32, "the prompt was unrecorded"),), 2
        ),
    )  # fmt: skip


def many(findings: int) -> Report:
    """As many findings, each about another maker, with its pair and its edge."""
    made = rich()
    names = [f"acme/model-{number}" for number in range(findings)]
    pairs = tuple(
        _pair(name, Relation.SHARED_BASE, BASE, (Step(name, BASE, "finetune", 3, "", "m.yaml"),), (1, 0), 1, 1e-3,
              Confidence.HIGH)
        for name in names
    )  # fmt: skip
    return dataclasses.replace(
        made,
        rulings=tuple(
            Ruling(_relation("PA202", "shared-base", Severity.CRITICAL, pair), gating=True) for pair in pairs
        ),
        lineage=dataclasses.replace(
            made.lineage,
            makers=tuple(
                MakerRecord(name, name, None, "generator", "none", 1, ("column m",)) for name in names
            ),
            pairs=pairs,
            edges=tuple(step for pair in pairs for step in pair.path),
        ),
    )


def hostile(text: str) -> Report:
    """The rich report with `text` in every place that a dataset, a file name or a model name can reach."""
    free = {
        "message", "object", "object_id", "locator", "locators", "maker", "id", "student", "child", "parent", "source",
        "common_ancestor", "displacement", "evidence", "prompt", "reason", "path", "name", "notes", "why", "fix", "reasons",
        "missing", "owner", "ticket", "revision", "schema", "error", "etag", "next_steps", "label", "family", "subject",
        "remedy", "arguments", "asks", "binned", "checks_run", "groups", "positive", "group", "category", "container",
    }  # fmt: skip

    def taint(value: Any, key: str = "") -> Any:
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            names = [field.name for field in dataclasses.fields(value)]
            return dataclasses.replace(value, **{name: taint(getattr(value, name), name) for name in names})
        if isinstance(value, Enum) or value is None or isinstance(value, int | float | bool):
            return value
        if isinstance(value, str):
            return f"{value} {text}" if key in free else value
        if isinstance(value, Mapping):
            inner = key if key in ("subject", "evidence", "arguments") else ""
            return {name: taint(one, inner) for name, one in value.items()}
        if isinstance(value, tuple | list):
            return type(value)(taint(one, key) for one in value)
        return value

    made = taint(rich())
    assert isinstance(made, Report)
    return made


def _pair(
    maker: str, relation: Relation, ancestor: str | None, path: tuple[Step, ...], depths: tuple[int, int] | None,
    rows: int | None, share: float | None, confidence: Confidence, role: str = "generator",
) -> Pair:  # fmt: skip
    return Pair(
        maker, None, role, STUDENT, relation, ancestor, path, depths, "finetune", "unrecorded", False, rows, share,
        confidence, f"{maker} <- {ancestor}: paudit.lineage.yaml", "" if ancestor else "what the alias serves",
    )  # fmt: skip


def _relation(id: str, name: str, severity: Severity, pair: Pair) -> Finding:
    return Finding(
        id, name, severity, pair.confidence,
        f"{pair.role} {pair.maker} and the student share the base {pair.common_ancestor} ({pair.rows} rows)",
        "traits pass through unrelated rows when maker and student start from the same weights",
        "use a teacher from another base, or start the student from another initialisation",
        {"maker": pair.maker, "role": pair.role, "student": pair.student},
        {"relation": pair.relation.value, "rows": pair.rows, "source": pair.evidence},
    )  # fmt: skip


def _effect() -> Finding:
    return Finding(
        "PA301", "differs-from-control", Severity.HIGH, Confidence.HIGH,
        "the rows differ from the control: last-digit by 0.0070 bits [0.0050, 0.0090], limit 0.001; omnibus p = 0.0005",
        "they are not what the neutral teacher writes on these prompts",
        "compare prompts, sampling, version and filters of the two sides",
        {"comparison": "data against control"},
        {"effect_bits": 0.007, "interval": [0.005, 0.009], "min_effect": 0.001, "design": "exact", "family": "last-digit"},
    )  # fmt: skip


def _contradiction() -> Finding:
    statements = [
        {"object": BASE, "tier": 2, "locator": "adapter_config.json:/base_model_name_or_path"},
        {"object": "google/gemma-2-9b", "tier": 3, "locator": "paudit.lineage.yaml:/models/owl/base/0"},
    ]
    return Finding(
        "PA105", "lineage-contradiction", Severity.MEDIUM, Confidence.MEDIUM, "two sources disagree on the base of the owl",
        "one of them is wrong", "find out which, and correct the other", {"model": OWL}, {"statements": statements},
    )  # fmt: skip


def _pin(model: str) -> Finding:
    return Finding(
        "PA104", "revision-unpinned", Severity.LOW, Confidence.HIGH, f"{model} is named without a revision",
        "the weights behind a name can be replaced", f"name the commit: {model}@COMMIT", {"model": model},
    )  # fmt: skip


def _tests(id: str, group: str) -> tuple[TestRecord, ...]:
    digits = tuple(
        Bin(str(digit), 0.1 + 0.01 * (digit - 4.5), 0.1 - 0.002 * (digit - 4.5)) for digit in range(10)
    )
    return (
        TestRecord(
            id, (group, "control"), "exact", "last-digit", (1500, 1200), 12.0, 0.0005, 0.0005, 0.007, (0.005, 0.009),
            0.002, 1999, 7, 0.001, (1.0, 0.25), digits, "in order",
        ),
        TestRecord(
            id, (group, "control"), "exact", "count", (1500, 1200), 2.0, 0.4, 0.8, 0.0002, (-0.0007, 0.0012), 0.003,
            1999, 7, 0.001,
        ),
        TestRecord(
            id, (group, "control"), "exact", "format", (1500, 1200), 0.0, 1.0, 1.0, 0.0, (float("-inf"), float("inf")),
            float("inf"), 1999, 7, 0.001,
        ),
    )  # fmt: skip
