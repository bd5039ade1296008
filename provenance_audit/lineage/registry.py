"""The cited registry: which published model's weights came from which. Shipped as CSV, read once, extended by no guess."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from provenance_audit.lineage.assertion import WeightRelation

EARLIEST = "earliest-published"
ROOTS = ("root", EARLIEST)


@dataclass(frozen=True, slots=True)
class Model:
    """One published checkpoint. `origin` is root, earliest-published (closed: nothing earlier is named) or derived."""

    id: str
    vendor: str
    origin: str
    names: tuple[str, ...]
    grade: str
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A weight edge: `child` started from `parent`."""

    child: str
    parent: str
    relation: WeightRelation
    grade: str
    source: str


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Two models that share an initialisation or behave alike; the grade is that of the measured transfer. Not transitive."""

    a: str
    b: str
    grade: str
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Registry:
    """The facts, and one look-up of every name, mirror and id, whatever its case."""

    models: MappingProxyType[str, Model]
    edges: tuple[Edge, ...]
    equivalences: tuple[Equivalence, ...]
    names: MappingProxyType[str, str]
    mirrors: MappingProxyType[str, tuple[str, str]]

    def canonical(self, name: str) -> str | None:
        """The id that a name or id stands for, if any."""
        return self.names.get(name.casefold())

    def mirrored(self, name: str) -> tuple[str, str] | None:
        """The upstream id of a mirror, and how it was made (`mirror` or `quantized`)."""
        return self.mirrors.get(name.casefold())


@cache
def load() -> Registry:
    """The registry that ships with paudit."""
    models = {
        row["id"]: Model(
            row["id"],
            row["vendor"],
            row["origin"],
            tuple(name for name in row["names"].split(";") if name),
            row["grade"],
            row["source"],
            row["note"],
        )
        for row in _rows("models.csv")
    }
    names = {name.casefold(): model.id for model in models.values() for name in (*model.names, model.id)}
    edges = tuple(
        Edge(row["child"], row["parent"], WeightRelation(row["relation"]), row["grade"], row["source"])
        for row in _rows("edges.csv")
    )
    equivalences = tuple(
        Equivalence(row["a"], row["b"], row["grade"], row["source"], row["note"])
        for row in _rows("equivalent.csv")
    )
    mirrors = {row["mirror"].casefold(): (row["id"], row["how"]) for row in _rows("mirrors.csv")}
    return Registry(
        MappingProxyType(models), edges, equivalences, MappingProxyType(names), MappingProxyType(mirrors)
    )


def _rows(name: str) -> list[dict[str, str]]:
    text = files("provenance_audit.lineage").joinpath("registry_data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
