"""A calibration for people: does the level hold, what is seen, what should gate. In a pipe plain ASCII."""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.findings import CalibrationReport
from provenance_audit.formats.calibration import words
from provenance_audit.formats.escape import for_terminal
from provenance_audit.formats.look import Look
from provenance_audit.formats.text.lines import Line, labelled, written
from provenance_audit.stats.figures import SmallestShare

AXIS = 40


def render(report: CalibrationReport, look: Look) -> str:
    """The whole report as text, ending with a newline."""
    return written(list(_lines(report, look)), look)


def _lines(report: CalibrationReport, look: Look) -> Iterator[Line]:
    found = report.found
    word, sentence = words.verdict(found)
    yield [(word, "bold" if word == words.HOLDS else "bold red"), (f"  {sentence}", "bold")]
    yield []
    yield from labelled("control", for_terminal(words.side(report.control)), look)
    if report.positive is not None:
        yield from labelled("positive", for_terminal(words.side(report.positive)), look)
    for remark in report.remarks:
        yield from labelled("note", for_terminal(remark), look)
    yield []
    yield [("False alarms: two random parts of the control", "bold")]
    yield [("  rows of the sides     rejected               95 % interval     high", "dim")]
    for one in found.false_alarms:
        low, up = one.interval
        rejected = f"{one.fired} of {one.runs} ({one.rate:.1%})"
        interval = f"{low:.1%} to {up:.1%}"
        yield [(f"  {words.sizes(one):<20}  {rejected:<21}  {interval:<16}  {one.high}", "")]
    yield []
    if found.seen:
        yield from _power(report, look)
    yield [("What should gate (min_effect of PA301)", "bold")]
    yield from labelled("proposal", words.min_effect(found), look)
    yield from labelled("because", found.proposal.reason, look)
    yield []
    yield [("What follows", "bold")]
    for sentence in words.meaning(found):
        yield from labelled("", sentence, look)
    yield []
    yield from labelled("measured", words.how(report), look)
    yield [(f"{report.seconds:.1f} s   paudit {report.version}", "dim")]


def _power(report: CalibrationReport, look: Look) -> Iterator[Line]:
    found = report.found
    shares = sorted({one.share for one in found.seen})
    heads = [f"{share:.0%}".rjust(14) for share in shares]
    trials = max(one.trials for one in found.seen)
    yield [("Power: mixes rejected, and in brackets those with high severity", "bold")]
    yield [
        (f"  by the share of positive rows in the data; {trials} mixes each; -: too few positive rows", "dim")
    ]
    yield [(f"  rows a side{''.join(heads)}", "dim")]
    for n, _ in found.smallest:
        cells = {one.share: words.seen(one) for one in found.seen if one.n == n}
        row = "".join(cells.get(share, "-").rjust(14) for share in shares)
        yield [(f"  {n:>11,}{row}", "")]
    yield []
    dot, doubt, full = ("·", "▒", "█") if look.unicode else (".", "?", "#")
    yield [("Seen in four of five mixes, from which share on", "bold")]
    yield [(f"  {dot} not seen   {doubt} uncertain   {full} seen", "dim")]
    yield [(f"  rows a side  0%{'50%':>{AXIS // 2 - 1}}{'100%':>{AXIS // 2}}", "dim")]
    for n, one in found.smallest:
        yield [(f"  {n:>11,}  {_bar(one, dot, doubt, full)}  {words.share(one)}", "")]
    yield []


def _bar(one: SmallestShare, dot: str, doubt: str, full: str) -> str:
    """The shares from 0 to 100 %, each marked by whether it is seen."""
    low, up = one.interval
    cells = []
    for cell in range(AXIS):
        share = (cell + 0.5) / AXIS
        if share > one.largest:
            cells.append(" ")
        elif share < low:
            cells.append(dot)
        else:
            cells.append(doubt if share < up or one.share is None else full)
    return "".join(cells)
