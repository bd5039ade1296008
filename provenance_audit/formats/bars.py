"""Draws an effect against its limit in one line of text."""

from __future__ import annotations

import math

WIDTH = 36


def interval(effect: float, low: float, up: float, limit: float, *, unicode: bool) -> tuple[str, str]:
    """A bar from 0 with the interval, the estimate in it, and the limit that gates; and the same in words."""
    words = (
        f"effect {number(effect)} bits, 90 % interval {number(low)} to {number(up)}; limit {number(limit)}"
    )
    if not all(math.isfinite(value) for value in (effect, low, up)):
        return "", words
    scale = max(up, limit) * 1.05
    bar = drawn(effect, low, up, limit, scale=scale, width=WIDTH, unicode=unicode)
    return f"0 {bar} {number(scale)}   limit at {'┃' if unicode else '|'}", words


def drawn(
    effect: float, low: float, up: float, limit: float, *, scale: float, width: int, unicode: bool
) -> str:
    """The bar alone, from 0 to `scale`; empty where there is no interval."""
    if not all(math.isfinite(value) for value in (effect, low, up)) or scale <= 0:
        return ""
    cells = ["·" if unicode else "."] * width

    def at(value: float) -> int:
        return min(max(round(value / scale * (width - 1)), 0), width - 1)

    for position in range(at(low), at(up) + 1):
        cells[position] = "━" if unicode else "="
    cells[at(effect)] = "●" if unicode else "o"
    cells[at(limit)] = "┃" if unicode else "|"
    return "".join(cells)


def number(value: float) -> str:
    """A number of bits as people read it: four decimals, or fewer significant digits when it is small."""
    if not math.isfinite(value):
        return "unknown"
    if value == 0 or abs(value) >= 0.0001:
        return f"{value:.4f}"
    return f"{value:.0e}"
