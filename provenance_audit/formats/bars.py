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
    cells = ["·" if unicode else "."] * WIDTH

    def at(value: float) -> int:
        return min(max(round(value / scale * (WIDTH - 1)), 0), WIDTH - 1)

    for position in range(at(low), at(up) + 1):
        cells[position] = "━" if unicode else "="
    cells[at(effect)] = "●" if unicode else "o"
    cells[at(limit)] = "┃" if unicode else "|"
    return f"0 {''.join(cells)} {number(scale)}   limit at {'┃' if unicode else '|'}", words


def number(value: float) -> str:
    """A number of bits as people read it: four decimals, or fewer significant digits when it is small."""
    if not math.isfinite(value):
        return "unknown"
    if value == 0 or abs(value) >= 0.0001:
        return f"{value:.4f}"
    return f"{value:.0e}"
