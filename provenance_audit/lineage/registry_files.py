"""Reads the registry's tables: those that ship with paudit, and a user's own, as CSV or YAML with the same columns.

A user's rows are checked like input: every fault names file, line and key. Rows that contradict each other inside the
files given are an error. A row that contradicts a shipped one is reported and takes nothing away: an edge that adds risk
is kept beside the shipped ones, a name or an origin stays as shipped.
"""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from provenance_audit.errors import UsageError
from provenance_audit.lineage.assertion import WeightRelation
from provenance_audit.lineage.registry import (
    DERIVED,
    GRADES,
    ORIGINS,
    ROOT,
    UNKNOWN,
    DataEdge,
    Disagreement,
    Edge,
    Equivalence,
    Model,
    Registry,
)

SIZE_LIMIT = 32 * 1024 * 1024
COPY_KINDS = ("mirror", "quantized")
NAME_KINDS = ("served", "alias", "prompt", "pipeline", "renamed")
RELATIONS = tuple(str(one) for one in WeightRelation if one is not WeightRelation.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Table:
    """One table: the columns that a row must fill, those that it may, and the words that a column takes."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ("date", "note")
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column, required ones first."""
        return (*self.required, *self.optional)


TABLES = {
    "models": Table(("id", "origin", "grade", "source"), ("vendor", "date", "note"), {"origin": ORIGINS, "grade": GRADES}),
    "edges": Table(("child", "parent", "relation", "grade", "source"), words={"relation": RELATIONS, "grade": GRADES}),
    "equivalent": Table(("a", "b", "grade", "source"), words={"grade": GRADES}),
    "mirrors": Table(("mirror", "id", "how", "source"), words={"how": COPY_KINDS}),
    "names": Table(("name", "id", "source"), ("kind", "date", "note"), {"kind": NAME_KINDS}),
    "taught": Table(("model", "teacher", "grade", "source"), words={"grade": GRADES}),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a user's file, with where it stands."""

    table: str
    values: Mapping[str, str]
    locator: str

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")


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
    kinds = {name.casefold(): kind for name, _, kind, *_ in listed if kind in ("alias", "prompt", "pipeline")}
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


def extended(base: Registry, paths: Sequence[Path]) -> Registry:
    """A registry with the rows of these files added. Raises UsageError naming file, line and key."""
    rows = [row for path in paths for row in read_rows(path)]
    _refuse_contradictions(rows)
    models, disagreements = dict(base.models), list[Disagreement]()
    edges, equivalences, taught = list(base.edges), list(base.equivalences), list(base.taught)
    names, mirrors, kinds = dict(base.names), dict(base.mirrors), dict(base.kinds)
    own: dict[str, str] = {}
    spelled = {id.casefold(): id for id in models}

    def settle(id: str) -> str:
        """The id as the registry spells it."""
        return base.canonical(id) or (base.mirrored(id) or (None,))[0] or spelled.get(id.casefold()) or id

    for row in (row for row in rows if row.table == "models"):
        id = settle(row["id"])
        known = models.get(id)
        if known is not None and known.origin not in (UNKNOWN, row["origin"]):
            disagreements.append(
                Disagreement(
                    row.locator,
                    f"{id} is {row['origin']}",
                    f"{id} is {known.origin} ({known.source})",
                    "the shipped row",
                )
            )
            continue
        vendor = row["vendor"] or (known.vendor if known else id.partition("/")[0].casefold())
        models[id] = Model(id, vendor, row["origin"], (), row["grade"], _cited(row), row["note"], row["date"])
        spelled[id.casefold()] = id
    for row in (row for row in rows if row.table == "edges"):
        child, parent = settle(row["child"]), settle(row["parent"])
        known = models.get(child)
        shipped_parents = [edge.parent for edge in base.parents(child)]
        if child in base.models and known is not None and (known.origin == ROOT or shipped_parents):
            if parent in shipped_parents:
                continue
            told = f"it started from {', '.join(shipped_parents)}" if shipped_parents else "it is a root"
            disagreements.append(
                Disagreement(
                    row.locator,
                    f"{child} started from {parent}",
                    f"{told} ({known.source})",
                    "both: an edge adds risk",
                )
            )
        edges.append(
            Edge(
                child,
                parent,
                WeightRelation(row["relation"]),
                row["grade"],
                _cited(row),
                row["date"],
                row["note"],
            )
        )
        for id, origin in ((child, DERIVED), (parent, UNKNOWN)):
            if id not in models:
                models[id] = Model(
                    id,
                    id.partition("/")[0].casefold(),
                    origin,
                    (),
                    row["grade"],
                    _cited(row),
                    "",
                    row["date"],
                )
                spelled[id.casefold()] = id
    for row in (row for row in rows if row.table == "equivalent"):
        pair = settle(row["a"]), settle(row["b"])
        equivalences.append(Equivalence(*pair, row["grade"], _cited(row), row["note"]))
    for row in (row for row in rows if row.table == "taught"):
        model, teacher = settle(row["model"]), settle(row["teacher"])
        taught.append(DataEdge(model, teacher, row["grade"], _cited(row)))
    for row in (row for row in rows if row.table in ("names", "mirrors")):
        name, id = row["name"] or row["mirror"], settle(row["id"])
        now = base.canonical(name) or (base.mirrored(name) or (None,))[0]
        if now is not None and now != id:
            disagreements.append(
                Disagreement(
                    row.locator, f"{name} stands for {id}", f"{name} stands for {now}", "the shipped row"
                )
            )
            continue
        if row.table == "mirrors":
            mirrors[name.casefold()] = (id, row["how"])
        else:
            own[name.casefold()] = id
            if row["kind"] in ("alias", "prompt", "pipeline"):
                kinds[name.casefold()] = row["kind"]
        if id not in models:
            models[id] = Model(
                id, id.partition("/")[0].casefold(), UNKNOWN, (), "reported", _cited(row), "", row["date"]
            )
    _refuse_cycles(edges, rows)
    refused = {name: ids for name, ids in base.refused.items() if name not in own}
    added = {id.casefold(): id for id in models if id not in base.models}
    return replace(
        base,
        models=MappingProxyType(_with_names(models, own.items())),
        edges=tuple(edges),
        equivalences=tuple(equivalences),
        names=MappingProxyType({**names, **added, **own}),
        mirrors=MappingProxyType(mirrors),
        kinds=MappingProxyType(kinds),
        refused=MappingProxyType(refused),
        taught=tuple(taught),
        disagreements=(*base.disagreements, *disagreements),
    )


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of one user's file, checked. Raises UsageError naming file, line and key."""
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise UsageError(
                f"{path} is over {SIZE_LIMIT // 1024**2} MiB", remedy="a registry is a short file"
            )
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 (byte {error.start})", remedy="save it as UTF-8") from error
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}", remedy="check the path given to --registry"
        ) from error
    if path.suffix.casefold() in (".yaml", ".yml", ".json"):
        yield from _yaml_rows(path, text)
    else:
        yield from _csv_rows(path, text)


