"""The scales that a result is judged on: each an enumeration of words, ordered where that means something."""

from __future__ import annotations

from enum import StrEnum


class Ordered(StrEnum):
    """A string enumeration whose members are ordered as they are listed."""

    @property
    def rank(self) -> int:
        """The position of the member, 0 for the least."""
        return list(type(self)).index(self)


class Severity(Ordered):
    """How bad a finding is if it is true."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Confidence(Ordered):
    """How sure a finding is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Verdict(StrEnum):
    """What a run concludes. There is no word for "clean"."""

    FAIL = "FAIL"
    INCOMPLETE = "INCOMPLETE"
    REVIEW = "REVIEW"
    NO_FINDING = "NO FINDING"


class State(StrEnum):
    """What policy makes of a finding."""

    ACTIVE = "active"
    WAIVED = "waived"
    BASELINE = "baseline"
    IGNORED = "ignored"


class Relation(StrEnum):
    """How a maker is related to the student, worst first (science: shared initialisation is the risk)."""

    SAME_CHECKPOINT = "same-checkpoint"
    SHARED_BASE = "shared-base"
    SHARED_ANCESTOR = "shared-ancestor"
    EQUIVALENT_FAMILY = "equivalent-family"
    UNDETERMINED = "undetermined"
    NO_KNOWN_RELATION = "no-known-relation"


RELATED = frozenset(
    {Relation.SAME_CHECKPOINT, Relation.SHARED_BASE, Relation.SHARED_ANCESTOR, Relation.EQUIVALENT_FAMILY}
)
