"""Adds a user's rows to the shipped registry. They can add risk, and take none away.

A row that contradicts a shipped one is reported: an edge is kept beside the shipped ones, since it adds risk; an origin and
a name stay as shipped. What the registry did not know is filled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from provenance_audit.errors import UsageError
from provenance_audit.lineage.assertion import WeightRelation
from provenance_audit.lineage.registry import (
    DERIVED,
    ROOT,
    UNKNOWN,
    DataEdge,
    Disagreement,
    Edge,
    Equivalence,
    Model,
    Registry,
)
from provenance_audit.lineage.registry_files import TELLING_KINDS
from provenance_audit.lineage.registry_rows import Row, read_rows, refuse_contradictions

SHIPPED = "the shipped row"
BOTH = "both: an edge adds risk"


def extended(base: Registry, paths: Sequence[Path]) -> Registry:
    """A registry with the rows of these files added. Raises UsageError naming file, line and key."""
    rows = [row for path in paths for row in read_rows(path)]
    refuse_contradictions(rows)
    extension = _Extension(base)
    steps: tuple[tuple[str, Callable[[Row], None]], ...] = (
        ("models", extension.model),
        ("edges", extension.edge),
        ("equivalent", extension.equivalence),
        ("taught", extension.data_edge),
        ("mirrors", extension.mirror),
        ("names", extension.name),
    )
    for table, add in steps:
        for row in _of(table, rows):
            add(row)
    _refuse_cycles(extension.edges, rows)
    return extension.registry()


class _Extension:
    """The growing copy of a registry, one method for each table."""

    def __init__(self, base: Registry) -> None:
        self._base = base
        self._models = dict(base.models)
        self._spelled = {id.casefold(): id for id in self._models}
        self.edges = list(base.edges)
        self._equivalences = list(base.equivalences)
        self._taught = list(base.taught)
        self._mirrors = dict(base.mirrors)
        self._kinds = dict(base.kinds)
        self._names: dict[str, str] = {}
        self._disagreements = list(base.disagreements)

    def model(self, row: Row) -> None:
        """A model and its origin; a known origin stays."""
        id = self._settled(row["id"])
        known = self._models.get(id)
        if known is not None and known.origin not in (UNKNOWN, row["origin"]):
            self._disagree(
                row, f"{id} is {row['origin']}", f"{id} is {known.origin} ({known.source})", SHIPPED
            )
            return
        vendor = row["vendor"] or (known.vendor if known else _owner(id))
        self._put(Model(id, vendor, row["origin"], (), row["grade"], _cited(row), row["note"], row["date"]))

    def edge(self, row: Row) -> None:
        """A weight edge; one that the shipped registry has already is not added again."""
        child, parent = self._settled(row["child"]), self._settled(row["parent"])
        shipped = self._base.models.get(child)
        parents = [edge.parent for edge in self._base.parents(child)]
        if parent in parents:
            return
        if shipped is not None and (parents or shipped.origin == ROOT):
            told = f"it started from {', '.join(parents)}" if parents else "it is a root"
            self._disagree(row, f"{child} started from {parent}", f"{told} ({shipped.source})", BOTH)
        relation = WeightRelation(row["relation"])
        self.edges.append(Edge(child, parent, relation, row["grade"], _cited(row), row["date"], row["note"]))
        self._mention(child, DERIVED, row)
        self._mention(parent, UNKNOWN, row)

    def equivalence(self, row: Row) -> None:
        """Two models that behave alike."""
        a, b = self._settled(row["a"]), self._settled(row["b"])
        self._equivalences.append(Equivalence(a, b, row["grade"], _cited(row), row["note"]))

    def data_edge(self, row: Row) -> None:
        """A teacher by its outputs."""
        model, teacher = self._settled(row["model"]), self._settled(row["teacher"])
        self._taught.append(DataEdge(model, teacher, row["grade"], _cited(row)))

    def mirror(self, row: Row) -> None:
        """A copy of a model's weights under another id."""
        id = self._agreed(row["mirror"], row)
        if id is not None:
            self._mirrors[row["mirror"].casefold()] = (id, row["how"])

    def name(self, row: Row) -> None:
        """Another name of a model."""
        id = self._agreed(row["name"], row)
        if id is not None:
            self._names[row["name"].casefold()] = id
            if row["kind"] in TELLING_KINDS:
                self._kinds[row["name"].casefold()] = row["kind"]

    def registry(self) -> Registry:
        """The registry with all of it."""
        base = self._base
        listed: dict[str, list[str]] = {}
        for name, id in self._names.items():
            listed.setdefault(id, []).append(name)
        models = {
            id: replace(model, names=(*model.names, *listed[id])) if id in listed else model
            for id, model in self._models.items()
        }
        added = {id.casefold(): id for id in models if id not in base.models}
        return replace(
            base,
            models=MappingProxyType(models),
            edges=tuple(self.edges),
            equivalences=tuple(self._equivalences),
            names=MappingProxyType({**base.names, **added, **self._names}),
            mirrors=MappingProxyType(self._mirrors),
            kinds=MappingProxyType(self._kinds),
            refused=MappingProxyType(
                {name: ids for name, ids in base.refused.items() if name not in self._names}
            ),
            taught=tuple(self._taught),
            disagreements=tuple(self._disagreements),
        )

    def _settled(self, id: str) -> str:
        """The id as the registry spells it."""
        return _known(id, self._base) or self._spelled.get(id.casefold()) or id

    def _agreed(self, name: str, row: Row) -> str | None:
        """The id that a row gives to a name; None where the name stands for another model already."""
        id, now = self._settled(row["id"]), _known(name, self._base)
        if now is not None and now != id:
            self._disagree(row, f"{name} stands for {id}", f"{name} stands for {now}", SHIPPED)
            return None
        self._mention(id, UNKNOWN, row)
        return id

    def _mention(self, id: str, origin: str, row: Row) -> None:
        """A model that a row names and no table describes."""
        if id not in self._models:
            self._put(
                Model(id, _owner(id), origin, (), row["grade"] or "reported", _cited(row), "", row["date"])
            )

    def _put(self, model: Model) -> None:
        self._models[model.id] = model
        self._spelled[model.id.casefold()] = model.id

    def _disagree(self, row: Row, theirs: str, shipped: str, kept: str) -> None:
        self._disagreements.append(Disagreement(row.locator, theirs, shipped, kept))


def _of(table: str, rows: Sequence[Row]) -> Iterator[Row]:
    return (row for row in rows if row.table == table)


def _known(name: str, registry: Registry) -> str | None:
    return registry.canonical(name) or (registry.mirrored(name) or (None,))[0]


def _owner(id: str) -> str:
    return id.partition("/")[0].casefold()


def _refuse_cycles(edges: Sequence[Edge], rows: Sequence[Row]) -> None:
    """A model that would be its own ancestor, by these rows and the shipped ones together."""
    parents: dict[str, list[str]] = {}
    for edge in edges:
        parents.setdefault(edge.child.casefold(), []).append(edge.parent.casefold())
    for row in _of("edges", rows):
        start = row["child"].casefold()
        todo, seen = [row["parent"].casefold()], set[str]()
        while todo:
            one = todo.pop()
            if one == start:
                raise UsageError(
                    f"{row.locator}: {row['child']} would be its own ancestor, through {row['parent']}",
                    remedy="correct the row: a parent is older than its child",
                )
            if one not in seen:
                seen.add(one)
                todo += parents.get(one, [])


def _cited(row: Row) -> str:
    return f"{row['source']} ({row.locator})"
