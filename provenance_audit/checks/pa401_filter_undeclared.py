"""PA401 filter-undeclared

What it checks
    Whether there are signs that rows were filtered and no manifest declares a filter: columns that say which rows passed,
    files of raw or rejected rows beside the data, a filter_summary.json, raw rows that are not in the data, ids that
    count from the start and have gaps. Where filters are declared and the removed rows are at hand: whether rows were
    removed that every declared filter lets through.
Why it matters
    What selects rows shapes them, as a teacher does. A filter that nobody wrote down can be neither replayed nor related
    to the student.
What it cannot tell you
    What the filter was, or that rows without such signs were never filtered. Numbers with gaps may also be a random
    sample, or one split of several.
How to fix
    List every step that removed rows under `filters:` in the manifest, sampling included, with its parameters.
Parameters
    max_gap .01: of the numbers that ids could have, those that may be missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.checks.subjects import of_rows
from provenance_audit.findings import Confidence, Finding, Severity

WHY = "what selects rows shapes them; a filter that nobody wrote down can be neither replayed nor related to the student"
FIX = "list every step that removed rows under `filters:` in paudit.lineage.yaml, sampling included"
SHOWN = 3


class GapParameters(Parameters):
    """max_gap: the share of numbers that may be missing among ids that count from the start."""

    max_gap: float = Field(default=0.01, ge=0, lt=1)


def look(case: Case, parameters: GapParameters) -> Iterator[Finding]:
    """One finding for filters that nobody declared; one for rows that no declared filter removed."""
    filtering = case.filtering
    if filtering.declared:
        yield from _unexplained(case)
        return
    strong, weak = list(_signs(case)), list(_gaps(case, parameters.max_gap))
    if strong or weak:
        yield CHECK.finding(
            f"rows were filtered and no filter is declared: {'; '.join([*strong, *weak])}",
            why=WHY,
            fix=FIX,
            subject=of_rows(case, {"rows": "filters"}),
            evidence={"signs": [*strong, *weak]},
            confidence=Confidence.HIGH if strong else Confidence.LOW,
        )


def _signs(case: Case) -> Iterator[str]:
    filtering, census = case.filtering, case.data.census
    columns = dict.fromkeys(
        one.projection.mapping["kept"] for one in case.data.sources if "kept" in one.projection.mapping
    )
    if census.filtered_rows:
        yield (
            f"column {', '.join(columns)} marks {census.rejected_rows:,} of {census.filtered_rows:,} rows as not passed"
        )
    trail = filtering.trail
    if trail is not None and trail.removed:
        yield f"{trail.removed:,} of {trail.raw:,} raw rows are not in the data"
    elif trail is None and filtering.reject_rows is not None:
        yield f"{filtering.reject_rows[1]:,} rows were rejected"
    for one in filtering.stated:
        counts = [
            f"{n:,} {word}" for n, word in ((one.rows_in, "in"), (one.rows_out, "out")) if n is not None
        ]
        yield f"{one.locator} states {' and '.join(counts) or 'a filter'}"
    if filtering.beside and trail is None and filtering.reject_rows is None:
        names = [Path(path).name for path in filtering.beside]
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        yield f"beside the data: {', '.join(names[:SHOWN])}{more}"


def _gaps(case: Case, max_gap: float) -> Iterator[str]:
    numbering = case.data.numbering()
    if numbering is not None and numbering.missing > max_gap * numbering.highest:
        yield f"records are numbered up to {numbering.highest:,}, and {numbering.records:,} are here"


def _unexplained(case: Case) -> Iterator[Finding]:
    """Rows that were removed although every declared filter lets them through. Only if all of them can be replayed."""
    filtering, sieve = case.filtering, case.filtering.sieve
    rules = filtering.rules
    if (
        sieve is None
        or not sieve.removed
        or len(rules) < len(filtering.declared)
        or any(one.column for one in rules)
    ):
        return
    _, passed = sieve.passing(rules)
    if passed:
        yield CHECK.finding(
            f"{passed:,} of {sieve.removed:,} removed rows ({passed / sieve.removed:.1%}) pass every declared filter: "
            "something that is not declared removed them",
            why=WHY,
            fix=FIX,
            subject=of_rows(case, {"rows": "removed"}),
            evidence={"passed": passed, "removed": sieve.removed, "filters": [one.id for one in rules]},
        )


CHECK = Check("PA401", "filter-undeclared", Severity.LOW, look, GapParameters)
