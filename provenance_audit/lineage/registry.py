"""The cited registry: which published model's weights came from which, and what models are called.

A row is a fact that somebody stated, with grade, source and date. What nobody stated is unknown, never guessed. The rows
ship as CSV and are read once, when first asked for (`registry_files`); a user adds rows (`registry_extension`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from provenance_audit.lineage.assertion import WeightRelation
from provenance_audit.lineage.spelling import fold

ROOT = "root"
EARLIEST = "earliest-published"
DERIVED = "derived"
UNKNOWN = "unknown"
ROOTS = (ROOT, EARLIEST)
ORIGINS = (ROOT, EARLIEST, DERIVED, UNKNOWN)
GRADES = ("author-stated", "weight-tested", "reported")

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Model:
    """One published checkpoint.

    origin: root (its own random initialisation), earliest-published (its maker published nothing earlier and names
    nothing), derived (with an edge, or from something that is not documented), unknown (known by name only).
    """

    id: str
    vendor: str
    origin: str
    names: tuple[str, ...]
    grade: str
    source: str
    note: str
    date: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """A weight edge: `child` started from `parent`."""

    child: str
    parent: str
    relation: WeightRelation
    grade: str
    source: str
    date: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Two models that share an initialisation or behave alike; the grade is that of the measured transfer. Not transitive."""

    a: str
    b: str
    grade: str
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class DataEdge:
    """`model` was trained on outputs of `teacher`. Shown, and never a shared base."""

    model: str
    teacher: str
    grade: str
    source: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A user's row that contradicts a shipped one. Both are kept where both add risk, else the shipped one."""

    locator: str
    theirs: str
    shipped: str
    kept: str


@dataclass(frozen=True)
class Registry:
    """The facts, and one look-up of every name, mirror and id, whatever its case.

    names: any spelling without mirrors, case-folded -> id. kinds: names that say more than an id: `alias` (undated: it
    moves), `prompt` (the same model under another prompt), `pipeline` (a system over the model). refused: names that
    stand for two models. organisations: a renamed owner, case-folded -> its other name.
    """

    models: Mapping[str, Model]
    edges: tuple[Edge, ...]
    equivalences: tuple[Equivalence, ...]
    names: Mapping[str, str]
    mirrors: Mapping[str, tuple[str, str]]
    kinds: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    refused: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    organisations: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    taught: tuple[DataEdge, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()

    def canonical(self, name: str) -> str | None:
        """The id that a name or id stands for, if any; None also for a name that stands for two models."""
        for spelling in self._spellings(name):
            if spelling in self.refused:
                return None
            found = self.names.get(spelling) or self._folded.get(fold(spelling))
            if found:
                return found
        return None

    def mirrored(self, name: str) -> tuple[str, str] | None:
        """The upstream id of a mirror, and how it was made (`mirror` or `quantized`)."""
        for spelling in self._spellings(name):
            if spelling in self.mirrors:
                return self.mirrors[spelling]
        return None

    def kind(self, name: str) -> str:
        """What kind of name this is: `alias`, `prompt`, `pipeline`, or empty for a plain one."""
        return self.kinds.get(name.casefold(), "")

    def with_basename(self, basename: str) -> str | None:
        """The one model whose id ends in this name, if there is just one."""
        return self._basenames.get(fold(basename))

    def parents(self, id: str) -> tuple[Edge, ...]:
        """The weight edges that lead up from a model."""
        return self._parents.get(id, ())

    def _spellings(self, name: str) -> tuple[str, ...]:
        key = name.casefold()
        owner, slash, rest = key.partition("/")
        other = self.organisations.get(owner) if slash else None
        return (key, f"{other}/{rest}") if other else (key,)

    @cached_property
    def _parents(self) -> dict[str, tuple[Edge, ...]]:
        found: dict[str, list[Edge]] = {}
        for edge in self.edges:
            found.setdefault(edge.child, []).append(edge)
        return {child: tuple(edges) for child, edges in found.items()}

    @cached_property
    def _folded(self) -> dict[str, str]:
        """Names with `_`, `.` and `-` between digits alike, where that leaves one model."""
        return _unambiguous((fold(name), id) for name, id in self.names.items())

    @cached_property
    def _basenames(self) -> dict[str, str]:
        """The last parts of ids, and of the names that an owner gave to its own model before."""
        former = (
            (name, id)
            for name, id in self.names.items()
            if "/" in name and _owner(name) == _owner(id).casefold()
        )
        own = ((id, id) for id in self.models)
        return _unambiguous((fold(name.rpartition("/")[2]), id) for name, id in (*own, *former))


def load(extra: Sequence[Path] = ()) -> Registry:
    """The registry that ships with paudit, with the rows of these files added. Raises UsageError for a bad row."""
    from provenance_audit.lineage.registry_files import shipped

    if not extra:
        return shipped()
    from provenance_audit.lineage.registry_extension import extended

    return extended(shipped(), extra)


def _owner(id: str) -> str:
    return id.partition("/")[0]


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    clashes: set[str] = set()
    for key, id in pairs:
        if found.setdefault(key, id) != id:
            clashes.add(key)
    for key in clashes:
        del found[key]
    return found
