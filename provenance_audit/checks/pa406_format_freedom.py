"""PA406 format-freedom

What it checks
    Of number sequences that went through a declared filter: what the filter leaves open and the rows make use of.
    Separators, brackets, a final period, leading zeros, order and count, each with the shares of rows. Of more than
    262,144 rows, those of one prompt in 2^s.
Why it matters
    Whatever may vary can carry something: on real data, separators and the choice of numbers are the strongest marks of a
    prompted teacher, and order is what carries the trait (shuffling weakens it).
What it cannot tell you
    Whether anything is carried, and what the numbers themselves carry. It is no finding against the rows.
How to fix
    Nothing needs fixing. Writing every row in one form closes these channels; it does not stop subliminal learning.
Parameters
    min_share .001 of the rows that must differ from the commonest form.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.checks.subjects import of_rows
from provenance_audit.findings import Finding, Severity, Skip

SHOWN = 4


class FreedomParameters(Parameters):
    """min_share: of rows that must be written otherwise than most, for a channel to count as used."""

    min_share: float = Field(default=0.001, ge=0, lt=1)


def look(case: Case, parameters: FreedomParameters) -> Iterator[Finding]:
    """One finding that lists the channels that the rows make use of."""
    if case.data.census.modality != "numbers":
        raise Skip(f"the rows are {case.data.census.modality}; channels are counted for numbers")
    filters = [
        one for one in case.filtering.declared if one.rule is not None and one.rule.text == "completion"
    ]
    if not filters:
        raise Skip("no filter of completions is declared, so nothing says what should be open")
    channels = case.data.channels()
    used = {
        name: values
        for name, values in channels.values.items()
        if values and 1 - values[0][1] / sum(n for _, n in values) > parameters.min_share
    }
    if not used:
        return
    sampled = f" (the rows of one prompt in {channels.one_in} were looked at)" if channels.one_in > 1 else ""
    said = "; ".join(f"{name} {_shares(values)}" for name, values in used.items())
    yield CHECK.finding(
        f"how numbers are written is open to {', '.join(one.id for one in filters)}, and {channels.rows:,} rows vary in: {said}{sampled}",
        why="whatever may vary can carry something; a filter of content does not look there",
        fix="nothing needs fixing; writing every row in one form would close these channels, and stop no transfer",
        subject=of_rows(case, {"rows": "format"}),
        evidence={
            "rows": channels.rows,
            "of": channels.of,
            "prompts_looked_at": 1 / channels.one_in,
            "channels": {name: [[value, n] for value, n in values] for name, values in used.items()},
        },
    )


def _shares(values: tuple[tuple[str, int], ...]) -> str:
    total = sum(n for _, n in values)
    shown = ", ".join(f"{_visible(value)} {n / total:.1%}" for value, n in values[:SHOWN])
    more = sum(n for _, n in values[SHOWN:])
    return f"({shown}, others {more / total:.1%})" if more else f"({shown})"


def _visible(value: str) -> str:
    """A separator so that it can be seen."""
    return repr(value) if not value.isalnum() else value


CHECK = Check("PA406", "format-freedom", Severity.INFO, look, FreedomParameters)
