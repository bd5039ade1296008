"""A finding as text: what, the picture that proves it, why, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from provenance_audit.findings import Finding, Pair, Report, Ruling
from provenance_audit.formats import bars, words
from provenance_audit.formats.look import Look
from provenance_audit.formats.text.lines import COLOURS, Line, labelled, say
from provenance_audit.formats.words import TIER_WORDS


def ruling_lines(ruling: Ruling, report: Report, look: Look) -> Iterator[Line]:
    """One finding, as policy ruled on it."""
    finding = ruling.finding
    gates = "gates" if ruling.gating else ""
    if look.plain:
        facts = [
            f"severity {finding.severity}",
            f"confidence {finding.confidence}",
            *([gates] if gates else []),
        ]
        yield [(say(f"{finding.id} {finding.name}: {', '.join(facts)}"), "")]
    else:
        yield [
            (f"{finding.severity:<9}", COLOURS[finding.severity]),
            (say(f"{finding.id} {finding.name}"), "bold"),
            (f"   confidence {finding.confidence}" + (f"   {gates}" if gates else ""), ""),
        ]
    yield from labelled("what", say(finding.message), look)
    yield from _proof(finding, report, look)
    yield from labelled("why", say(finding.why), look)
    yield from labelled("fix", say(finding.fix), look)
    if ruling.gating and "waiver" not in finding.subject:  # a waiver is not waived
        yield from labelled(
            "or accept",
            f"paudit waive {finding.fingerprint} --reason WHY --owner WHO --expires 90d --report REPORT.json",
            look,
        )
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
            yield from labelled("", say(words.design_words(str(evidence["design"]))), look)
    elif "statements" in evidence:
        yield from _statements(evidence["statements"], look)
    elif pair is not None:
        stated = pair.evidence.replace(" <- ", ", from ") if look.plain else pair.evidence
        yield from labelled("evidence", say(stated), look)


def _number(value: Any) -> float:
    """A number of the evidence; what JSON could not hold is not one."""
    return float("nan") if value is None else float(value)


def _statements(statements: Sequence[Mapping[str, Any]], look: Look) -> Iterator[Line]:
    """What each source states, and where: what was found beside what was declared."""
    for one in statements:
        yield from labelled(TIER_WORDS[one["tier"]], say(one["object"]), look)
        yield from labelled("", f"  tier {one['tier']}, {say(one['locator'])}", look)


def _path(pair: Pair, look: Look) -> Iterator[Line]:
    """The lineage of a pair, from the common ancestor down: maker and student as two branches."""
    if look.plain:
        yield from labelled(
            "path", f"{say(pair.common_ancestor or '')} is {words.MEETS.get(pair.relation, '')}", look
        )
        for step in pair.path:
            yield from labelled("", say(f"{step.child} is a {step.relation} of {step.parent}"), look)
        yield from labelled("", say(f"between the {pair.role} and it: {pair.displacement}"), look)
        return
    fork, last, pipe, blank = ("├─ ", "└─ ", "│  ", "   ") if look.unicode else ("|- ", "`- ", "|  ", "   ")
    maker_steps = pair.path[: pair.depths[0]] if pair.depths else ()
    student_steps = pair.path[pair.depths[0] :] if pair.depths else ()
    arrow = "◀━" if look.unicode else "<-"
    yield from labelled(
        "path", f"{say(pair.common_ancestor or '')}   {arrow} {words.MEETS.get(pair.relation, '')}", look
    )
    for steps, who, branch, below in (
        (maker_steps, pair.role, fork, pipe),
        (student_steps, "student", last, blank),
    ):
        if not steps:
            yield from labelled("", say(f"{branch}itself: the {who}"), look)
        indent = ""
        for number, step in enumerate(reversed(steps)):
            tail = f"   the {who}" if number == len(steps) - 1 else ""
            yield from labelled("", f"{indent}{branch}{step.relation}: {say(step.child)}{tail}", look)
            indent += below if number == 0 else blank
            branch = last
    yield from labelled("", say(f"between the {pair.role} and it: {pair.displacement}"), look)
