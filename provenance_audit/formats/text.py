"""The report for people: verdict first, then why, then what to do. Words carry the meaning; colour only repeats it.

On a terminal with colour and a few drawn lines; in a pipe plain ASCII lines of which the first of each finding is
greppable; for a screen reader whole sentences, with nothing drawn or put in columns.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from provenance_audit.findings import Finding, Pair, Relation, Report, Ruling, State, TestRecord, Verdict
from provenance_audit.formats import bars, comparison, words
from provenance_audit.formats.escape import for_terminal
from provenance_audit.formats.look import Look
from provenance_audit.formats.words import TIER_WORDS

__all__ = ["TIER_WORDS", "Line", "labelled", "render", "written"]

# Of one check, and of pairs.
SHOWN_AT_MOST = 20
LABEL = 11
WIDEST = 120
# From here on there is room to draw each family of a test.
ROOM_FOR_BARS = 112
ASIDE_AT_MOST = 5
COLOURS = {
    Verdict.FAIL: "bold red",
    Verdict.INCOMPLETE: "bold yellow",
    Verdict.REVIEW: "bold cyan",
    Verdict.NO_FINDING: "bold",
    "critical": "bold red",
    "high": "red",
    "medium": "yellow",
    "low": "cyan",
    "info": "dim",
}
ASIDE = {State.WAIVED: "Waived", State.BASELINE: "In the baseline", State.IGNORED: "Ignored"}

# A line is a list of (text, style); the text is escaped when the line is made.
Line = list[tuple[str, str]]


def render(report: Report, look: Look) -> str:
    """The whole report as text, ending with a newline."""
    return written([line for part in _parts(report, look) for line in part], look)


def written(lines: Sequence[Line], look: Look) -> str:
    """Lines as text: coloured for a terminal, plain for a pipe."""
    if look.colour:
        return _coloured(lines, look)
    return "\n".join("".join(text for text, _ in line).rstrip() for line in lines) + "\n"


def _parts(report: Report, look: Look) -> Iterator[Iterable[Line]]:
    yield _verdict(report, look)
    yield _about(report, look)
    shown: dict[str, int] = {}
    for ruling in report.active:
        id = ruling.finding.id
        shown[id] = shown.get(id, 0) + 1
        if shown[id] <= SHOWN_AT_MOST:
            yield _finding(ruling, report, look)
    yield _more(shown)
    yield _aside(report, look)
    yield _pairs(report, look)
    yield _tests(report, look)
    yield _comparison(report, look)
    yield _not_evaluated(report, look)
    yield _last(report, look)


def _verdict(report: Report, look: Look) -> Iterator[Line]:
    gap = ": " if look.plain else "  "
    yield [(report.verdict, COLOURS[report.verdict]), (f"{gap}{_say(report.reasons[0])}", "bold")]
    for reason in report.reasons[1:]:
        yield from _wrapped(f"also: {_say(reason)}", look, indent=2)
    yield []


def _about(report: Report, look: Look) -> Iterator[Line]:
    yield from labelled("data", _say(words.facts(report.dataset)), look)
    for note in report.dataset.notes:
        yield from labelled("", _say(note), look)
    for before, after in zip(report.funnel, report.funnel[1:], strict=False):
        yield from labelled(
            "filter",
            _say(f"{after.rows:,} of {before.rows:,} left: {after.name}"),
            look,
        )
    if report.control is not None:
        yield from labelled("control", _say(words.facts(report.control)), look)
    yield from labelled("student", _say(words.student(report)), look)
    yield from labelled("gate", _say(words.gate(report)), look)
    if report.baseline is not None:
        yield from labelled("baseline", _say(words.delta(report)), look)
    for notice in report.notices:
        yield from labelled("notice", _say(notice), look)
    if report.run.cached:
        said = f"answered from the cache: looked at on {report.run.cached}, and nothing that was read has changed since"
        yield from labelled("cached", _say(said), look)
    yield []


def _finding(ruling: Ruling, report: Report, look: Look) -> Iterator[Line]:
    finding = ruling.finding
    gates = "gates" if ruling.gating else ""
    if look.plain:
        facts = [
            f"severity {finding.severity}",
            f"confidence {finding.confidence}",
            *([gates] if gates else []),
        ]
        yield [(_say(f"{finding.id} {finding.name}: {', '.join(facts)}"), "")]
    else:
        yield [
            (f"{finding.severity:<9}", COLOURS[finding.severity]),
            (_say(f"{finding.id} {finding.name}"), "bold"),
            (f"   confidence {finding.confidence}" + (f"   {gates}" if gates else ""), ""),
        ]
    yield from labelled("what", _say(finding.message), look)
    yield from _proof(finding, report, look)
    yield from labelled("why", _say(finding.why), look)
    yield from labelled("fix", _say(finding.fix), look)
    if ruling.gating and "waiver" not in finding.subject:  # a waiver is not waived
        yield from labelled("or accept", f"paudit waive {finding.fingerprint} ...", look)
    yield []


def _proof(finding: Finding, report: Report, look: Look) -> Iterator[Line]:
    """The picture of a finding: the path that proves a relation, or an effect against its limit."""
    pair = words.pair_of(finding, report)
    if pair is not None and pair.common_ancestor is not None:
        yield from _path(pair, look)
    evidence = finding.evidence
    if "interval" in evidence and "effect_bits" in evidence:
        low, up = evidence["interval"]
        drawn, said = bars.interval(
            _number(evidence["effect_bits"]),
            _number(low),
            _number(up),
            _number(evidence["min_effect"]),
            unicode=look.unicode,
        )
        yield from labelled("evidence", said, look)
        if drawn and not look.plain:
            yield from labelled("", drawn, look)
        if "design" in evidence:
            yield from labelled("", _say(words.design_words(str(evidence["design"]))), look)
    elif "statements" in evidence:
        yield from _statements(evidence["statements"], look)
    elif pair is not None:
        stated = pair.evidence.replace(" <- ", ", from ") if look.plain else pair.evidence
        yield from labelled("evidence", _say(stated), look)


def _number(value: Any) -> float:
    """A number of the evidence; what JSON could not hold is not one."""
    return float("nan") if value is None else float(value)


def _statements(statements: Sequence[Mapping[str, Any]], look: Look) -> Iterator[Line]:
    """What each source states, and where: what was found beside what was declared."""
    for one in statements:
        yield from labelled(TIER_WORDS[one["tier"]], _say(one["object"]), look)
        yield from labelled("", f"  tier {one['tier']}, {_say(one['locator'])}", look)


def _path(pair: Pair, look: Look) -> Iterator[Line]:
    """The lineage of a pair, from the common ancestor down: maker and student as two branches."""
    if look.plain:
        yield from labelled(
            "path", f"{_say(pair.common_ancestor or '')} is {words.MEETS.get(pair.relation, '')}", look
        )
        for step in pair.path:
            yield from labelled("", _say(f"{step.child} is a {step.relation} of {step.parent}"), look)
        yield from labelled("", _say(f"between the {pair.role} and it: {pair.displacement}"), look)
        return
    fork, last, pipe, blank = ("├─ ", "└─ ", "│  ", "   ") if look.unicode else ("|- ", "`- ", "|  ", "   ")
    maker_steps = pair.path[: pair.depths[0]] if pair.depths else ()
    student_steps = pair.path[pair.depths[0] :] if pair.depths else ()
    arrow = "◀━" if look.unicode else "<-"
    yield from labelled(
        "path", f"{_say(pair.common_ancestor or '')}   {arrow} {words.MEETS.get(pair.relation, '')}", look
    )
    for steps, who, branch, below in (
        (maker_steps, pair.role, fork, pipe),
        (student_steps, "student", last, blank),
    ):
        if not steps:
            yield from labelled("", _say(f"{branch}itself: the {who}"), look)
        indent = ""
        for number, step in enumerate(reversed(steps)):
            tail = f"   the {who}" if number == len(steps) - 1 else ""
            yield from labelled("", f"{indent}{branch}{step.relation}: {_say(step.child)}{tail}", look)
            indent += below if number == 0 else blank
            branch = last
    yield from labelled("", _say(f"between the {pair.role} and it: {pair.displacement}"), look)


def _aside(report: Report, look: Look) -> Iterator[Line]:
    """What does not count, and why: never silently."""
    for state, title in ASIDE.items():
        rulings = [ruling for ruling in report.rulings if ruling.state is state]
        if not rulings:
            continue
        yield [(f"{title}: {len(rulings):,}", "bold")]
        for ruling in rulings[:ASIDE_AT_MOST]:
            finding = ruling.finding
            text = f"{finding.severity} {finding.id} {finding.name}: {finding.message}; {words.waived_because(ruling)}"
            yield from _wrapped(_say(text), look, indent=2)
        if len(rulings) > ASIDE_AT_MOST:
            yield [(f"  and {len(rulings) - ASIDE_AT_MOST:,} more", "")]
        yield []
    if report.baseline is not None and report.baseline.fixed:
        yield [(f"Fixed since the baseline: {len(report.baseline.fixed):,}", "bold")]
        for fixed in report.baseline.fixed[:ASIDE_AT_MOST]:
            yield from _wrapped(_say(f"{fixed.id} {fixed.name}: {fixed.message}"), look, indent=2)
        yield []


def _more(shown: Mapping[str, int]) -> Iterator[Line]:
    """The findings of one check that are not shown, counted: nobody reads five thousand."""
    for id, count in shown.items():
        if count > SHOWN_AT_MOST:
            yield [(_say(f"and {count - SHOWN_AT_MOST:,} more of {id}: -o json has them all"), "bold")]
            yield []


def _pairs(report: Report, look: Look) -> Iterator[Line]:
    """The risk matrix, where there is one: the level comes from the relation alone, and the rest describes."""
    lineage = report.lineage
    if lineage.student is None and lineage.makers:
        yield [("Makers", "bold")]
        for maker in lineage.makers[:SHOWN_AT_MOST]:
            rows = f"{maker.rows:,} rows" if maker.rows is not None else "rows not told apart"
            said = f"{maker.role} {maker.maker}: {rows}, prompt {maker.prompt}"
            yield from _wrapped(_say(said), look, indent=2)
        yield []
    if not lineage.pairs:
        return
    yield [("Makers and the student", "bold")]
    for pair in () if report.risk else lineage.pairs[:SHOWN_AT_MOST]:
        yield from _wrapped(
            f"{_say(pair.role)} {_say(pair.maker)}: {pair.relation}, {words.rows_of(pair)}, prompt {_say(pair.prompt)}",
            look,
            indent=2,
        )
        if pair.relation is Relation.NO_KNOWN_RELATION:
            yield from _wrapped(_say(pair.evidence), look, indent=4)
            yield from _wrapped(words.NOT_SAFE, look, indent=4)
    for row in report.risk[:SHOWN_AT_MOST]:
        yield from _wrapped(
            f"{row.level} by {row.relation}: {_say(row.role)} {_say(row.maker)}, {words.rows_of(row)}",
            look,
            indent=2,
        )
        yield from _wrapped(
            f"evidence {_say(row.evidence)}; prompt {_say(row.hidden_prompt)}; {_say(row.statistics)}",
            look,
            indent=4,
        )
        if row.relation is Relation.NO_KNOWN_RELATION:
            yield from _wrapped(words.NOT_SAFE, look, indent=4)
        else:
            yield from _wrapped(f"lower with {_say(row.lowers)}", look, indent=4)
    if len(lineage.pairs) > SHOWN_AT_MOST:
        yield [(f"  and {len(lineage.pairs) - SHOWN_AT_MOST:,} more: -o json has them all", "")]
    if report.risk:
        yield [("  how levels are given: paudit explain risk", "dim")]
    yield []


def _tests(report: Report, look: Look) -> Iterator[Line]:
    """Every test made, those that found nothing too: effect and interval against the limit, and what could be seen."""
    for (id, group), tests in words.tests_by_group(report).items():
        first = tests[0]
        what = "prompts" if id == "PA303" else "rows"
        name = "" if group in ("g0", "all") else f" (group {_say(group)})"
        of_control = f"{what} of the data{name} against the control"
        other = first.groups[1]
        sides = of_control if other == "control" else f"{_say(group)} rows against {_say(other)} ones"
        yield [(f"Tests of {_say(id)}: {sides}", "bold")]
        yield from _wrapped(
            f"{_say(words.design_words(first.design))}; n = {first.n[0]:,} and {first.n[1]:,}; "
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


def _comparison(report: Report, look: Look) -> Iterator[Line]:
    """What differs, what could have been seen, whether the sides are equivalent, and what looks add up to."""
    said = list(comparison.lines(report.comparison))
    if said:
        yield [("The comparison with the control, for the reader: nothing here gates", "bold")]
    for label, sentence in said:
        yield from labelled(label, _say(sentence), look)
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
        return f"{mark}{_say(test.family):<15} {'':>12}  the same on both sides"
    return (
        f"{mark}{_say(test.family):<15} {bars.number(test.effect):>12}  {interval:<18} {test.p_adjusted:>9.4f}  "
        f"{bars.number(test.minimum_detectable)}"
    )


def _test_sentence(test: TestRecord) -> str:
    name = _say(test.family)
    if words.same_on_both_sides(test):
        return f"{name}: the same on both sides."
    low, up = (bars.number(end) for end in test.interval)
    differs = "differs" if test.p_adjusted <= words.SIGNIFICANT else "does not differ significantly"
    return (
        f"{name}: {differs}, effect {bars.number(test.effect)} bits, from {low} to {up}, limit {bars.number(test.limit)}, "
        f"adjusted p {test.p_adjusted:.4f}; could have seen {bars.number(test.minimum_detectable)} bits."
    )


def _not_evaluated(report: Report, look: Look) -> Iterator[Line]:
    """What could not be looked at, and why; the same reason is said once."""
    if not report.not_evaluated:
        return
    yield [("Not evaluated", "bold")]
    for item in words.unlooked(report.not_evaluated):
        yield from _wrapped(_say(f"{', '.join(item.ids)}: {item.reason}"), look, indent=2)
    yield []


def _last(report: Report, look: Look) -> Iterator[Line]:
    if report.next_steps:
        yield [("Next", "bold")]
        for step in report.next_steps:
            yield [(f"  {_say(step)}", "")]  # never wrapped: it is there to be copied
        yield []
    quiet = words.quiet(report)
    if quiet:
        yield from _wrapped(_say(f"Looked and found nothing: {', '.join(quiet)}"), look)
    if report.findings:
        yield from _wrapped(_say(f"More on a check: paudit explain {report.findings[0].id}"), look)
    yield from _wrapped(words.NO_CREDIT, look)
    gap = ", " if look.plain else "   "
    yield [(f"{report.run.seconds:.1f} s{gap}{words.exit_line(report)}", "dim")]


def labelled(label: str, text: str, look: Look) -> Iterator[Line]:
    """A label and its text; further lines of the text stand under its first."""
    if look.plain:
        yield [(f"{label}: {text.strip()}" if label else text.strip(), "")]
        return
    body = text.lstrip(" ")
    hang = " " * (len(text) - len(body))
    width = max(min(look.width, WIDEST) - 2 - LABEL - len(hang), 24)
    lines = textwrap.wrap(body, width, break_long_words=False, break_on_hyphens=False) or [""]
    for number, line in enumerate(lines):
        yield [(f"  {label if number == 0 else '':<{LABEL}}", "dim"), (hang + line, "")]


def _wrapped(text: str, look: Look, indent: int = 0) -> Iterator[Line]:
    if look.plain:
        yield [(text, "")]
        return
    margin = " " * indent
    width = min(look.width, WIDEST)
    for line in textwrap.wrap(
        text, max(width, 30), initial_indent=margin, subsequent_indent=margin + "  ", break_long_words=False,
        break_on_hyphens=False,
    ):  # fmt: skip
        yield [(line, "")]


def _say(text: str) -> str:
    return for_terminal(text)


def _coloured(lines: Sequence[Line], look: Look) -> str:
    from io import StringIO

    from rich.console import Console
    from rich.text import Text

    console = Console(
        file=StringIO(),
        width=max(look.width, 20),
        force_terminal=True,
        color_system="standard",
        highlight=False,
    )
    for line in lines:
        console.print(Text.assemble(*line), soft_wrap=True)
    written = console.file
    assert isinstance(written, StringIO)
    return written.getvalue()
