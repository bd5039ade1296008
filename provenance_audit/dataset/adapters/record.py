"""What a record says of itself beside what was asked and answered: its id, when and how it was generated, what it passed.

An adapter need not know of these columns: they are looked for in what it leaves alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from provenance_audit.database import identifier, literal
from provenance_audit.dataset import types
from provenance_audit.dataset.adapters.base import Projection, bare_numbers, filters, model_name, scalar, text
from provenance_audit.dataset.columns import (
    FILTER_FLAGS,
    GEN_PARAMS,
    RECORD_COLUMNS,
    SAMPLING,
    SYSTEM_PROMPTS,
    first_of,
)
from provenance_audit.dataset.metadata import METADATA, leaves, trusted
from provenance_audit.dataset.nomination import GENERATORS, TEACHERS


def with_record_columns(
    projection: Projection, columns: Mapping[str, str], by_hand: Mapping[str, str]
) -> Projection:
    """The same with the columns of a record that its adapter left alone. by_hand: canonical name -> column."""
    projection = _stated(projection, columns, by_hand)
    projection = _passed(projection, columns, by_hand)
    projection = _generated_with(projection, columns)
    return _made_by(projection, columns, by_hand)


def _stated(projection: Projection, columns: Mapping[str, str], by_hand: Mapping[str, str]) -> Projection:
    """The system prompt, and what has a column of its own: id, time, origin, provider, revision of the maker, …"""
    for canonical, names in (("system_prompt", SYSTEM_PROMPTS), *RECORD_COLUMNS.items()):
        column = by_hand.get(canonical) or first_of(names, columns)
        if column is None or column in projection.columns or not types.is_text(columns[column]):
            continue
        own = projection.fields.get(canonical)
        if canonical == "sample_id" and own is not None:
            continue  # the key that a log's answers and questions are joined by
        value = text(columns, column) if canonical == "system_prompt" else scalar(columns, column)
        shown = f"{projection.mapping[canonical]}, {column}" if canonical in projection.mapping else column
        value = f"coalesce({own}, {value})" if own is not None else value
        projection = _with(projection, columns, {canonical: value}, shown, (column,))
    return projection


def _passed(projection: Projection, columns: Mapping[str, str], by_hand: Mapping[str, str]) -> Projection:
    """The filters that it says it passed: every one must hold."""
    if "kept" in projection.fields:
        return projection
    named = [by_hand["kept"]] if "kept" in by_hand else list(columns)
    flags = [
        name
        for name in named
        if types.is_text(columns[name]) and (name.lower() in FILTER_FLAGS or name == by_hand.get("kept"))
    ]
    if not flags:
        return projection
    tests = {name: f"TRY_CAST({scalar(columns, name)} AS BOOLEAN)" for name in flags}
    fields = {"kept": " AND ".join(tests.values()), "filters": filters(tests)}
    return _with(projection, columns, fields, " and ".join(flags), flags)


def _generated_with(projection: Projection, columns: Mapping[str, str]) -> Projection:
    """The parameters of its generation: a struct of them, or a column of each, of which the temperature must be one."""
    if "gen_params" in projection.fields:
        return projection
    whole = first_of(GEN_PARAMS, {name: kind for name, kind in columns.items() if _is_object(kind)})
    if whole is not None:
        value = bare_numbers(f"to_json({identifier(whole)})")
        return _with(projection, columns, {"gen_params": value}, whole, (whole,))
    lowered = {name.lower(): name for name in columns}
    found = [lowered[name] for name in SAMPLING if name in lowered and types.is_text(columns[lowered[name]])]
    if not found or found[0].lower() != SAMPLING[0]:
        return projection  # a `seed` or a `max_tokens` alone may be of anything
    members = ", ".join(f"{literal(name.lower())}, {identifier(name)}" for name in found)
    value = bare_numbers(f"json_object({members})")
    return _with(projection, columns, {"gen_params": value}, ", ".join(found), found)


def _made_by(projection: Projection, columns: Mapping[str, str], by_hand: Mapping[str, str]) -> Projection:
    """The maker that its metadata names, where nothing else does; the user's word goes before a column of the record."""
    if "maker" in by_hand:
        if projection.mapping.get("maker") in columns:
            fields, mapping = dict(projection.fields), dict(projection.mapping)
            del fields["maker"], mapping["maker"]
            return replace(projection, fields=fields, mapping=mapping)
        return projection
    if {"maker", "branch"} & projection.fields.keys() or first_of((*TEACHERS, *GENERATORS), columns):
        return projection
    found = _maker_in_metadata(columns)
    if found is None:
        return projection
    column, name, value = found
    return _with(projection, columns, {"maker": value}, f"{column}.{name}", (column,))


def with_maker_in_text(
    projection: Projection, columns: Mapping[str, str], column: str, path: tuple[str, ...]
) -> Projection:
    """The same with the maker that metadata kept as the text of a JSON object name, at a path."""
    # As a pointer: a path could not name a key that holds a quote.
    pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)
    value = f"json_extract_string(TRY_CAST({scalar(columns, column)} AS JSON), {literal(pointer)})"
    return _with(
        projection, columns, {"maker": model_name(value, "VARCHAR")}, ".".join((column, *path)), (column,)
    )


def _with(
    projection: Projection,
    columns: Mapping[str, str],
    fields: Mapping[str, str],
    shown: str,
    used: Sequence[str],
) -> Projection:
    """The same with more fields, shown at the first of them, from columns."""
    return replace(
        projection,
        fields={**projection.fields, **fields},
        mapping={**projection.mapping, next(iter(fields)): shown},
        columns={**projection.columns, **{name: columns[name] for name in used}},
    )


def _is_object(kind: str) -> bool:
    return bool(types.fields(kind)) or kind.startswith("MAP(") or kind == "JSON"


def _maker_in_metadata(columns: Mapping[str, str]) -> tuple[str, str, str] | None:
    """The maker that a record's metadata names: the column, the field, and SQL that is NULL where the value is no model."""
    for name in METADATA:
        column = first_of((name,), columns)
        if column is None:
            continue
        found = dict(leaves(types.fields(columns[column]), types.fields))
        path = trusted(path for path, kind in found.items() if types.is_text(kind))
        if path is not None:
            sql = ".".join(identifier(part) for part in (column, *path))
            return column, ".".join(path), model_name(sql, found[path])
    return None
