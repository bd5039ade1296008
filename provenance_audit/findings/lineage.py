"""What was stated about models, how each maker is related to the student, and by what proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provenance_audit.findings.scales import Confidence, Relation, Severity


@dataclass(frozen=True, slots=True)
class Step:
    """One weight edge of a lineage path: `child` started from `parent`."""

    child: str
    parent: str
    relation: str
    tier: int
    grade: str
    source: str


@dataclass(frozen=True, slots=True)
class Pair:
    """How one maker, in one configuration, is related to the student, with the path that proves it.

    `depths` are the edges from (maker, student) up to the common ancestor. `displacement` says what separates the maker
    from it: what could be passed on. `rows` and `share` are of the trained rows; None where rows cannot be told apart.
    """

    maker: str
    revision: str | None
    role: str
    student: str
    relation: Relation
    common_ancestor: str | None
    path: tuple[Step, ...]
    depths: tuple[int, int] | None
    displacement: str
    prompt: str
    prompt_counts: bool
    rows: int | None
    share: float | None
    confidence: Confidence
    evidence: str
    missing: str = ""


@dataclass(frozen=True, slots=True)
class AssertionRecord:
    """One statement by one source, as the report shows it."""

    subject: str
    predicate: str
    object: str
    object_id: str | None
    tier: int
    locator: str


@dataclass(frozen=True, slots=True)
class MakerRecord:
    """One model that made, changed or judged rows. `rows` is None where rows cannot be told apart."""

    maker: str
    id: str | None
    revision: str | None
    role: str
    prompt: str
    rows: int | None
    locators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnreadRecord:
    """A document that looks like a source of lineage and could not be read; the reason is one line."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Lineage:
    """What was stated about the models, and what follows for each pair. edges: all that lead up from a model named.

    student_by_hearsay: where the student is named, if only by what lies with the data.
    """

    student: str | None
    makers: tuple[MakerRecord, ...]
    assertions: tuple[AssertionRecord, ...]
    pairs: tuple[Pair, ...]
    edges: tuple[Step, ...] = ()
    unread: tuple[UnreadRecord, ...] = ()
    student_by_hearsay: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One proof of a relation: the steps from the maker up to the common ancestor, and from the student."""

    relation: Relation
    common_ancestor: str | None
    confidence: Confidence
    up: tuple[Step, ...]
    down: tuple[Step, ...]
    evidence: str


@dataclass(frozen=True, slots=True)
class Proof:
    """How a maker is related to the student: every way, the one that counts first.

    how: what was done to each name to find its model. witnesses: for each edge, every statement of it, and how many of
    them are independent. ends: where the walks of each side end. missing: the one fact that would settle it.
    """

    maker: str
    student: str
    relation: Relation
    confidence: Confidence
    evidence: str
    how: tuple[str, ...]
    ways: tuple[Way, ...]
    witnesses: Mapping[tuple[str, str], tuple[tuple[Step, ...], int]]
    ends: tuple[tuple[str, tuple[str, ...]], ...]
    missing: str


@dataclass(frozen=True, slots=True)
class RiskRow:
    """One pair in the risk matrix. The relation alone decides `level`; the other columns describe.

    evidence: the tier of the weakest edge that proves the relation, in words. statistics: what the comparison with a
    control saw. lowers: what would make the level lower.
    """

    maker: str
    role: str
    relation: Relation
    level: Severity
    evidence: str
    rows: int | None
    share: float | None
    modality: str
    hidden_prompt: str
    statistics: str
    lowers: str
