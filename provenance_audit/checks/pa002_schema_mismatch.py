"""PA002 schema-mismatch

What it checks
    That the files of one dataset, and the records of one file, have one schema: the same columns, read the same way, for
    prompts, completions and makers.
Why it matters
    Shards that differ were written by different runs or tools. A maker column that only some of them have leaves the
    rows of the others without one.
What it cannot tell you
    Which of the schemas was meant.
How to fix
    Write the odd files again, or scan each kind of file alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.checks.subjects import of_rows
from provenance_audit.dataset.source import Source
from provenance_audit.findings import Finding, Severity

SHOWN = 3


def look(case: Case, _: Parameters) -> Iterator[Finding]:
    """One finding for each schema that is not the commonest."""
    answers = [source for source in case.data.sources if not source.projection.asks_only]
    yield from _in_one_file(case, [source for source in answers if source.records is not None])
    kinds: dict[str, list[str]] = {}
    for source in answers:
        if source.records is None:
            kinds.setdefault(_kind(source), []).extend(one.path for one in source.files)
    if not kinds:
        return
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


def _in_one_file(case: Case, parts: Sequence[Source]) -> Iterator[Finding]:
    """One finding for the files that hold records of several schemas."""
    if not parts:
        return
    files = list(dict.fromkeys(one.path for part in parts for one in part.files))
    kinds = {_kind(part): part.records or 0 for part in parts}
    shown = "; ".join(f"{records:,} records as {kind}" for kind, records in kinds.items())
    yield CHECK.finding(
        f"{', '.join(files[:SHOWN])}: records of one file have {len(kinds)} schemas, each read as it is ({shown})",
        why="a trainer that reads one of the schemas passes over the records of the others",
        fix="write each kind of record into a file of its own",
        subject=of_rows(case, {"schema": ", ".join(sorted({part.projection.schema for part in parts}))}),
        evidence={"files": files[: SHOWN * 10], "records": kinds},
    )


def _kind(source: Source) -> str:
    mapping = ", ".join(f"{name} from {column}" for name, column in source.projection.mapping.items())
    return f"{source.projection.schema}: {mapping}"


CHECK = Check("PA002", "schema-mismatch", Severity.MEDIUM, look)
