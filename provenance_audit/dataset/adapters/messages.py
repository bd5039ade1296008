"""Chat messages: `messages`, a list of {role, content}. Every assistant turn is a row; the system turn is kept.

As written by the OpenAI fine-tuning format, TRL and most chat datasets. `content` is text, or a list of parts of which
those with a `text` are joined.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provenance_audit.database import identifier
from provenance_audit.dataset.adapters.base import Projection, SchemaError, maker_of, optional, system_of
from provenance_audit.dataset.columns import first_of

NAMES = ("messages",)


def recognise(columns: Mapping[str, str]) -> Projection | None:
    """A projection if there is a column of messages."""
    column = first_of(NAMES, columns)
    if column is None:
        return None
    kind = columns[column]
    fields = struct_fields(kind.removesuffix("[]")) if kind.endswith("[]") else {}
    if "role" not in fields or "content" not in fields:
        raise SchemaError(f"column {column!r} holds {kind} where a list of {{role, content}} is expected")
    content = _content(fields["content"], column)
    system = system_of(columns)
    maker, by_value = maker_of(columns)
    used = {column: f"STRUCT(role VARCHAR, content {fields['content']})[]"}
    used.update({name: columns[name] for name in (system, maker) if name is not None})

    def select(relation: str) -> str:
        return f"""
        SELECT file,
               turn IS NOT DISTINCT FROM turns[1] AS first,
               {content("m[list_position(roles, 'user')]")} AS thread,
               {content("m[turn - list_position(list_reverse(roles[:turn - 1]), 'user')]")} AS prompt,
               coalesce({content("m[nullif(list_position(roles, 'system'), 0)]")},
                        {content("m[nullif(list_position(roles, 'developer'), 0)]")}, system_prompt) AS system_prompt,
               {content("m[turn]")} AS completion,
               maker
        FROM (
          SELECT *, unnest(CASE WHEN len(turns) > 0 THEN turns ELSE [CAST(NULL AS BIGINT)] END) AS turn
          FROM (
            SELECT *, list_filter(range(1, len(roles) + 1), lambda i: roles[i] = 'assistant') AS turns
            FROM (
              SELECT file, {identifier(column)} AS m, [t.role FOR t IN {identifier(column)}] AS roles,
                     {optional(columns, system)} AS system_prompt, {optional(columns, maker)} AS maker
              FROM {relation})))"""

    mapping = {
        "prompt": f"{column}[role=user]",
        "system_prompt": f"{column}[role=system]" + (f", {system}" if system else ""),
        "completion": f"{column}[role=assistant]",
    }
    if maker is not None:
        mapping["maker"] = maker
    return Projection("messages", used, mapping, select, maker, by_value)


def struct_fields(kind: str) -> dict[str, str]:
    """The fields of a DuckDB struct type: name -> type. Empty for any other type."""
    if not (kind.startswith("STRUCT(") and kind.endswith(")")):
        return {}
    fields, depth, quoted, start = [], 0, False, 0
    body = kind[len("STRUCT(") : -1]
    for position, character in enumerate(body):
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "(,)":
            if character == "," and depth == 0:
                fields.append(body[start:position])
                start = position + 1
            depth += {"(": 1, ")": -1}.get(character, 0)
    fields.append(body[start:])
    split = (field.strip().partition('" ' if field.strip().startswith('"') else " ") for field in fields)
    return {name.strip('"'): rest for name, _, rest in split}


def _content(kind: str, column: str) -> Callable[[str], str]:
    """A function from the SQL of a message to the SQL of its text."""
    parts = struct_fields(kind.removesuffix("[]")) if kind.endswith("[]") else {}
    if "text" in parts:
        return lambda message: (
            f"array_to_string([p.text FOR p IN ({message}).content IF p.text IS NOT NULL], chr(10))"
        )
    if kind == "JSON":
        return lambda message: (
            f"CASE json_type(({message}).content) WHEN 'VARCHAR' THEN ({message}).content->>'$' "
            f"ELSE array_to_string(({message}).content->>'$[*].text', chr(10)) END"
        )
    if kind == "VARCHAR" or kind == '"NULL"':
        return lambda message: f"({message}).content"
    raise SchemaError(f"the content of {column!r} holds {kind} where text is expected")
