"""Tests as text: every one made, with its effect and interval against the limit, and what the comparison says beside."""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.findings import Report, TestRecord
from provenance_audit.formats import bars, comparison, words
from provenance_audit.formats.look import Look
from provenance_audit.formats.text.lines import Line, labelled, say, wrapped

# From here on there is room to draw each family of a test.
ROOM_FOR_BARS = 112


def tests(report: Report, look: Look) -> Iterator[Line]:
    """Every test made, those that found nothing too: effect and interval against the limit, and what could be seen."""
    for (id, group), tests in words.tests_by_group(report).items():
        first = tests[0]
        what = "prompts" if id == "PA303" else "rows"
        name = "" if group in ("g0", "all") else f" (group {say(group)})"
        other = first.groups[1]
        sides = {
            "control": f"{what} of the data{name} against the control",
            "the rest": f"{say(group)}, against the rest",
        }.get(other, f"{say(group)} rows against {say(other)} ones")
        yield from wrapped(f"Tests of {say(id)}: {sides}", look, style="bold")
        yield from wrapped(
            f"{say(words.design_words(first.design))}; n = {first.n[0]:,} and {first.n[1]:,}; "
            f"{first.replicates:,} replicates, seed {first.seed}; {words.sampling(first)}",
            look,
            indent=2,
        )
        if look.plain:
            for test in tests:
                yield [(_test_sentence(test), "")]
        else:
            drawn = look.unicode and look.width >= ROOM_FOR_BARS
            title = "  family          effect, bits  90 % interval      adjusted p  could have seen"
            yield [(title + ("  against the limit ┃" if drawn else ""), "dim")]
            scale = max(
                [test.limit for test in tests] + [up for test in tests if (up := test.interval[1]) < 1]
            )
            for test in tests:
                bar = _bar(test, scale) if drawn else ""
                yield [(_test_row(test).ljust(79 if bar else 0), ""), (bar, "dim")]
        yield []


def compared(report: Report, look: Look) -> Iterator[Line]:
    """What differs, what could have been seen, whether the sides are equivalent, and what looks add up to."""
    said = list(comparison.lines(report.comparison))
    if said:
        yield [("The comparison with the control, for the reader: nothing here gates", "bold")]
    for label, sentence in said:
        yield from labelled(label, say(sentence), look)
    if said:
        yield []


def _bar(test: TestRecord, scale: float) -> str:
    low, up = test.interval
    return "  " + bars.drawn(test.effect, low, up, test.limit, scale=scale * 1.05, width=28, unicode=True)


def _test_row(test: TestRecord) -> str:
    low, up = (bars.number(end) for end in test.interval)
    mark = " >" if test.p_adjusted <= words.SIGNIFICANT else "  "
    interval = f"[{low}, {up}]"
    if words.same_on_both_sides(test):
        return f"{mark}{say(test.family):<15} {'':>12}  the same on both sides"
    return (
        f"{mark}{say(test.family):<15} {bars.number(test.effect):>12}  {interval:<18} {test.p_adjusted:>9.4f}  "
        f"{bars.number(test.minimum_detectable)}"
    )


def _test_sentence(test: TestRecord) -> str:
    name = say(test.family)
    if words.same_on_both_sides(test):
        return f"{name}: the same on both sides."
    low, up = (bars.number(end) for end in test.interval)
    differs = "differs" if test.p_adjusted <= words.SIGNIFICANT else "does not differ significantly"
    return (
        f"{name}: {differs}, effect {bars.number(test.effect)} bits, from {low} to {up}, limit {bars.number(test.limit)}, "
        f"adjusted p {test.p_adjusted:.4f}; could have seen {bars.number(test.minimum_detectable)} bits."
    )
