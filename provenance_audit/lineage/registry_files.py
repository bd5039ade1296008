"""Reads the registry that ships with paudit: the CSV files of `registry_data`, once, when first asked for."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from provenance_audit.lineage.assertion import WeightRelation
from provenance_audit.lineage.registry import DataEdge, Edge, Equivalence, Model, Registry

# What a name says beyond the id that it stands for.
TELLING_KINDS = ("alias", "prompt", "pipeline")


@cache
def shipped() -> Registry:
    """The registry that ships with paudit, read once."""
    listed = list(_rows("names"))
    called: dict[str, list[str]] = {}
    for name, id, *_ in listed:
        called.setdefault(id, []).append(name)
    models = {
        id: Model(id, vendor, origin, tuple(called.get(id, ())), grade, source, note, date)
        for id, vendor, origin, grade, source, date, note in _rows("models")
    }
    relations = {str(one): one for one in WeightRelation}
    edges = tuple(
        Edge(child, parent, relations[relation], grade, source, date, note)
        for child, parent, relation, grade, source, date, note in _rows("edges")
    )
    equivalences = tuple(
        Equivalence(a, b, grade, source, note) for a, b, grade, source, _, note in _rows("equivalent")
    )
    mirrors = {mirror.casefold(): (id, how) for mirror, id, how, *_ in _rows("mirrors")}
    refused = {name.casefold(): tuple(candidates.split()) for name, candidates, *_ in _rows("refused")}
    taught = tuple(
        DataEdge(model, teacher, grade, source) for model, teacher, grade, source, _ in _rows("taught")
    )
    organisations: dict[str, str] = {}
    for name, now, *_ in _rows("organisations"):
        organisations |= {name.casefold(): now.casefold(), now.casefold(): name.casefold()}
    names = {name.casefold(): id for name, id, *_ in listed}
    kinds = {name.casefold(): kind for name, _, kind, *_ in listed if kind in TELLING_KINDS}
    return Registry(
        MappingProxyType(models),
        edges,
        equivalences,
        MappingProxyType(_all_names(models, names, refused)),
        MappingProxyType(mirrors),
        MappingProxyType(kinds),
        MappingProxyType(refused),
        MappingProxyType(organisations),
        taught,
    )


def _rows(table: str) -> Iterator[list[str]]:
    text = (
        files("provenance_audit.lineage")
        .joinpath("registry_data", f"{table}.csv")
        .read_text(encoding="utf-8")
    )
    reader = csv.reader(text.splitlines())
    next(reader)
    return reader


def _all_names(
    models: Mapping[str, Model], names: Mapping[str, str], refused: Mapping[str, object]
) -> dict[str, str]:
    """Every spelling: the last part of an id where it is one model's alone, the names listed, and the ids themselves."""
    basenames: dict[str, str | None] = {}
    for id in models:
        key = id.rpartition("/")[2].casefold()
        basenames[key] = None if key in basenames else id
    alone = {key: id for key, id in basenames.items() if id is not None and key not in refused}
    return {**alone, **names, **{id.casefold(): id for id in models}}
