"""JSON v1: the keys that others build on, valid against the published schema, the same for the same result."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from provenance_audit.formats import FORMATS, Look, json_v1
from provenance_audit.lineage import manifest
from tests.formats.worlds import report

SCHEMAS = Path(__file__).parents[2] / "schemas"

TOP = [
    "schema_version",
    "tool",
    "run",
    "inputs",
    "verdict",
    "exit_code",
    "findings",
    "not_evaluated",
    "tests",
    "comparison",
    "lineage",
    "checks",
    "funnel",
    "baseline",
    "risk",
]
FINDING = {
    "id",
    "name",
    "severity",
    "confidence",
    "message",
    "evidence",
    "why",
    "fix",
    "subject",
    "fingerprint",
    "state",
}
PAIR = {
    "maker", "role", "student", "relation", "common_ancestor", "path", "displacement", "rows", "share", "evidence",
}  # fmt: skip
TEST = {
    "id", "groups", "design", "family", "n", "statistic", "p", "p_adjusted", "effect", "interval",
    "minimum_detectable", "seed",
}  # fmt: skip


def content() -> dict[str, object]:
    return json.loads(FORMATS["json"](report(), Look()))  # type: ignore[no-any-return]


def test_the_keys_that_others_build_on_are_there() -> None:
    made = content()
    assert list(made) == TOP
    assert set(made["findings"][0]) >= FINDING
    assert set(made["tests"][0]) >= TEST
    assert set(made["lineage"]["pairs"][0]) >= PAIR


def test_it_is_valid_against_the_published_schema() -> None:
    schema = json.loads((SCHEMAS / "report.v1.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(content(), schema)


@pytest.mark.parametrize(
    ("name", "generated"), [("report.v1", json_v1.schema()), ("manifest.v1", manifest.schema())]
)
def test_the_published_schema_is_the_one_the_code_makes(name: str, generated: dict[str, object]) -> None:
    assert json.loads((SCHEMAS / f"{name}.schema.json").read_text()) == generated


def test_it_is_plain_ascii_and_numbers_that_json_lacks_are_null() -> None:
    text = FORMATS["json"](report(), Look())
    assert text.isascii()
    assert "Infinity" not in text
    assert "NaN" not in text
    assert content()["tests"][1]["interval"] == [None, None]


def test_a_fingerprint_hashes_what_a_finding_is_about_and_not_how_it_is_said() -> None:
    from dataclasses import replace

    finding = report().findings[0]
    reworded = replace(finding, message="other words", evidence={"rows": 1}, why="", fix="")
    assert reworded.fingerprint == finding.fingerprint
    repinned = replace(finding, subject={**finding.subject, "maker": "acme/owl@0123abc"})
    assert repinned.fingerprint != finding.fingerprint
