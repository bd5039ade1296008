"""Draws power against the share of foreign rows, as one self-contained SVG: no script, no font, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.stats.calibration import Calibration

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 60, 130, 24, 52
COLOURS = ("#9a3412", "#b45309", "#0f766e", "#1d4ed8", "#6d28d9")
DASHES = ("2 3", "6 3", "8 3 2 3", "", "10 4")
TARGET = 0.8


def svg(found: Calibration) -> str:
    """The drawing. Lines differ in dashes and in the label at their end, and not by colour alone."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img" '
            f'font-family="sans-serif" font-size="12" aria-label="Share of mixes rejected, by share of positive rows">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
            *_axes(found),
            *_false_alarms(found),
            *_curves(found),
            "</svg>",
        ]
    )


def _x(share: float) -> float:
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def _y(rate: float) -> float:
    return round(HEIGHT - BOTTOM - rate * (HEIGHT - TOP - BOTTOM), 1)


def _axes(found: Calibration) -> Iterator[str]:
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        yield f'<line x1="{LEFT}" x2="{_x(1)}" y1="{_y(tick)}" y2="{_y(tick)}" stroke="#e5e5e5"/>'
        yield f'<text x="{LEFT - 8}" y="{_y(tick) + 4}" text-anchor="end">{tick:.0%}</text>'
        yield f'<text x="{_x(tick)}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{tick:.0%}</text>'
    for rate, words, at, anchor in (
        (TARGET, "seen in 4 of 5", _x(0) + 4, "start"),
        (found.alpha, "level: false alarms", _x(1) - 4, "end"),
    ):
        yield f'<line x1="{LEFT}" x2="{_x(1)}" y1="{_y(rate)}" y2="{_y(rate)}" stroke="#555" stroke-dasharray="3 3"/>'
        yield f'<text x="{at}" y="{_y(rate) - 5}" text-anchor="{anchor}" fill="#555">{words}</text>'
    yield (
        f'<text x="{_x(0.5)}" y="{HEIGHT - 10}" text-anchor="middle">share of positive rows in the data</text>'
    )
    yield (
        f'<text x="16" y="{_y(0.5)}" text-anchor="middle" transform="rotate(-90 16 {_y(0.5)})">'
        f"share of trials rejected</text>"
    )


def _false_alarms(found: Calibration) -> Iterator[str]:
    """At a share of 0, where every rejection is a false alarm: the rate with its interval."""
    for number, one in enumerate(found.false_alarms):
        x = _x(0) + 4 + 8 * number
        low, up = one.interval
        yield f'<line x1="{x}" x2="{x}" y1="{_y(low)}" y2="{_y(up)}" stroke="#111" stroke-width="2"/>'
        yield f'<circle cx="{x}" cy="{_y(one.rate)}" r="3.5" fill="#111"/>'


def _curves(found: Calibration) -> Iterator[str]:
    lowest = -1e9
    for number, (n, _) in reversed(list(enumerate(found.smallest))):
        points = [(0.0, found.alpha), *((one.share, one.rate) for one in found.seen if one.n == n)]
        colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
        path = " ".join(f"{_x(share)},{_y(rate)}" for share, rate in points)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>'
        for share, rate in points[1:]:
            yield f'<circle cx="{_x(share)}" cy="{_y(rate)}" r="3" fill="{colour}"/>'
        lowest = max(_y(points[-1][1]) + 4, lowest + 15)
        yield f'<text x="{_x(points[-1][0]) + 8}" y="{lowest}" fill="{colour}">{n:,} rows a side</text>'
