"""A report read from its JSON is the report: the same bytes when written again, the same words in every format."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance_audit.errors import UsageError
from provenance_audit.findings import ComparisonDetail, CountTable, Report, Sensitivity, Sequence
from provenance_audit.formats import FORMATS, Look, json_v1
from provenance_audit.formats.html.embedded import extract
from provenance_audit.stats.counts import BlockCounts
from provenance_audit.stats.figures import Equivalence, Feature, Separation, SmallestShare
from tests.formats import worlds
from tests.formats.rich_worlds import hostile, many, rich

# Any text but lone surrogates, which no JSON file can hold as UTF-8 and which none of our readers lets through.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.floats(allow_nan=False) | st.just(0.0)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64) | NUMBERS.filter(math.isfinite) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
st.register_type_strategy(str, TEXT)
st.register_type_strategy(float, NUMBERS.filter(math.isfinite))
st.register_type_strategy(
    Mapping, lambda kind: st.dictionaries(TEXT, JSON if Any in kind.__args__ else TEXT, max_size=2)
)


# JSON does not keep block counts.
st.register_type_strategy(
    CountTable,
    lambda _: st.builds(lambda: CountTable("data", "g0", None, BlockCounts(np.zeros(1), {}, None))),
)


def details() -> st.SearchStrategy[ComparisonDetail]:
    """JSON keeps neither which families made a score, nor the seed of a power study, nor the state of a sequence."""
    share = st.builds(
        lambda share: SmallestShare(share, (0.2, 0.3), 1.0, 0.9, 200, 0), st.none() | st.just(0.25)
    )
    return st.builds(
        ComparisonDetail,
        features=st.lists(st.from_type(Feature), max_size=2).map(tuple),
        separation=st.none() | st.just(Separation({1: 0.5, 16: 0.6, 64: 0.7}, ())),
        equivalence=st.none() | st.from_type(Equivalence),
        sensitivity=st.none()
        | st.builds(Sensitivity, TEXT, st.tuples(st.integers(), st.integers()), st.none() | share, TEXT),
        sequence=st.none()
        | st.builds(
            Sequence,
            evidence=st.none() | st.just((2.0, 0.5)),
            repeated=st.none() | st.tuples(st.integers(1, 9), TEXT),
            after=st.just(""),
        ),
    )


st.register_type_strategy(ComparisonDetail, details())


def reports() -> st.SearchStrategy[Report]:
    return st.from_type(Report).map(lambda report: replace(report, counts=()))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(reports())
def test_what_is_written_is_read_back_exactly(report: Report) -> None:
    text = json_v1.render(report, Look())
    again = json_v1.read(text, "report.json")
    assert again == report
    assert json_v1.render(again, Look()) == text


@pytest.mark.parametrize("report", [worlds.report(), rich(), hostile(worlds.HOSTILE), many(50)])
def test_bytes_are_the_same_after_a_round_trip(report: Report) -> None:
    text = json_v1.render(report, Look())
    assert json_v1.render(json_v1.read(text, "x"), Look()) == text


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_says_the_same_of_a_report_that_was_read(format: str) -> None:
    read = json_v1.read(json_v1.render(rich(), Look()), "x")
    assert FORMATS[format](read, Look()) == FORMATS[format](rich(), Look())


@pytest.mark.parametrize("report", [rich(), many(400)], ids=["plain", "packed"])
def test_a_page_holds_its_report(report: Report) -> None:
    text = extract(FORMATS["html"](report, Look()))
    assert text is not None
    assert json_v1.read(text, "page") == json_v1.read(json_v1.render(report, Look()), "x")


def test_a_report_of_an_earlier_minor_version_is_read() -> None:
    content = json.loads(json_v1.render(rich(), Look()))
    for key in ("checks", "funnel", "baseline", "risk"):
        del content[key]
    del content["run"]["anchor"], content["lineage"]["edges"]
    for finding in content["findings"]:
        del finding["waiver"], finding["gates"]
    read = json_v1.read(json.dumps(content), "old.json")
    assert [one.id for one in read.findings] == [one.id for one in rich().findings]


def test_keys_of_a_later_minor_version_are_passed_over() -> None:
    content = json.loads(json_v1.render(rich(), Look()))
    content["schema_version"] = "1.9"
    content["invented"] = {"later": 1}
    content["findings"][0]["invented"] = True
    assert json_v1.read(json.dumps(content), "new.json") == json_v1.read(json_v1.render(rich(), Look()), "x")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no JSON"),
        ("{", "is no JSON"),
        ("[]", "is no report"),
        ('{"schema_version": 1}', "is no report"),
        ('{"schema_version": "2.0"}', "this paudit reads version 1"),
        ('{"schema_version": "1.0"}', "/tool: Field required"),
    ],
)
def test_what_is_no_report_is_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as error:
        json_v1.read(text, "broken.json")
    assert error.value.message.startswith("broken.json")
    assert "\n" not in error.value.message
