"""The charts of the page: an effect against its limit, two distributions over each other, a funnel, a mark of severity.

Each says in its title what it shows, and none needs colour to be read: data is filled, control is an outline, the limit a line.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from provenance_audit.findings import FunnelStep, Severity, TestRecord
from provenance_audit.formats import bars, words
from provenance_audit.formats.html.svg import element, picture

if TYPE_CHECKING:
    from markupsafe import Markup

EFFECT_WIDTH, EFFECT_HEIGHT = 260.0, 26.0
LABEL_WIDTH, BAR_WIDTH, BAR_STEP = 128.0, 210.0, 17.0
FUNNEL_WIDTH, FUNNEL_STEP = 320.0, 14.0


def scale_of(tests: Sequence[TestRecord]) -> float:
    """The right end of the axis that the families of one test share, in bits."""
    ends = [one.limit for one in tests]
    ends += [end for one in tests for end in (one.interval[1], one.effect) if math.isfinite(end)]
    return max(ends, default=1.0) * 1.04


def effect(
    value: float | None, low: float | None, up: float | None, limit: float, scale: float, *, seen: bool
) -> Markup:
    """The effect with its 90 % interval, from 0 to `scale`, and the limit that gates. seen: whether the test rejected."""
    if value is None or low is None or up is None or not all(map(math.isfinite, (value, low, up))):
        return picture(
            "no interval could be computed", EFFECT_WIDTH, EFFECT_HEIGHT, _axis(limit, scale), kind="effect"
        )
    middle = EFFECT_HEIGHT / 2
    left, right, at = _x(low, scale), _x(up, scale), _x(value, scale)
    whisker = element("line", x1=left, y1=middle, x2=max(right, left + 1), y2=middle, _class="interval")
    ends = [
        element("line", x1=x, y1=middle - 4, x2=x, y2=middle + 4, _class="interval")
        for x, end in ((left, low), (right, up))
        if 0 <= end <= scale
    ]
    point = element("circle", cx=at, cy=middle, r=4.5, _class="point seen" if seen else "point")
    title = (
        f"effect {bars.number(value)} bits, 90 % interval {bars.number(low)} to {bars.number(up)}, "
        f"limit {bars.number(limit)}"
    )
    return picture(
        title, EFFECT_WIDTH, EFFECT_HEIGHT, _axis(limit, scale), whisker, *ends, point, kind="effect"
    )


def _axis(limit: float, scale: float) -> str:
    middle, at = EFFECT_HEIGHT / 2, _x(limit, scale)
    return element("line", x1=6.0, y1=middle, x2=EFFECT_WIDTH - 6, y2=middle, _class="axis") + element(
        "line", x1=at, y1=1.0, x2=at, y2=EFFECT_HEIGHT - 1, _class="limit"
    )


def _x(value: float, scale: float) -> float:
    share = min(max(value / scale, 0.0), 1.0) if scale > 0 else 0.0
    return 6 + share * (EFFECT_WIDTH - 12)


def overlay(test: TestRecord) -> Markup:
    """Both sides of a family over each other: a filled bar for the data, an outline for the control."""
    largest = max((max(one.data, one.control) for one in test.bins), default=0.0) or 1.0
    rows = []
    for number, one in enumerate(test.bins):
        top = 4 + number * BAR_STEP
        data, control = (max(share / largest * BAR_WIDTH, 0.0) for share in (one.data, one.control))
        label = one.label if len(one.label) <= 20 else f"{one.label[:19]}…"
        rows.append(
            element(
                "g",
                element("title", text=f"{one.label}: data {one.data:.2%}, control {one.control:.2%}"),
                element("text", x=LABEL_WIDTH - 8, y=top + 10.5, text_anchor="end", text=label),
                element("rect", x=LABEL_WIDTH, y=top + 1, width=data, height=11.0, _class="data"),
                element("rect", x=LABEL_WIDTH, y=top - 0.5, width=control, height=14.0, _class="control"),
            )
        )
    height = 8 + len(test.bins) * BAR_STEP
    widest = max(test.bins, key=lambda one: abs(one.data - one.control))
    title = (
        f"{test.family}, shares of data and control, {test.binned}; furthest apart at {widest.label}: "
        f"{widest.data:.2%} of the data, {widest.control:.2%} of the control"
    )
    return picture(title, LABEL_WIDTH + BAR_WIDTH + 6, height, *rows, kind="overlay")


def funnel(steps: Sequence[FunnelStep]) -> list[tuple[FunnelStep, str, str, Markup]]:
    """Each step with its share of the first, its share of the step before, and its bar."""
    drawn = []
    for number, step in enumerate(steps):
        first, before = steps[0].rows, steps[max(number - 1, 0)].rows
        width = step.rows / first * FUNNEL_WIDTH if first else 0.0
        bar = picture(
            f"{step.rows:,} of {first:,} rows",
            FUNNEL_WIDTH,
            FUNNEL_STEP,
            element("rect", x=0.5, y=0.5, width=FUNNEL_WIDTH - 1, height=FUNNEL_STEP - 1, _class="control"),
            element("rect", x=0.0, y=0.0, width=width, height=FUNNEL_STEP, _class="data"),
            kind="funnel",
        )
        kept = f"{step.rows / before:.1%}" if number and before else ""
        drawn.append((step, f"{step.rows / first:.1%}" if first else "", kept, bar))
    return drawn


def mark(severity: Severity) -> Markup:
    """Bars for severity, so that it is not told by colour alone; the word stands beside."""
    return element(
        "svg",
        *(
            element(
                "rect",
                x=number * 4.0,
                y=9.0 - 2.0 * number,
                width=3.0,
                height=3.0 + 2.0 * number,
                _class="on" if number < severity.rank + 1 else "off",
            )
            for number in range(len(Severity))
        ),
        viewBox="0 0 20 12",
        width=20.0,
        height=12.0,
        aria_hidden="true",
        _class="mark",
    )


def seen(test: TestRecord) -> bool:
    """Whether the test of this family rejected."""
    return test.p_adjusted <= words.SIGNIFICANT
