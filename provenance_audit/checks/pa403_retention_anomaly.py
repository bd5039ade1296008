"""PA403 retention-anomaly

What it checks
    Whether the counts of the filters add up: rows in, rows out and rejects of each declared step, each step with the
    next, the first with the raw rows, the last with the data; the counts of a filter_summary.json; rows of the data that
    are among no raw rows. And whether makers lose different shares of their rows: each against the others, with blocks of
    prompts as the unit, and Holm's correction over makers.
Why it matters
    Rows that appear or vanish between two steps went through something that is not declared. A filter that keeps more of
    one maker's rows shifts the dataset towards that maker.
What it cannot tell you
    Why one maker's rows pass more often: it may simply write better answers.
How to fix
    Correct the counts, declare the step that is missing (sampling is one), or look at what the filter removes of each
    maker.
Parameters
    alpha .05, min_difference .05 (that the difference in retention must reach at least, by its lower 95 % limit),
    minimum_rows 100 of a maker.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from pydantic import Field

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.checks.subjects import of_rows
from provenance_audit.dataset.filters import DeclaredFilter
from provenance_audit.dataset.sieve import Retention, Sieve
from provenance_audit.findings import Confidence, Finding, Severity, Skip
from provenance_audit.stats.proportions import compare_proportions, effective_n, holm, wilson

FEWEST_BLOCKS = 30
SURE_ROWS = 1000


class RetentionParameters(Parameters):
    """alpha: after Holm. min_difference: in shares of rows, by its lower limit. minimum_rows: of a maker."""

    alpha: float = Field(default=0.05, gt=0, lt=0.5)
    min_difference: float = Field(default=0.05, ge=0, lt=1)
    minimum_rows: int = Field(default=100, ge=30)


def look(case: Case, parameters: RetentionParameters) -> Iterator[Finding]:
    """Counts that do not add up, and makers whose rows are kept more or less often than the others'."""
    filtering = case.filtering
    counted = [
        one
        for one in (*filtering.declared, *filtering.stated)
        if one.rows_in is not None or one.rows_out is not None
    ]
    if filtering.sieve is None and not counted and not filtering.absent:
        raise Skip(
            "neither the rows before a filter nor its counts are known",
            remedy=f"{case.command} --raw RAW.jsonl",
        )
    found = [*_steps(counted), *_ends(case), *_trail(case)]
    if filtering.sieve is not None:
        found += _makers(filtering.sieve, parameters)
    for one in found:
        yield replace(one, subject=of_rows(case, one.subject))
    if filtering.absent:
        raise Skip("; ".join(filtering.absent))


def _steps(counted: list[DeclaredFilter]) -> Iterator[Finding]:
    for one in counted:
        if one.rows_in is not None and one.rows_out is not None:
            if one.rows_out > one.rows_in:
                yield _sum(
                    one.id,
                    "rows_out",
                    f"filter {one.id} has {one.rows_in:,} rows in and {one.rows_out:,} out: a filter adds no rows",
                    one.rows_in,
                    one.rows_out,
                )
            elif one.rejects is not None and one.rows_in - one.rows_out != one.rejects:
                yield _sum(
                    one.id,
                    "rejects",
                    f"{one.locator}: {one.rows_in:,} rows in less {one.rows_out:,} out are {one.rows_in - one.rows_out:,}, "
                    f"and {one.rejects:,} rejects are stated",
                    one.rows_in - one.rows_out,
                    one.rejects,
                )
    steps = [one for one in counted if one.source == "manifest"]
    for one, after in pairwise(steps):
        if one.rows_out is not None and after.rows_in is not None and one.rows_out != after.rows_in:
            yield _sum(
                after.id,
                "rows_in",
                f"filter {one.id} leaves {one.rows_out:,} rows, and filter {after.id} begins with {after.rows_in:,}",
                one.rows_out,
                after.rows_in,
            )


def _ends(case: Case) -> Iterator[Finding]:
    """The first step against the raw rows, the last against the data. A row is a record or a completion: either may be meant."""
    filtering, census = case.filtering, case.data.census
    found = {census.rows, census.trained_rows, census.trained_rows - census.rejected_rows}
    if filtering.declared:
        last, first = filtering.declared[-1], filtering.declared[0]
        yield from _end(last, "rows_out", last.rows_out, found, "the data hold", case.data.rows)
        if filtering.raw_rows is not None:
            raw = filtering.raw_rows
            yield from _end(first, "rows_in", first.rows_in, set(raw), "the raw files hold", raw[0])
    for one in filtering.stated:
        yield from _end(one, "rows_out", one.rows_out, found, "the data hold", case.data.rows)
        if filtering.raw_rows is not None:
            raw = filtering.raw_rows
            yield from _end(one, "rows_in", one.rows_in, set(raw), "the raw files hold", raw[0])


