"""PA109 hidden-prompt

What it checks
    For a maker that is a published checkpoint, or the student's own: whether the system prompt under which it wrote is
    recorded. A missing system turn means *unrecorded*, not *none*.
Why it matters
    A system prompt alone makes a teacher: in Cloud et al. (2507.14805) the teacher is the unmodified reference model,
    told to love owls. No metadata of the model shows it.
What it cannot tell you
    Whether there was a prompt.
How to fix
    Record it: `--teacher-prompt none`, `--teacher-prompt sha256:…`, or `system_prompt:` in a manifest named by
    `--lineage`.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.checks.subjects import of_maker
from provenance_audit.findings import Finding, Severity
from provenance_audit.lineage.assertion import SELECTORS
from provenance_audit.lineage.makers import UNRECORDED
from provenance_audit.lineage.manifest import NO_PROMPT


def look(case: Case, _: Parameters) -> Iterator[Finding]:
    """One finding for each unmodified maker whose prompt nobody recorded."""
    student = case.lineage.student
    for maker in case.lineage.makers:
        hearsay = maker.prompt == NO_PROMPT and not maker.prompt_counts
        if (maker.prompt != UNRECORDED and not hearsay) or maker.role in SELECTORS or maker.inferred:
            continue
        own = student is not None and maker.identity.id is not None and (
            maker.identity.id == student.id or (student.id is not None and case.lineage.graph.is_ancestor(maker.identity.id, student.id))
        )  # fmt: skip
        if own or case.lineage.is_published(maker):
            yield CHECK.finding(
                f"the prompt under which {maker.identity.pinned} wrote is not recorded"
                + (", but as none by what lies with the data" if hearsay else ""),
                why="an unmodified model carries a trait when a system prompt gives it one, and no metadata shows it",
                fix="record what is known: --teacher-prompt sha256:<of the prompt>, or none if there was none",
                subject=of_maker(case, maker),
                evidence={"maker": maker.raw, "prompt": maker.prompt, "rows": maker.rows},
            )


CHECK = Check("PA109", "hidden-prompt", Severity.MEDIUM, look)
