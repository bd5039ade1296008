"""The report for people: verdict first, then why, then what to do. Words carry the meaning; colour only repeats it.

On a terminal with colour and a few drawn lines; in a pipe plain ASCII lines of which the first of each finding is
greppable; for a screen reader whole sentences, with nothing drawn or put in columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provenance_audit.findings import Report
from provenance_audit.formats.look import Look
from provenance_audit.formats.text.finding import ruling_lines
from provenance_audit.formats.text.lines import SHOWN_AT_MOST, Line, written
from provenance_audit.formats.text.sections import about, aside, last, more, pairs, unevaluated, verdict
from provenance_audit.formats.text.statistics import compared, tests


def render(report: Report, look: Look) -> str:
    """The whole report as text, ending with a newline."""
    return written([line for part in _parts(report, look) for line in part], look)


def _parts(report: Report, look: Look) -> Iterator[Iterable[Line]]:
    yield verdict(report, look)
    yield about(report, look)
    shown: dict[str, int] = {}
    for ruling in report.active:
        id = ruling.finding.id
        shown[id] = shown.get(id, 0) + 1
        if shown[id] <= SHOWN_AT_MOST:
            yield ruling_lines(ruling, report, look)
    yield more(shown)
    yield aside(report, look)
    yield pairs(report, look)
    yield tests(report, look)
    yield compared(report, look)
    yield unevaluated(report, look)
    yield last(report, look)
