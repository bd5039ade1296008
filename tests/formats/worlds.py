"""One report for all formats, with everything in it that a report can hold, hostile text included."""

from __future__ import annotations

from provenance_audit.findings import (
    AssertionRecord,
    Confidence,
    DatasetFacts,
    Finding,
    InputRecord,
    Lineage,
    MakerRecord,
    NotEvaluated,
    Pair,
    Relation,
    Report,
    Ruling,
    Run,
    Severity,
    Step,
    TestRecord,
    Verdict,
)

# Beside these: an image and a link, a mention, a table, a fence, a formula, a Mermaid break, a placeholder, an old command.
HOSTILE_MARKUP = "![x](javascript:alert(1)) [l](http://evil.example) @everyone #1 |a|b| ``` </script><!--"
HOSTILE_CELL = '=HYPERLINK("http://evil.example")'
HOSTILE_DIAGRAM = '"]:::x; click n0 "javascript:alert(1)" %% end'
HOSTILE = "\x1b[31mred\x07 \u202eevil <script>alert(1)</script>\r\n::error::x"


def report(**changes: object) -> Report:
    step = Step(
        "acme/owl", "Qwen/Qwen2.5-7B", "finetune", 3, "", "paudit.lineage.yaml:/models/acme~1owl/base/0"
    )
    down = Step(
        "Qwen/Qwen2.5-7B-Instruct", "Qwen/Qwen2.5-7B", "finetune", 4, "author-stated", "github:QwenLM"
    )
    pair = Pair(
        "acme/owl", None, "generator", "Qwen/Qwen2.5-7B-Instruct", Relation.SHARED_BASE, "Qwen/Qwen2.5-7B",
        (step, down), (1, 1), "finetune", "unrecorded", False, 900, 0.9, Confidence.MEDIUM, "acme/owl <- Qwen",
    )  # fmt: skip
    finding = Finding(
        "PA202", "shared-base", Severity.CRITICAL, Confidence.MEDIUM, f"shares a base with {HOSTILE}", "why", "fix",
        {"maker": "acme/owl", "role": "generator", "student": "Qwen/Qwen2.5-7B-Instruct"}, {"rows": 900},
    )  # fmt: skip
    effect = Finding(
        "PA301", "differs-from-control", Severity.HIGH, Confidence.HIGH, "the rows differ", "why", "fix",
        {"comparison": "data against control"},
        {"effect_bits": 0.007, "interval": [0.005, 0.009], "min_effect": 0.001, "design": "exact"},
    )  # fmt: skip
    test = TestRecord(
        "PA301", ("g0", "control"), "exact", "value", (1000, 900), 12.0, 0.0005, 0.0005, 0.007, (0.005, 0.009),
        0.002, 1999, 0, 0.001,
    )  # fmt: skip
    flat = TestRecord(
        "PA301", ("g0", "control"), "exact", "format", (1000, 900), 0.0, 1.0, 1.0, 0.0,
        (float("-inf"), float("inf")), float("inf"), 1999, 0, 0.001,
    )  # fmt: skip
    values: dict[str, object] = {
        "version": "0.1.0",
        "run": Run(
            {"paths": ["data.parquet"]},
            "2026-11-23T12:00:00+00:00",
            1.25,
            0,
            {"fail_on": "high", "min_confidence": "medium", "on_incomplete": "fail"},
        ),
        "dataset": DatasetFacts(HOSTILE, 1000, 1001, "numbers", 2, ("a note",)),
        "control": DatasetFacts("control.parquet", 900, 900, "numbers", 1),
        "inputs": (
            InputRecord("data.parquet", "data", 10, "ab" * 32, 1000, 1001, "parquet", "prompt + completion"),
        ),
        "verdict": Verdict.FAIL,
        "exit_code": 1,
        "reasons": ("2 active findings at or above high: PA202, PA301",),
        "rulings": (Ruling(finding, gating=True), Ruling(effect, gating=True)),
        "not_evaluated": (NotEvaluated("PA206", "selector-related", "no judge is declared"),),
        "tests": (test, flat),
        "lineage": Lineage(
            "Qwen/Qwen2.5-7B-Instruct",
            (MakerRecord("acme/owl", "acme/owl", None, "generator", "unrecorded", 900, ("column teacher",)),),
            (AssertionRecord("dataset", "maker", "acme/owl", "acme/owl", 4, "column teacher: 900 rows"),),
            (pair,),
        ),
        "checks_run": ("PA001", "PA202", "PA206", "PA301"),
        "next_steps": ("paudit scan data.parquet --control CONTROL.jsonl",),
    }
    return Report(**(values | changes))  # type: ignore[arg-type]
