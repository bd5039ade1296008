"""PA020 waiver-expired

What it checks
    Whether a waiver of the policy has ended. One that has waives nothing: what it waived counts again.
Why it matters
    A waiver is a decision with an end. One that ends in silence becomes a rule that nobody made.
What it cannot tell you
    Whether the reason still holds. That is for its owner to say.
How to fix
    Decide again: remove the cause, take the waiver out, or give it a new end and the reason for it. A waiver holds through
    its day in UTC; `waivers.soon-days` before that the report begins to announce it.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.checks.base import Check, Parameters
from provenance_audit.findings import Finding, Severity
from provenance_audit.policy.waivers import Applied, until


def look(applied: Applied, _: Parameters) -> Iterator[Finding]:
    """One finding for each waiver that has ended."""
    for waiver, findings in applied.expired:
        entry = waiver.stated.entry
        count = f"{len(findings)} finding{'s' if len(findings) > 1 else ''}" if findings else ""
        yield CHECK.finding(
            f"the waiver of {waiver.target} ended on {until(entry.expires)}"
            + (f": {count} that it waived count again" if findings else ", and nothing fits it any more"),
            why=f"{entry.owner} decided for a time: {entry.reason}",
            fix=f"{waiver.stated.place}: decide again, or take it out"
            if findings
            else f"{waiver.stated.place}: take it out",
            subject={"waiver": waiver.target},
            evidence={
                "expires": until(entry.expires),
                "owner": entry.owner,
                "fits": [finding.fingerprint for finding in findings],
                "locator": waiver.stated.place,
            },
        )


CHECK = Check("PA020", "waiver-expired", Severity.LOW, look)
