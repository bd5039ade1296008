"""How a row of numbers is taken apart: once into its numbers, and once, cheaply, into what stands around them."""

from __future__ import annotations

POSITIONS = 12


def numbers(source: str) -> str:
    """A number is packed as position·10⁴ + leading digit·10³ + last three digits: `x`, and `y` the next one (or NULL)."""
    packed = (
        "CAST(right(n, 3) AS INTEGER) + 1000 * (ascii(n) - 48) "
        f"+ 10000 * CAST(least(i, {POSITIONS}) - 1 AS INTEGER)"
    )
    return f"""
    SELECT base, unnest(codes) AS x, unnest(codes[2:]) AS y
    FROM (SELECT base, list_transform(regexp_extract_all(text, '[0-9]+'), lambda n, i: {packed}) AS codes FROM {source})
    """


def written(source: str) -> str:
    """What stands before the first number, between the first two, and after the last; whether one begins with a 0."""
    first = "regexp_extract(text, '^([^0-9]*)(?:[0-9]+([^0-9]+)[0-9])?', ['prefix', 'separator'])"
    return f"""
    SELECT base, start.prefix AS prefix, start.separator AS separator,
           CASE WHEN right(text, 1) BETWEEN '0' AND '9' THEN '' ELSE right(text, 2) END AS suffix,
           regexp_matches(text, '(^|[^0-9])0[0-9]') AS zero
    FROM (SELECT *, {first} AS start FROM {source})
    """
