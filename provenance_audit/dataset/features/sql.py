"""SQL that families of the engine's cuts are made of."""

from __future__ import annotations

from collections.abc import Iterable

from provenance_audit.database import literal


def whole_row(source: str) -> str:
    """The piece is the row."""
    return f"SELECT base, text FROM {source}"


def log_bins(sql: str, bins: int) -> str:
    """SQL of a half-octave bin of a length: 0 for 0, the last bin open."""
    return f"least(CAST(floor(2 * log2(({sql}) + 1)) AS INTEGER), {bins - 1})"


def bucket(sql: str, size: int) -> str:
    """SQL of a hash bucket."""
    return f"CAST(hash({sql}) % {size} AS INTEGER)"


def flags(*conditions: str) -> str:
    """SQL of a number with one bit for each condition."""
    return " + ".join(
        f"CASE WHEN {condition} THEN {2**bit} ELSE 0 END" for bit, condition in enumerate(conditions)
    )


def first_match(column: str, patterns: Iterable[str]) -> str:
    """SQL of the number of the first pattern (RE2) that matches, from 1; 0 where none does."""
    cases = " ".join(
        f"WHEN regexp_matches({column}, {literal(pattern)}) THEN {number}"
        for number, pattern in enumerate(patterns, 1)
    )
    return f"CASE {cases} ELSE 0 END"


def first_of(*cases: tuple[str, int]) -> str:
    """SQL of the code of the first condition that holds; 0 where none does."""
    return f"CASE {' '.join(f'WHEN {condition} THEN {code}' for condition, code in cases)} ELSE 0 END"
