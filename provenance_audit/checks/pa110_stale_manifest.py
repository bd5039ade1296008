"""PA110 stale-manifest

What it checks
    Whether the files are those that the manifest, or the lock, describes: `dataset.files` with their `sha256` and `rows`,
    and those that `select.files` of a generation names; whether one of them is absent; and whether the relations of makers to the student are those that were locked.
Why it matters
    A manifest of other bytes says nothing of these.
What it cannot tell you
    Whether what the manifest says of makers is true.
How to fix
    Write the manifest again for the files as they are, or find out who changed them.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.checks.base import Case, Check, Parameters, StatedFile
from provenance_audit.checks.subjects import of_rows
from provenance_audit.findings import Finding, Severity, Skip


def look(case: Case, _: Parameters) -> Iterator[Finding]:
    """One finding for each file that is not as stated."""
    if not case.stated_files and not case.drift:
        raise Skip("no manifest or lock states digests or row counts of files")
    for stated in case.stated_files:
        if stated.absent:
            yield CHECK.finding(
                f"{stated.path}: no such file is there, and {stated.locator} states it",
                why="what the manifest says of a file that is gone was said of other data",
                fix="bring the file back, or write the manifest again for the files as they are",
                subject=of_rows(case, {"file": stated.path, "what": "the file"}),
                evidence={"stated": stated.path, "found": None, "locator": stated.locator},
            )
            continue
        for what, expected, found in _differences(stated):
            yield CHECK.finding(
                f"{stated.path}: {what} is {found}, and {stated.locator} states {expected}",
                why="a manifest of other bytes says nothing of these",
                fix="write the manifest again for the files as they are, or find out who changed them",
                subject=of_rows(case, {"file": stated.path, "what": what}),
                evidence={"stated": expected, "found": found, "locator": stated.locator},
            )
    for what, was, now in case.drift:
        yield CHECK.finding(
            f"{what} is {now}, and the lock has {was}",
            why="the lineage has changed since it was locked",
            fix="look at what changed, then lock it again: paudit lineage lock DATASET",
            subject=of_rows(case, {"file": "paudit.lineage.lock.json", "what": what}),
            evidence={"stated": was, "found": now},
        )


def _differences(stated: StatedFile) -> Iterator[tuple[str, str, str]]:
    if stated.rows is not None and stated.found_rows != stated.rows:
        found = "unknown: it was not read" if stated.found_rows is None else f"{stated.found_rows:,}"
        yield "the number of rows", f"{stated.rows:,}", found
    if stated.sha256 is not None:
        digest = stated.found_digest()
        if digest != stated.sha256.lower():
            yield "the SHA-256", stated.sha256, digest or "unknown: there is no such file"


CHECK = Check("PA110", "stale-manifest", Severity.HIGH, look)
