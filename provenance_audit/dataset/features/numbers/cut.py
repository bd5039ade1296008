"""How a row of numbers is taken apart: once into its numbers, and once, cheaply, into what stands around them."""

from __future__ import annotations

from provenance_audit.database import literal

POSITIONS = 12
# Rows that hold nothing but numbers and one of these between them are split, at a third of the cost of searching.
_PLAIN = (", ", " ", ",", "\n")
_SPLIT = " ".join(
    f"WHEN regexp_full_match(text, {literal(f'[0-9]+(?:{between}[0-9]+)*')}) THEN string_split(text, {literal(between)})"
    for between in _PLAIN
)
_NUMBERS = f"CASE {_SPLIT} ELSE regexp_extract_all(text, '[0-9]+') END"


def numbers(source: str) -> str:
    """A number is packed as position·10⁴ + leading digit·10³ + last three digits: `x`, and `y` the next one (or NULL)."""
    packed = (
        "CAST(CASE WHEN strlen(n) < 4 THEN n ELSE right(n, 3) END AS INTEGER) + 1000 * (ascii(n) - 48) "
        f"+ 10000 * CAST(least(i, {POSITIONS}) - 1 AS INTEGER)"
    )
    return f"""
    SELECT base, unnest(codes) AS x, unnest(codes[2:]) AS y
    FROM (SELECT base, list_transform({_NUMBERS}, lambda n, i: {packed}) AS codes FROM {source})
    """


def written(source: str) -> str:
    """What stands before the first number, between the first two, and after the last; whether one begins with a 0."""
    # Most rows begin in one way, which is told without taking groups out of a match.
    first = (
        "CASE WHEN regexp_matches(text, '^[0-9]+, [0-9]') THEN {'prefix': '', 'separator': ', '} "
        "ELSE regexp_extract(text, '^([^0-9]*)(?:[0-9]+([^0-9]+)[0-9])?', ['prefix', 'separator']) END"
    )
    return f"""
    SELECT base, start.prefix AS prefix, start.separator AS separator,
           CASE WHEN right(text, 1) BETWEEN '0' AND '9' THEN '' ELSE right(text, 2) END AS suffix,
           regexp_matches(text, '(^|[^0-9])0[0-9]') AS zero
    FROM (SELECT *, {first} AS start FROM {source})
    """
