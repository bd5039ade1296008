"""PA002 schema-mismatch

What it checks
    That the files of one dataset have one schema: the same columns, read the same way, for prompts, completions and makers.
Why it matters
    Shards that differ were written by different runs or tools. A maker column that only some of them have leaves the
    rows of the others without one.
What it cannot tell you
    Which of the schemas was meant.
How to fix
    Write the odd files again, or scan each kind of file alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.checks.subjects import of_rows
from provenance_audit.findings import Finding, Severity

SHOWN = 3


def look(case: Case, _: Parameters) -> Iterator[Finding]:
    """One finding for each schema that is not the commonest."""
    answers = [source for source in case.data.sources if not source.projection.asks_only]
    kinds: dict[str, list[str]] = {}
    for source in answers:
        mapping = ", ".join(f"{name} from {column}" for name, column in source.projection.mapping.items())
        kinds.setdefault(f"{source.projection.schema}: {mapping}", []).extend(
            one.path for one in source.files
        )
    common, *odd = sorted(kinds, key=lambda kind: -len(kinds[kind]))
    for kind in odd:
        files = kinds[kind]
        more = f" and {len(files) - SHOWN:,} more" if len(files) > SHOWN else ""
        yield CHECK.finding(
            f"{len(files):,} of {sum(map(len, kinds.values())):,} files have another schema than the rest "
            f"({', '.join(files[:SHOWN])}{more}): {kind}",
            why="files of one dataset that differ were written by different runs or tools",
            fix="write them again, or scan each kind of file alone",
            subject=of_rows(case, {"schema": kind}),
            evidence={"files": files[: SHOWN * 10], "schema": kind, "commonest": common},
        )


CHECK = Check("PA002", "schema-mismatch", Severity.MEDIUM, look)