def _csv_rows(path: Path, text: str) -> Iterator[Row]:
    delimiter = "\t" if path.suffix.casefold() == ".tsv" else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [column.strip() for column in next(reader, [])]
        table = _table_of(path, header)
        line = reader.line_num
        for record in reader:
            start, line = line + 1, reader.line_num
            if not any(value.strip() for value in record):
                continue
            where = f"{path}, line {start}"
            if len(record) != len(header):
                raise UsageError(
                    f"{where}: {len(record)} values under {len(header)} columns",
                    remedy="quote a value that holds a comma",
                )
            yield _checked(table, dict(zip(header, record, strict=True)), where)
    except csv.Error as error:
        raise UsageError(f"{path}, line {reader.line_num}: {error}", remedy="correct the CSV") from error


def _table_of(path: Path, header: Sequence[str]) -> str:
    if len(set(header)) != len(header):
        raise UsageError(f"{path}, line 1: a column is there twice", remedy="name each column once")
    fitting = [name for name, table in TABLES.items() if {*table.required} <= {*header}]
    if fitting:
        return max(fitting, key=lambda name: len(TABLES[name].required))
    near = max(TABLES, key=lambda name: len({*TABLES[name].required} & {*header}))
    missing = [column for column in TABLES[near].required if column not in header]
    raise UsageError(
        f"{path}, line 1: the columns are those of no table; for {near!r} {', '.join(missing)} is missing",
        remedy=f"{near}: {','.join(TABLES[near].columns)}; see `paudit schema registry`",
    )


