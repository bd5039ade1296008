"""PA402 filter-violated

What it checks
    Every declared filter that can be replayed, on every row: `sl-numbers` (number sequences, with the semantics of the
    code that Cloud et al. released), `regex`, `words`, and `column`. Rows that the file itself marks as not passed are
    left out.
Why it matters
    Rows that break the declared rule did not go through the declared filter: it was another one, it was skipped for some
    shards, or rows were added or changed after it.
What it cannot tell you
    That the filter removed what it should have: no content filter is a demonstrated defence against subliminal learning,
    and rows that pass earn no credit.
How to fix
    Run the filter again, or declare the one that was run. `1,2, 3` breaks `sl-numbers` and passes many a paraphrase of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.checks.subjects import of_rows
from provenance_audit.dataset.filters import DeclaredFilter, Replayed
from provenance_audit.findings import Finding, Severity, Skip


def look(case: Case, _: Parameters) -> Iterator[Finding]:
    """One finding for each filter that rows break; then, which filters could not be replayed."""
    declared = case.filtering.declared
    if not declared:
        raise Skip("no manifest declares a filter that could be replayed")
    paths = {file.read_path: file.path for source in case.data.sources for file in source.files}
    for one in declared:
        replayed = case.replayed.get(one.id) if one.rule is not None else None
        if replayed is not None and replayed.broken:
            yield _finding(case, one, replayed, paths)
    opaque = [one for one in declared if one.rule is None]
    if opaque:
        raise Skip("; ".join(f"filter {one.id} cannot be replayed: {one.reason}" for one in opaque))


def _finding(case: Case, one: DeclaredFilter, replayed: Replayed, paths: dict[str, str]) -> Finding:
    by = [(parameter, n) for parameter, n in replayed.by_parameter if n]
    where = ""
    if replayed.first:
        records = ", ".join(f"{place.record:,}" for place in replayed.first)
        file = paths.get(replayed.first[0].file, replayed.first[0].file)
        where = f"; the first: {file}, record{'s' if len(replayed.first) > 1 else ''} {records}"
    reasons = ", ".join(f"{parameter} in {n:,}" for parameter, n in by)
    return CHECK.finding(
        f"{replayed.broken:,} of {replayed.rows:,} rows ({_percent(replayed.share)}) break the declared filter {one.id} "
        f"({one.kind}): {reasons}{where}",
        why="these rows did not go through the filter that is declared",
        fix="run the filter again, or declare the one that was run",
        subject=of_rows(case, {"filter": one.id}),
        evidence={
            "kind": one.kind,
            "rows": replayed.rows,
            "broken": replayed.broken,
            "share": replayed.share,
            "by_parameter": dict(by),
            "first": [
                {"file": paths.get(place.file, place.file), "record": place.record}
                for place in replayed.first
            ],
            "locator": one.locator,
        },
    )


def _percent(share: float) -> str:
    return f"{share:.1%}" if share >= 0.0005 else "under 0.1%"


CHECK = Check("PA402", "filter-violated", Severity.HIGH, look)
