"""A calibration as one page that needs nothing else: the sentences of the text, its tables, and the drawing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from provenance_audit.findings import CalibrationReport
from provenance_audit.formats.calibration import words
from provenance_audit.formats.calibration.plot import svg
from provenance_audit.formats.escape import for_terminal

STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:46em;margin:2em auto;padding:0 1em;color:#111;background:#fff}"
    "table{border-collapse:collapse}th,td{padding:.2em .9em .2em 0;text-align:left;border-bottom:1px solid #ddd}"
    "h1{font-size:1.3em}h2{font-size:1.05em;margin-top:1.6em}.bad{color:#b00020}svg{max-width:100%;height:auto}"
)


def render(report: CalibrationReport) -> str:
    """The page, ending with a newline."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: CalibrationReport) -> Iterator[str]:
    found = report.found
    word, sentence = words.verdict(found)
    yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    yield f"<title>paudit calibrate: {_say(report.control.name)}</title><style>{STYLE}</style></head><body>"
    kind = "" if word == words.HOLDS else ' class="bad"'
    yield f"<h1{kind}>{word}: {_say(sentence)}</h1>"
    yield f"<p>control {_say(words.side(report.control))}"
    if report.positive is not None:
        yield f"<br>positive {_say(words.side(report.positive))}"
    yield "</p>"
    if report.remarks:
        yield "<ul>" + "".join(f"<li>{_say(remark)}</li>" for remark in report.remarks) + "</ul>"
    yield "<h2>False alarms: two random parts of the control</h2>"
    yield from _table(
        ("rows of the sides", "rejected", "95 % interval", "high"),
        [
            (
                words.sizes(one),
                f"{one.fired} of {one.runs} ({one.rate:.1%})",
                "{:.1%} to {:.1%}".format(*one.interval),
                str(one.high),
            )
            for one in found.false_alarms
        ],
    )
    if found.seen:
        yield from _power(report)
    yield f"<h2>What should gate (min_effect of PA301)</h2><p><strong>{_say(words.min_effect(found))}</strong>, because"
    yield f"{_say(found.proposal.reason)}.</p><h2>What follows</h2>"
    yield "<ul>" + "".join(f"<li>{_say(one)}</li>" for one in words.meaning(found)) + "</ul>"
    yield f"<p><small>{_say(words.how(report))}; paudit {_say(report.version)}, {report.seconds:.1f} s</small></p>"
    yield "</body></html>"


def _power(report: CalibrationReport) -> Iterator[str]:
    found = report.found
    shares = sorted({one.share for one in found.seen})
    yield "<h2>Power: mixes rejected (in brackets: with high severity), by the share of positive rows</h2>"
    yield svg(found)
    rows = []
    for n, one in found.smallest:
        rates = {cell.share: words.seen(cell) for cell in found.seen if cell.n == n}
        rows.append((f"{n:,}", *(rates.get(share, "too few rows") for share in shares), words.share(one)))
    yield from _table(
        ("rows a side", *(f"{share:.0%}" for share in shares), "seen in four of five from"), rows
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "<table><tr>" + "".join(f"<th>{_say(cell)}</th>" for cell in head) + "</tr>"
    for row in rows:
        yield "<tr>" + "".join(f"<td>{_say(cell)}</td>" for cell in row) + "</tr>"
    yield "</table>"


def _say(text: str) -> str:
    return escape(for_terminal(text))