def _yaml_rows(path: Path, text: str) -> Iterator[Row]:
    """YAML by its nodes: they know their lines, and nothing is constructed, so no tag and no alias can do anything."""
    import yaml

    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}, line {mark.line + 1}" if mark is not None else str(path)
        raise UsageError(
            f"{where}: {getattr(error, 'problem', None) or 'not valid YAML'}", remedy="correct the YAML"
        ) from error
    except RecursionError as error:
        raise UsageError(
            f"{path} is nested too deeply", remedy="a registry is flat: table, rows, values"
        ) from error
    if not isinstance(root, yaml.MappingNode):
        raise UsageError(f"{path} is not a mapping", remedy=f"name a table: {', '.join(TABLES)}")
    for key, sequence in root.value:
        where = f"{path}, line {key.start_mark.line + 1}"
        table = str(key.value)
        if table not in TABLES:
            raise UsageError(
                f"{where}: unknown table {table!r}{_near(table, TABLES)}",
                remedy=f"one of: {', '.join(TABLES)}",
            )
        if not isinstance(sequence, yaml.SequenceNode):
            raise UsageError(
                f"{where}: {table!r} is not a list of rows", remedy="write `- child: …` below it"
            )
        for node in sequence.value:
            where = f"{path}, line {node.start_mark.line + 1}"
            if not isinstance(node, yaml.MappingNode):
                raise UsageError(
                    f"{where}: a row of {table!r} is not a mapping",
                    remedy=f"{', '.join(TABLES[table].columns)}",
                )
            values: dict[str, str] = {}
            for name, value in node.value:
                if not isinstance(name, yaml.ScalarNode) or not isinstance(value, yaml.ScalarNode):
                    raise UsageError(
                        f"{where}: /{table}: a value is not plain text", remedy="one text for each key"
                    )
                if name.value in values:
                    raise UsageError(
                        f"{where}: the key {name.value!r} is there twice", remedy="write it once"
                    )
                values[name.value] = value.value
            yield _checked(table, values, where)


def _checked(table: str, values: Mapping[str, str], where: str) -> Row:
    shape = TABLES[table]
    for column in values:
        if column not in shape.columns:
            raise UsageError(
                f"{where}: unknown key {column!r}{_near(column, shape.columns)}",
                remedy=f"{table}: {', '.join(shape.columns)}",
            )
    cleaned = {column: value.strip() for column, value in values.items()}
    for column in shape.required:
        if not cleaned.get(column):
            raise UsageError(
                f"{where}: {column!r} is empty", remedy=f"{table} needs: {', '.join(shape.required)}"
            )
    for column, value in cleaned.items():
        if any(ord(character) < 32 for character in value):
            raise UsageError(f"{where}: {column!r} holds control characters", remedy="remove them")
        words = shape.words.get(column)
        if words and value and value not in words:
            raise UsageError(
                f"{where}: {column} {value!r} is unknown{_near(value, words)}",
                remedy=f"one of: {', '.join(words)}",
            )
    return Row(table, MappingProxyType(cleaned), where)


def _refuse_contradictions(rows: Sequence[Row]) -> None:
    """Rows of the user's own that cannot both be true."""
    keys = {"models": ("id",), "mirrors": ("mirror",), "names": ("name",), "edges": ("child", "parent")}
    facts = {"models": "origin", "mirrors": "id", "names": "id", "edges": "relation"}
    seen: dict[tuple[str, ...], Row] = {}
    for row in rows:
        if row.table not in keys:
            continue
        key = (row.table, *(row[column].casefold() for column in keys[row.table]))
        first = seen.setdefault(key, row)
        fact = facts[row.table]
        if first[fact].casefold() != row[fact].casefold():
            name = " <- ".join(row[column] for column in keys[row.table])
            raise UsageError(
                f"{row.locator}: {name} has {fact} {row[fact]!r} here and {first[fact]!r} in {first.locator}",
                remedy="keep one of the two rows",
            )
    roots = {row["id"].casefold(): row for row in rows if row.table == "models" and row["origin"] == ROOT}
    for row in rows:
        root = roots.get(row["child"].casefold()) if row.table == "edges" else None
        if root is not None:
            raise UsageError(
                f"{row.locator}: {row['child']} has a parent here and is a root in {root.locator}",
                remedy="a root has no parent: keep one of the two rows",
            )


def _refuse_cycles(edges: Sequence[Edge], rows: Sequence[Row]) -> None:
    """A model that would be its own ancestor, by these rows and the shipped ones together."""
    parents: dict[str, list[str]] = {}
    for edge in edges:
        parents.setdefault(edge.child.casefold(), []).append(edge.parent.casefold())
    for row in (row for row in rows if row.table == "edges"):
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


def _near(word: str, known: Sequence[str] | Mapping[str, object]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


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


def _with_names(models: Mapping[str, Model], names: Any) -> dict[str, Model]:
    """Models with the names listed for them."""
    listed: dict[str, list[str]] = {}
    for name, id in names:
        listed.setdefault(id, []).append(name)
    return {
        id: replace(model, names=(*model.names, *listed[id])) if id in listed else model
        for id, model in models.items()
    }


def schema() -> dict[str, Any]:
    """The JSON Schema of a user's registry in its YAML form; as CSV, one table a file with the same columns."""
    text = {"type": "string", "minLength": 1}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "paudit registry of models, version 1",
        "description": "Rows for --registry. As CSV: one table a file, its columns the keys below.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            name: {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": list(table.required),
                    "properties": {
                        column: {"enum": list(table.words[column])}
                        if column in table.words
                        else (text if column in table.required else {"type": "string"})
                        for column in table.columns
                    },
                },
            }
            for name, table in TABLES.items()
        },
    }
