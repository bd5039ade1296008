"""Reads a user's own rows for the registry, from CSV or YAML with the columns of the shipped tables.

They are checked like any input: every fault names file, line and key, and rows that cannot both be true are an error.
"""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from provenance_audit.errors import UsageError
from provenance_audit.lineage.assertion import WeightRelation
from provenance_audit.lineage.registry import GRADES, ORIGINS, ROOT

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


def refuse_contradictions(rows: Sequence[Row]) -> None:
    """Refuse rows that cannot both be true. Raises UsageError naming both."""
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


def _near(word: str, known: Sequence[str] | Mapping[str, object]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


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
