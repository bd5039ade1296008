"""The terminal report: verdict first, readable at 80 columns, harmless, and the same words with and without colour."""

from __future__ import annotations

import re

import pytest

from provenance_audit.findings import Relation, Verdict
from provenance_audit.formats import FORMATS, Look
from tests.formats.worlds import report

PLAIN = Look()
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def text(look: Look = PLAIN, **changes: object) -> str:
    return FORMATS["text"](report(**changes), look)


def test_the_verdict_comes_first_and_the_exit_code_last() -> None:
    lines = text().splitlines()
    assert lines[0].startswith("FAIL  2 active findings")
    assert "exit 1 (gate failed)" in lines[-1]


def test_each_finding_begins_with_a_greppable_line_and_says_why_and_what_to_do() -> None:
    printed = text()
    assert re.search(r"^critical PA202 shared-base +confidence medium +gates$", printed, re.M)
    for label in ("what", "path", "evidence", "why", "fix"):
        assert re.search(rf"^  {label} ", printed, re.M), label


@pytest.mark.parametrize("width", [60, 80, 200])
def test_no_line_is_wider_than_the_terminal_but_commands_to_copy(width: int) -> None:
    for line in text(Look(width=width)).splitlines():
        assert len(line) <= max(width, 80) or "paudit scan" in line, line


def test_text_from_a_dataset_cannot_move_the_cursor_or_start_a_line() -> None:
    printed = text()
    assert "\x1b" not in printed
    assert "\x07" not in printed
    assert "\u202e" not in printed
    assert not any(line.lstrip().startswith("::error::") for line in printed.splitlines())
    assert "\\x1b[31mred\\x07" in printed


def test_colour_only_repeats_what_words_say() -> None:
    coloured = text(Look(colour=True))
    assert "\x1b[" in coloured
    stripped = [line.rstrip() for line in ANSI.sub("", coloured).splitlines()]
    assert stripped == text().splitlines()


def test_a_pipe_gets_ascii_only_where_the_data_are() -> None:
    assert text(dataset=report().control).isascii()


def test_what_was_not_evaluated_is_printed_with_its_reason() -> None:
    assert "PA206: no judge is declared" in text()


def test_no_known_relation_is_never_called_safe() -> None:
    from dataclasses import replace

    unrelated = replace(
        report().lineage.pairs[0], relation=Relation.NO_KNOWN_RELATION, common_ancestor=None, depths=None
    )
    lineage = replace(report().lineage, pairs=(unrelated,))
    printed = text(
        lineage=lineage, rulings=(), verdict=Verdict.NO_FINDING, exit_code=0, reasons=("nothing was found",)
    )
    assert "transfer across bases has been reported" in printed
    assert not re.search(r"\b(safe|clean|verified)\b", printed)


def test_an_effect_is_drawn_against_its_limit() -> None:
    drawn = next(line for line in text().splitlines() if "limit at |" in line)
    bar = drawn[drawn.index("0 ") :]
    assert bar.index("|") < bar.index("=") < bar.index("o")
