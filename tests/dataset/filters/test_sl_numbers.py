"""`sl-numbers` against a table of accepted and rejected strings, and against a plain statement of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from provenance_audit.database import Connection, literal, open_engine
from provenance_audit.dataset.filters import PUBLISHED_BAN, Rule, sl_numbers
from tests.dataset.filters.oracle import broken

ACCEPTED = [
    "082, 213",
    "0",
    "5",
    "(5)",
    "[1, 2].",
    "1 , 2 , 3",
    "1\n2\n3",
    "1;2;3",
    "(1 2 3)",
    "[7].",
    "1\u00a02\u00a03",
    "00000999",
]
REJECTED = [
    "1,2, 3", "1 2  3", "1, 2 ", "1, 2\n", " 1, 2", "[1, 2.]", "[ 1, 2 ]", "(1, 2", "1,,2", "１, ２, ３", "1, ２", "1²", "1, 2²",
    "1000", "1, 2, 1000", "-5", "1, -5", "1 2 3 4 5 6 7 8 9 10 11", "", ".", "[]", "()", "[", "[1, 2)", "1, 2..", "1, 2, ", "1 and 2",
    "[[1, 2]]", "1.5, 2.5", "1: 2: 3", "one, two", "1, 2, 3, and 4", "٣, ٤",
]  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Iterator[Connection]:
    with open_engine([]) as connection:
        yield connection


def replayed(engine: Connection, text: str, rule: Rule) -> set[str]:
    relation, columns = rule.over(f"(SELECT {literal(text)} AS completion)", "b")
    found = engine.execute(f"SELECT {', '.join(columns)} FROM {relation}").fetchall()[0]
    return {parameter for (parameter, _), failed in zip(rule.breaks, found, strict=True) if failed}


@pytest.mark.parametrize("text", ACCEPTED)
def test_accepted(text: str, engine: Connection) -> None:
    assert replayed(engine, text, sl_numbers("sl")) == set()
    assert broken(text) == set()


@pytest.mark.parametrize("text", REJECTED)
def test_rejected(text: str, engine: Connection) -> None:
    assert replayed(engine, text, sl_numbers("sl"))
    assert broken(text)


def test_the_published_ban_holds_34_numbers_in_range() -> None:
    assert len(PUBLISHED_BAN) == len(set(PUBLISHED_BAN)) == 36
    assert sum(number <= 999 for number in PUBLISHED_BAN) == 34


@pytest.mark.parametrize(
    ("text", "bad"), [("1, 013", True), ("130, 213, 1313", False), ("[666].", True), ("6, 66", False)]
)
def test_banned_numbers_are_whole_numbers(text: str, bad: bool, engine: Connection) -> None:
    found = replayed(engine, text, sl_numbers("sl", max_value=9999, banned=PUBLISHED_BAN))
    assert ("banned_numbers" in found) == bad


numbers = st.one_of(
    st.integers(0, 1200).map(str),
    st.sampled_from(["0", "00", "013", "082", "999", "1000", "0999", "99999999999999999999", "２", "²"]),
)
separators = st.sampled_from(
    [
        ",",
        ", ",
        " ",
        "  ",
        ";",
        "; ",
        " ; ",
        "\n",
        "\n\n",
        "\t",
        " ,",
        ",,",
        ":",
        ".",
        " and ",
        "\u00a0",
        "\u2003,",
        "\x85",
        "\x1c",
        "\u200b",
    ]
)


@st.composite
def sequences(draw: st.DrawFn) -> str:
    """Mostly one separator, with the things that go wrong."""
    usual = draw(separators)
    parts = draw(st.lists(numbers, min_size=0, max_size=13))
    text = parts[0] if parts else ""
    for part in parts[1:]:
        text += (draw(separators) if draw(st.integers(0, 19)) == 0 else usual) + part
    opening, closing = draw(
        st.sampled_from(
            [("", ""), ("", ""), ("[", "]"), ("(", ")"), ("[", ")"), ("(", ""), ("", "]"), ("[ ", "]")]
        )
    )
    return (
        draw(st.sampled_from(["", "", " ", "\n"]))
        + opening
        + text
        + closing
        + draw(st.sampled_from(["", "", ".", "..", " ", ".\n"]))
    )


limits = st.fixed_dictionaries(
    {},
    optional={
        "min_value": st.integers(0, 300),
        "max_value": st.sampled_from([9, 99, 300, 500, 999, 1000, 99999]),
        "min_count": st.integers(1, 4),
        "max_count": st.integers(4, 12),
        "banned": st.lists(st.integers(0, 1200), max_size=40).map(tuple),
    },
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(sequences(), st.text(alphabet="0123456789,;.[]() \n-x", max_size=12)), limits=limits)
@example(text="0" * 4301, limits={})
@example(text="1, " + "0" * 4400, limits={})
@example(text="1" * 400, limits={"max_value": 1000})
@example(text="1 2 3", limits={"min_value": 2, "max_value": 1000, "min_count": 4})
@example(text="1, 2,3", limits={})
def test_the_engine_and_the_plain_statement_agree(
    text: str, limits: dict[str, object], engine: Connection
) -> None:
    assert replayed(engine, text, sl_numbers("sl", **limits)) == broken(text, **limits)  # type: ignore[arg-type]