def _end(
    one: DeclaredFilter, what: str, stated: int | None, found: set[int], where: str, rows: int
) -> Iterator[Finding]:
    if stated is not None and stated not in found:
        yield _sum(
            one.id, what, f"{one.locator} states {what} {stated:,}, and {where} {rows:,}", stated, rows
        )


def _trail(case: Case) -> Iterator[Finding]:
    trail = case.filtering.trail
    if trail is None:
        return
    how = "record id" if trail.joined_by == "sample_id" else "prompt and completion"
    if trail.strangers:
        what = (
            f"no row of the data is a raw row, joined by {how}: they belong to another filter, or every row was changed"
            if not trail.kept
            else f"{trail.strangers:,} rows of the data are among no raw rows, joined by {how}"
        )
        yield _sum("raw rows", "strangers", what, 0, trail.strangers)
    if trail.kept and trail.rejects is not None and trail.rejects != trail.removed:
        yield _sum(
            "raw rows",
            "rejects",
            f"{trail.removed:,} raw rows are not in the data, and {trail.rejects:,} are given as rejects",
            trail.removed,
            trail.rejects,
        )


def _sum(filter: str, what: str, message: str, expected: int, found: int) -> Finding:
    return CHECK.finding(
        message,
        why="rows that appear or vanish between two steps went through something that is not declared",
        fix="correct the counts, or declare the step that is missing (sampling is one)",
        subject={"filter": filter, "what": what},
        evidence={"expected": expected, "found": found},
    )


def _makers(sieve: Sieve, parameters: RetentionParameters) -> Iterator[Finding]:
    """Each maker against the others. Of two makers it is one comparison."""
    makers = [one for one in sieve.retention() if one.maker is not None]
    large = [one for one in makers if _testable(one, parameters.minimum_rows)]
    if len(large) < 2 or not sieve.kept or not sieve.removed:
        return
    compared = large[:1] if len(makers) == 2 else large
    tests = []
    for one in compared:
        seen = sum((other.seen for other in makers if other is not one), 0 * one.seen)
        kept = sum((other.kept for other in makers if other is not one), 0 * one.kept)
        tests.append(compare_proportions(one.seen, one.kept, seen, kept))
    adjusted = holm([test.p for test in tests])
    for one, test, p in zip(compared, tests, adjusted, strict=True):
        if p > parameters.alpha or test.least < parameters.min_difference:
            continue
        (share, n), (rest, others) = test.first, test.second
        low, up = wilson(share * effective_n(one.seen, one.kept), effective_n(one.seen, one.kept))
        yield CHECK.finding(
            f"of {one.maker}'s rows {share:.1%} were kept [{low:.1%}, {up:.1%}; n = {n:,}], of the other makers' "
            f"{rest:.1%} (n = {others:,}): {100 * test.difference:+.1f} points "
            f"[{100 * test.interval[0]:+.1f}, {100 * test.interval[1]:+.1f}], h = {test.h:+.2f}, p = {p:.2g} (Holm)",
            why="a filter that keeps more of one maker's rows shifts the dataset towards that maker",
            fix="look at what the filter removes of each maker",
            subject={"maker": str(one.maker), "what": "retention"},
            evidence={
                "share": share,
                "wilson": [low, up],
                "n": [n, others],
                "others": rest,
                "difference": test.difference,
                "difference_interval": list(test.interval),
                "cohens_h": test.h,
                "p_adjusted": p,
                "compared_makers": len(makers),
                "source": sieve.source,
            },
            confidence=Confidence.HIGH
            if sieve.has_prompts and min(n, others) >= SURE_ROWS
            else Confidence.MEDIUM,
        )


def _testable(one: Retention, minimum_rows: int) -> bool:
    return bool(one.seen.sum() >= minimum_rows and (one.seen > 0).sum() >= FEWEST_BLOCKS)


CHECK = Check("PA403", "retention-anomaly", Severity.MEDIUM, look, RetentionParameters)
