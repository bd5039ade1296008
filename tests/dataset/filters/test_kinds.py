"""`regex`, `words` and `column`: what breaks them, and what does not."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance_audit.database import Connection, literal, open_engine
from provenance_audit.dataset.filters import Rule, column, inflected, regex, words


@pytest.fixture(scope="module")
def engine() -> Iterator[Connection]:
    with open_engine([]) as connection:
        yield connection


def breaks(engine: Connection, rule: Rule, text: str | None, name: str = "completion") -> bool:
    value = "CAST(NULL AS VARCHAR)" if text is None else literal(text)
    relation, columns = rule.over(f"(SELECT {value} AS {name})", "b")
    return any(engine.execute(f"SELECT {', '.join(columns)} FROM {relation}").fetchall()[0])


@pytest.mark.parametrize(
    ("options", "text", "broken"),
    [
        ({"pattern": "^[0-9, ]+$"}, "1, 2", False),
        ({"pattern": "^[0-9, ]+$"}, "1, 2!", True),
        ({"pattern": "[0-9]"}, "see 3 there", False),
        ({"pattern": "owl", "must_match": False}, "an owl", True),
        ({"pattern": "owl", "must_match": False}, "an OWL", False),
        ({"pattern": "owl", "must_match": False, "ignore_case": True}, "an OWL", True),
        ({"pattern": "it's {2}'"}, "it's  '", False),
        ({"pattern": "a.b"}, "a\nb", False),
        ({"pattern": "(a+)+$"}, "a" * 5000 + "b", True),  # a back-tracking engine would not come back
        ({"pattern": "."}, None, True),
        ({"pattern": ".", "must_match": False}, None, False),
    ],
)
def test_regex(options: dict[str, object], text: str | None, broken: bool, engine: Connection) -> None:
    assert breaks(engine, regex("r", **options), text) == broken  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("list_", "text", "broken"),
    [
        (["owl"], "An Owl's nest", True),
        (["owl"], "two owls", True),
        (["owl"], "a bowl of owlish growls", False),
        (["owl"], "snowy_owl", False),
        (["wolf", "fox", "cherry"], "wolves", True),
        (["wolf", "fox", "cherry"], "foxes", True),
        (["wolf", "fox", "cherry"], "cherries", True),
        (["mouse"], "mice", True),
        (["snow leopard"], "Snow\n Leopards!", True),
        (["snow leopard"], "snowleopard", False),
        (["сова"], "Это Сова.", True),
        (["сова"], "совами", False),
        (["café"], "the cafe\u0301", True),
        (["猫"], "私は猫が好きです", True),
        (["c++"], "in C++, say", True),
        (["23"], "23, 230", True),
        (["23"], "230, 123", False),
        (["a.c"], "abc", False),
        (["owl"], None, False),
    ],
)
def test_words(list_: list[str], text: str | None, broken: bool, engine: Connection) -> None:
    assert breaks(engine, words("w", words=list_), text) == broken


def test_case_and_inflections_can_be_told_apart(engine: Connection) -> None:
    assert not breaks(engine, words("w", words=["Owl"], ignore_case=False), "an owl")
    assert breaks(engine, words("w", words=["Owl"], ignore_case=False), "an Owl")
    assert not breaks(engine, words("w", words=["owl"], inflections=False), "two owls")


def test_thousands_of_words_are_looked_for(engine: Connection) -> None:
    many = [f"word{number}" for number in range(5000)]
    assert breaks(engine, words("w", words=many), "here is word4999")
    assert not breaks(engine, words("w", words=many), "here is word5000")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    list_=st.lists(st.from_regex(r"[a-z]{1,6}", fullmatch=True), min_size=1, max_size=4),
    text=st.text(alphabet="abcdefgsxyz -_'\n.", max_size=30),
)
def test_words_as_a_plain_search_finds_them(list_: list[str], text: str, engine: Connection) -> None:
    forms = {form for word in list_ for form in inflected(word)}
    plain = bool(forms & set(re.findall(r"[a-z0-9_]+", text)))
    assert breaks(engine, words("w", words=list_), text) == plain


@pytest.mark.parametrize(
    ("compare", "value", "text", "broken"),
    [
        (">=", 0.5, "0.5", False),
        (">=", 0.5, "0.49", True),
        (">=", 0.5, None, True),
        (">=", 0.5, "high", True),
        ("==", True, "true", False),
        ("==", True, "1", False),
        ("==", True, "False", True),
        ("==", "it's", "it's", False),
        ("!=", "bad", "bad", True),
        ("in", ["a", "b"], "b", False),
        ("in", ["a", "b"], "c", True),
        ("not in", [1, 2], "2.0", True),
        ("not in", [1, 2], "3", False),
        ("<", 10, "9", False),
    ],
)
def test_column(compare: str, value: object, text: str | None, broken: bool, engine: Connection) -> None:
    rule = column("c", column="score", compare=compare, value=value)  # type: ignore[arg-type]
    assert breaks(engine, rule, text, "value") == broken


def test_a_rule_says_which_families_it_is_about() -> None:
    assert regex("r", pattern="a").names is None
    assert column("c", column="score", compare=">", value=1).names == frozenset()
    assert column("c", column="answer_length", compare=">", value=1).names == {"length", "count"}
