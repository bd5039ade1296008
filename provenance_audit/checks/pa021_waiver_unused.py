"""PA021 waiver-unused

What it checks
    Whether a waiver that still holds is of nothing: its check looked at this data, and no finding fits.
Why it matters
    A waiver that is left behind waits for a finding that nobody has seen yet. A new revision of a teacher has another
    fingerprint, so the waiver of the old one then shows up here, and the finding counts.
What it cannot tell you
    Whether another dataset of the repository needs it. A waiver that names its `dataset` is called unused only there, and
    one whose check could not look is not called unused at all.
How to fix
    Take it out, or correct what it names.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.checks.base import Check, Parameters
from provenance_audit.findings import Finding, Severity
from provenance_audit.policy.waivers import Applied, until


def look(applied: Applied, _: Parameters) -> Iterator[Finding]:
    """One finding for each waiver that is of nothing."""
    for waiver in applied.unused:
        entry = waiver.stated.entry
        yield CHECK.finding(
            f"the waiver of {waiver.target} fits no finding (until {until(entry.expires)}, {entry.owner})",
            why="it waits for a finding that nobody has seen yet",
            fix=f"{waiver.stated.place}: take it out, or correct what it names",
            subject={"waiver": waiver.target},
            evidence={"expires": until(entry.expires), "owner": entry.owner, "locator": waiver.stated.place},
        )


CHECK = Check("PA021", "waiver-unused", Severity.INFO, look)
