"""A finding, what policy rules about it, and what takes its place where a check could not look."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provenance_audit.findings.scales import Confidence, Severity, State

FINGERPRINT_VERSION = "pa1"


class Skip(Exception):  # noqa: N818  (it is not an error: a check that cannot look says why)
    """Raised by a check that cannot look. `needed` means that the verdict depends on it: the run is INCOMPLETE."""

    def __init__(self, reason: str, *, remedy: str = "", needed: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy
        self.needed = needed


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong. `subject` names what it is about, canonically and with revisions; it alone is fingerprinted."""

    id: str
    name: str
    severity: Severity
    confidence: Confidence
    message: str
    why: str
    fix: str
    subject: Mapping[str, str]
    evidence: Mapping[str, Any] = field(default_factory=dict)
    gates: bool = True

    @property
    def fingerprint(self) -> str:
        """A digest of the rule and its subject: never of wording, paths or counts.

        Names come from data: one that holds the separator is escaped, so that it cannot pass for another subject.
        """
        escaped = {
            key: value.replace("\\", "\\\\").replace("\x1f", "\\x1f") for key, value in self.subject.items()
        }
        canonical = "\x1f".join([self.id, *(f"{key}={escaped[key]}" for key in sorted(escaped))])
        return f"{FINGERPRINT_VERSION}:{hashlib.sha256(canonical.encode(errors='surrogatepass')).hexdigest()[:32]}"


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """A check that could not look, why, and the copyable step that would let it."""

    id: str
    name: str
    reason: str
    remedy: str = ""
    needed: bool = False


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """A check that this version has: its default severity, and in a sentence what it asks."""

    id: str
    name: str
    severity: Severity
    asks: str


@dataclass(frozen=True, slots=True)
class WaiverRecord:
    """Why a finding is waived, by whom, and until when (an ISO date)."""

    category: str
    reason: str
    owner: str
    expires: str
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A finding after policy. `waiver`: what waives it, where its state is waived."""

    finding: Finding
    state: State = State.ACTIVE
    gating: bool = False
    waiver: WaiverRecord | None = None


@dataclass(frozen=True, slots=True)
class FixedFinding:
    """A finding of the baseline that is no longer found."""

    id: str
    name: str
    fingerprint: str
    message: str


@dataclass(frozen=True, slots=True)
class BaselineDelta:
    """What changed since an earlier report, named by `source`: findings that are new, unchanged and fixed.

    unseen: findings of checks that could not look this time, so that nobody knows.
    """

    source: str
    new: int
    unchanged: int
    fixed: tuple[FixedFinding, ...] = ()
    unseen: int = 0
