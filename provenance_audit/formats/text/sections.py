"""The other parts of the report as text: the verdict, what was read, what does not count, pairs, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provenance_audit.findings import Relation, Report, State
from provenance_audit.formats import words
from provenance_audit.formats.look import Look
from provenance_audit.formats.text.lines import COLOURS, SHOWN_AT_MOST, Line, labelled, say, wrapped

ASIDE_AT_MOST = 5
ASIDE = {State.WAIVED: "Waived", State.BASELINE: "In the baseline", State.IGNORED: "Ignored"}


def verdict(report: Report, look: Look) -> Iterator[Line]:
    """The verdict and its reasons, first of all."""
    gap = ": " if look.plain else "  "
    yield [(report.verdict, COLOURS[report.verdict]), (f"{gap}{say(report.reasons[0])}", "bold")]
    for reason in report.reasons[1:]:
        yield from wrapped(f"also: {say(reason)}", look, indent=2)
    yield []


def about(report: Report, look: Look) -> Iterator[Line]:
    """What was read, under what gate."""
    yield from labelled("data", say(words.facts(report.dataset)), look)
    for note in report.dataset.notes:
        yield from labelled("", say(note), look)
    for before, after in zip(report.funnel, report.funnel[1:], strict=False):
        yield from labelled(
            "filter",
            say(f"{after.rows:,} of {before.rows:,} left: {after.name}"),
            look,
        )
    if report.control is not None:
        yield from labelled("control", say(words.facts(report.control)), look)
    yield from labelled("student", say(words.student(report)), look)
    yield from labelled("gate", say(words.gate(report)), look)
    if report.baseline is not None:
        yield from labelled("baseline", say(words.delta(report)), look)
    for notice in report.notices:
        yield from labelled("notice", say(notice), look)
    if report.run.cached:
        said = f"answered from the cache: looked at on {report.run.cached}, and nothing that was read has changed since"
        yield from labelled("cached", say(said), look)
    yield []


def aside(report: Report, look: Look) -> Iterator[Line]:
    """What does not count, and why: never silently."""
    for state, title in ASIDE.items():
        rulings = [ruling for ruling in report.rulings if ruling.state is state]
        if not rulings:
            continue
        yield [(f"{title}: {len(rulings):,}", "bold")]
        for ruling in rulings[:ASIDE_AT_MOST]:
            finding = ruling.finding
            text = f"{finding.severity} {finding.id} {finding.name}: {finding.message}; {words.waived_because(ruling)}"
            yield from wrapped(say(text), look, indent=2)
        if len(rulings) > ASIDE_AT_MOST:
            yield [(f"  and {len(rulings) - ASIDE_AT_MOST:,} more", "")]
        yield []
    if report.baseline is not None and report.baseline.fixed:
        yield [(f"Fixed since the baseline: {len(report.baseline.fixed):,}", "bold")]
        for fixed in report.baseline.fixed[:ASIDE_AT_MOST]:
            yield from wrapped(say(f"{fixed.id} {fixed.name}: {fixed.message}"), look, indent=2)
        yield []


def more(shown: Mapping[str, int]) -> Iterator[Line]:
    """The findings of one check that are not shown, counted: nobody reads five thousand."""
    for id, count in shown.items():
        if count > SHOWN_AT_MOST:
            yield [(say(f"and {count - SHOWN_AT_MOST:,} more of {id}: -o json has them all"), "bold")]
            yield []


def pairs(report: Report, look: Look) -> Iterator[Line]:
    """The risk matrix, where there is one: the level comes from the relation alone, and the rest describes."""
    lineage = report.lineage
    if lineage.student is None and lineage.makers:
        yield [("Makers", "bold")]
        for maker in lineage.makers[:SHOWN_AT_MOST]:
            rows = f"{maker.rows:,} rows" if maker.rows is not None else "rows not told apart"
            said = f"{maker.role} {maker.maker}: {rows}, prompt {maker.prompt}"
            yield from wrapped(say(said), look, indent=2)
        yield []
    if not lineage.pairs:
        return
    yield [("Makers and the student", "bold")]
    for pair in () if report.risk else lineage.pairs[:SHOWN_AT_MOST]:
        yield from wrapped(
            f"{say(pair.role)} {say(pair.maker)}: {pair.relation}, {words.rows_of(pair)}, prompt {say(pair.prompt)}",
            look,
            indent=2,
        )
        if pair.relation is Relation.NO_KNOWN_RELATION:
            yield from wrapped(say(pair.evidence), look, indent=4)
            yield from wrapped(words.NOT_SAFE, look, indent=4)
    for row in report.risk[:SHOWN_AT_MOST]:
        yield from wrapped(
            f"{row.level} by {row.relation}: {say(row.role)} {say(row.maker)}, {words.rows_of(row)}",
            look,
            indent=2,
        )
        yield from wrapped(
            f"evidence {say(row.evidence)}; prompt {say(row.hidden_prompt)}; {say(row.statistics)}",
            look,
            indent=4,
        )
        if row.relation is Relation.NO_KNOWN_RELATION:
            yield from wrapped(words.NOT_SAFE, look, indent=4)
        else:
            yield from wrapped(f"lower with {say(row.lowers)}", look, indent=4)
    if len(lineage.pairs) > SHOWN_AT_MOST:
        yield [(f"  and {len(lineage.pairs) - SHOWN_AT_MOST:,} more: -o json has them all", "")]
    if report.risk:
        yield [("  how levels are given: paudit explain risk", "dim")]
    yield []


def unevaluated(report: Report, look: Look) -> Iterator[Line]:
    """What could not be looked at, and why; the same reason is said once."""
    if not report.not_evaluated:
        return
    yield [("Not evaluated", "bold")]
    for item in words.unlooked(report.not_evaluated):
        yield from wrapped(say(f"{', '.join(item.ids)}: {item.reason}"), look, indent=2)
    yield []


def last(report: Report, look: Look) -> Iterator[Line]:
    """What to do next, what was quiet, and what a quiet check does not mean."""
    if report.next_steps:
        yield [("Next", "bold")]
        for step in report.next_steps:
            yield [(f"  {say(step)}", "")]  # never wrapped: it is there to be copied
        yield []
    quiet = words.quiet(report)
    if quiet:
        yield from wrapped(say(f"Looked and found nothing: {', '.join(quiet)}"), look)
    if report.findings:
        yield from wrapped(say(f"More on a check: paudit explain {report.findings[0].id}"), look)
    yield from wrapped(words.NO_CREDIT, look)
    gap = ", " if look.plain else "   "
    yield [(f"{report.run.seconds:.1f} s{gap}{words.exit_line(report)}", "dim")]
