"""Puts the page together: the template, its style with the digest that permits it, the pictures, and the JSON report."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provenance_audit.findings import Relation, Report, Ruling, State
from provenance_audit.formats import bars, comparison, words
from provenance_audit.formats.escape import for_terminal
from provenance_audit.formats.html import charts, lineage
from provenance_audit.formats.html.embedded import embed
from provenance_audit.formats.look import Look

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).parent / "templates"
# A page beyond this is no longer something to send. Fewer cards and rows, and less of each text, are shown until it fits,
# and it says so.
BYTES_AT_MOST = 480_000
ROWS_AND_CHARACTERS = ((100, 2000), (40, 1000), (15, 500), (5, 150))
ASIDE = {State.WAIVED: "Waived", State.BASELINE: "In the baseline", State.IGNORED: "Ignored by policy"}
# What a reader who knows nothing else should take from the verdict.
ADVICE = {
    "FAIL": "Do not train on it yet.",
    "INCOMPLETE": "This is not a pass: something that the verdict needs could not be evaluated.",
    "REVIEW": "Read the findings; none is at the threshold of the gate.",
    "NO FINDING": "Read what was not evaluated, and what the tests could have seen.",
}


def render(report: Report, look: Look) -> str:
    """The page."""
    kind, content = embed(report)
    for rows, characters in ROWS_AND_CHARACTERS:
        page = _page(report, rows, characters, kind, content)
        if len(page.encode(errors="surrogatepass")) <= BYTES_AT_MOST:
            return page
    return _page(report, *ROWS_AND_CHARACTERS[-1], *embed(None))


def _page(report: Report, limit: int, characters: int, kind: str, content: str) -> str:
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    active, lineage_of = report.active, report.lineage
    return _template(characters).render(
        report=report,
        words=words,
        style=_safe(style),
        style_digest=digest,
        advice=ADVICE[report.verdict],
        limit=limit,
        active=active[:limit],
        active_left_out=max(len(active) - limit, 0),
        gating=[ruling for ruling in active if ruling.gating],
        aside=[
            (title, rulings[:limit], len(rulings))
            for state, title in ASIDE.items()
            if (rulings := [ruling for ruling in report.rulings if ruling.state is state])
        ],
        coverage=_coverage(report),
        relations=list(Relation),
        pairs=lineage_of.pairs[:limit],
        pairs_left_out=max(len(lineage_of.pairs) - limit, 0),
        assertions=lineage_of.assertions[:limit],
        assertions_left_out=max(len(lineage_of.assertions) - limit, 0),
        inputs=report.inputs[:limit],
        inputs_left_out=max(len(report.inputs) - limit, 0),
        tests=dict(list(words.tests_by_group(report).items())[:limit]),
        tests_left_out=max(len(words.tests_by_group(report)) - limit, 0),
        compared=list(comparison.lines(report.comparison)),
        graph=lineage.draw(report),
        effect=charts.effect,
        scale_of=charts.scale_of,
        overlay=charts.overlay,
        funnel=charts.funnel(report.funnel),
        mark=charts.mark,
        number=bars.number,
        anchor_of=anchor_of,
        embedded_kind=kind,
        embedded=_safe(content),
    )


def anchor_of(ruling: Ruling) -> str:
    """The place of a finding in the page, which stays the same from run to run."""
    return f"f-{ruling.finding.fingerprint.partition(':')[2][:16]}"


def _coverage(report: Report) -> dict[str, list[tuple[str, str, str]]]:
    """(id, name, what it asks) of every check: by whether it found something, found nothing, or could not look."""
    known = words.check_names(report)
    found = dict.fromkeys(finding.id for finding in report.findings)
    skipped = {item.id for item in report.not_evaluated}
    parts: dict[str, list[tuple[str, str, str]]] = {"found": [], "quiet": [], "skipped": []}
    for id in dict.fromkeys([*report.checks_run, *found, *skipped]):
        check = known.get(id)
        part = "found" if id in found else "skipped" if id in skipped else "quiet"
        parts[part].append((id, check.name if check else "", check.asks if check else ""))
    return parts


@cache
def _template(characters: int) -> Template:
    """The template, which shows so many characters of a text."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    def shown(value: Any) -> Any:
        """Text that is not ours shows what is hidden in it; what is markup already stays."""
        if not isinstance(value, str) or isinstance(value, Markup):
            return value
        if len(value) > characters:
            value = f"{value[:characters]}… ({len(value) - characters:,} more characters)"
        return for_terminal(value)

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        finalize=shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2")


def _safe(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)
