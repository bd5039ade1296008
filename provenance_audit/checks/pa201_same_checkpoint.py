"""PA201 same-checkpoint

What it checks
    Whether a maker *is* the checkpoint that the student starts from: the same id and revision, or a mirror or quantised
    copy of it.
Why it matters
    Under a system prompt, the student's own checkpoint passes the prompted trait on through unrelated rows (Cloud et
    al., the number experiments). Only what separates the maker from the student can be passed on: here, the prompt.
What it cannot tell you
    Whether there was a trait, or whether it would be passed on.
How to fix
    Use a teacher from another base, or record that there was no prompt.
Severity
    high; low if the generation prompt is recorded as none by the command line, a manifest named by `--lineage`, or a
    source of tier 0 to 2.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.checks.subjects import of_pair
from provenance_audit.checks.wording import evidence_of, pinned, rows_of
from provenance_audit.findings import Finding, Pair, Relation, Severity
from provenance_audit.lineage.assertion import SELECTORS
from provenance_audit.lineage.manifest import NO_PROMPT


def look(case: Case, _: Parameters) -> Iterator[Finding]:
    """One finding for each generator that is the student's own checkpoint."""
    case.need_student()
    case.need_maker()
    for pair in case.lineage.pairs:
        if pair.relation is Relation.SAME_CHECKPOINT and pair.role not in SELECTORS:
            yield _finding(pair)


def _finding(pair: Pair) -> Finding:
    unprompted = pair.prompt == NO_PROMPT and pair.prompt_counts
    prompt = "no prompt, as recorded" if unprompted else f"its prompt: {pair.prompt}"
    return CHECK.finding(
        f"{pair.role} {pinned(pair)} is the checkpoint that the student starts from ({rows_of(pair)}; {prompt})",
        why="rows by the student's own checkpoint carry whatever a prompt gave it; unprompted, nothing separates them"
        if unprompted
        else "under a prompt, a model passes traits to its own copies through rows that do not mention them",
        fix="nothing, unless the record is wrong"
        if unprompted
        else "use a teacher from another base; if the prompt is known, record it with --teacher-prompt",
        subject=of_pair(pair),
        evidence=evidence_of(pair),
        severity=Severity.LOW if unprompted else Severity.HIGH,
        confidence=pair.confidence,
    )


CHECK = Check("PA201", "same-checkpoint", Severity.HIGH, look)
