"""What is said of a comparison beside its tests: words for every outcome, harmless, and valid JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema

from provenance_audit.findings import ComparisonDetail, Sensitivity, Sequence
from provenance_audit.formats import FORMATS, Look, json_v1
from provenance_audit.stats.figures import Equivalence, Feature, Separation, SmallestShare
from tests.formats.worlds import HOSTILE, report

SEEN = SmallestShare(0.43, (0.39, 0.5), 1.0, 0.99, 240, 0)
FULL = ComparisonDetail(
    features=(Feature("value", 123, 0.09, 0.14, -7.9, 3e-15, 8e-12, 0.04),),
    separation=Separation({1: 0.59, 16: 0.81, 64: 0.96}, ("value",)),
    equivalence=Equivalence(0.002, 0.0013, "g0", "value", (900, 900)),
    sensitivity=Sensitivity(HOSTILE, (900, 900), SEEN),
    sequence=Sequence((3, 2), True, "", (25.0, 0.04), True, 0.05, ("value", 0.003), None, "{}"),
)


def text(detail: ComparisonDetail) -> str:
    return " ".join(FORMATS["text"](replace(report(), comparison=detail), Look()).split())


def test_everything_that_was_measured_is_said() -> None:
    said = text(FULL)
    for words in (
        "value 123: 0.09 a row, 0.14 in the control",
        "AUC 0.59 for one row, 0.81 for bags of 16 rows, 0.96 for bags of 64",
        "equivalent within 0.002 bits",
        "from 43% of the data on [39%, 50%]",
        "e = 25, p at any time = 0.04; ALARM",
    ):
        assert words in said
    assert "\x1b" not in said


def test_what_was_not_shown_is_not_claimed() -> None:
    detail = ComparisonDetail(
        equivalence=replace(FULL.equivalence, upper=0.0021),  # type: ignore[type-var]
        sensitivity=Sensitivity("owl.jsonl", (900, 900), replace(SEEN, share=None, largest=0.4, seen=0.3)),
        sequence=Sequence(
            (1, 0), False, "its rows were part of look 1", None, False, 0.05, ("value", 0.003), None, "{}"
        ),
    )
    said = text(detail)
    for words in (
        "equivalence within 0.002 bits is not shown",
        "even 40% of rows like owl.jsonl would be seen in only 30% of repetitions",
        "no evidence: its rows were part of look 1",
        "no claim that holds at any time can be made",
    ):
        assert words in said
    assert "ALARM" not in said


def test_without_a_comparison_nothing_is_said() -> None:
    assert "for the reader" not in text(ComparisonDetail())


def test_json_holds_to_its_schema_and_infinity_is_null() -> None:
    endless = replace(FULL, equivalence=replace(FULL.equivalence, upper=float("inf")))  # type: ignore[type-var]
    for detail in (FULL, endless, ComparisonDetail()):
        content = json.loads(FORMATS["json"](replace(report(), comparison=detail), Look()))
        jsonschema.validate(content, json_v1.schema())
    content = json.loads(FORMATS["json"](replace(report(), comparison=endless), Look()))
    assert content["comparison"]["equivalence"]["upper"] is None
    assert content["comparison"]["sequence"]["alarm"] is True
