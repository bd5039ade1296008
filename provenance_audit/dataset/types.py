"""Reads the names of DuckDB types: what is text, what a struct holds, what a list is of."""

from __future__ import annotations

from collections.abc import Mapping

_SCALARS = frozenset(
    [
        "BIGINT",
        "INTEGER",
        "SMALLINT",
        "TINYINT",
        "UBIGINT",
        "UINTEGER",
        "USMALLINT",
        "UTINYINT",
        "HUGEINT",
        "UHUGEINT",
        "DOUBLE",
        "FLOAT",
        "BOOLEAN",
        "DATE",
        "TIME",
        "UUID",
        '"NULL"',
    ]
)


def is_text(kind: str) -> bool:
    """Whether a column of this type can be read as text without changing what it says."""
    return (
        kind in ("VARCHAR", "JSON") or kind in _SCALARS or kind.startswith(("DECIMAL", "TIMESTAMP", "ENUM"))
    )


def as_text(sql: str, kind: str) -> str:
    """SQL of a value of such a type as text, of JSON what it says."""
    return f"({sql} ->> '$')" if kind == "JSON" else f"CAST({sql} AS VARCHAR)"


def is_list(kind: str) -> bool:
    """Whether it is a list, or JSON that may be one."""
    return kind.endswith("[]")


def element(kind: str) -> str:
    """What a list is of; the type itself where it is none."""
    return kind.removesuffix("[]")


def fields(kind: str) -> dict[str, str]:
    """The fields of a struct: name -> type. Empty for any other type."""
    if not (kind.startswith("STRUCT(") and kind.endswith(")")):
        return {}
    parts, depth, quoted, start = [], 0, False, 0
    body = kind[len("STRUCT(") : -1]
    for position, character in enumerate(body):
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "(,)":
            if character == "," and depth == 0:
                parts.append(body[start:position])
                start = position + 1
            depth += {"(": 1, ")": -1}.get(character, 0)
    parts.append(body[start:])
    found = {}
    for part in (part.strip() for part in parts):
        if part.startswith('"'):
            end = part.index('"', 1)
            while part[end + 1 : end + 2] == '"':  # a doubled quote is a quote inside the name
                end = part.index('"', end + 2)
            found[part[1:end].replace('""', '"')] = part[end + 1 :].strip()
        else:
            name, _, rest = part.partition(" ")
            found[name] = rest
    return found


def struct(members: Mapping[str, str]) -> str:
    """The name of a struct type."""
    inside = ", ".join(f'"{name.replace(chr(34), chr(34) * 2)}" {kind}' for name, kind in members.items())
    return f"STRUCT({inside})"


def with_text_as(kind: str, leaf: str) -> str:
    """The same shape with everything that can be read as text read as `leaf`: VARCHAR, or JSON."""
    if is_list(kind):
        return with_text_as(element(kind), leaf) + "[]"
    members = fields(kind)
    if members:
        return struct({name: with_text_as(inner, leaf) for name, inner in members.items()})
    return leaf if is_text(kind) and kind != "JSON" else kind
