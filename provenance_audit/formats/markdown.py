"""Markdown: a job summary, or a comment that is replaced each time (its first line is the mark to find it by).

Within the 64 KiB of a comment: the tables are cut, and say so. The diagram is Mermaid, with the same as a list for where it
is not drawn.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.findings import Relation, Report, Ruling, State
from provenance_audit.formats import bars, words
from provenance_audit.formats.escape import for_code, for_markdown
from provenance_audit.formats.lineage import diagram
from provenance_audit.formats.look import Look

MARK = "<!-- paudit-report -->"
ROWS_AT_MOST = 20
EDGES_AT_MOST = 40
CHARACTERS_AT_MOST = 64_000
WORDS_AT_MOST = 400


def render(report: Report, look: Look) -> str:
    """Verdict, findings, makers, tests, what was not evaluated."""
    text = ""
    for part in _parts(report):
        if len(text) + len(part) > CHARACTERS_AT_MOST:
            return f"{text}_Cut here: the rest is in the other reports._\n"
        text += part
    return text


def _parts(report: Report) -> Iterator[str]:
    yield f"{MARK}\n## paudit: {report.verdict}\n\n"
    yield "".join(f"{for_markdown(reason)}\n\n" for reason in report.reasons)
    yield f"- data {for_code(report.dataset.name)}: {report.dataset.trained_rows:,} rows, {report.dataset.modality}\n"
    yield f"- student {for_code(report.lineage.student or 'not named')}\n- gate: {for_markdown(words.gate(report))}\n"
    if report.baseline is not None:
        yield f"- baseline: {for_markdown(words.delta(report))}\n"
    yield f"- {words.exit_line(report)}\n\n"
    yield from _findings(report)
    yield from _aside(report)
    yield from _pairs(report)
    yield from _tests(report)
    yield from _not_evaluated(report)
    yield f"{words.NO_CREDIT}\n"


def _findings(report: Report) -> Iterator[str]:
    active = report.active
    if not active:
        return
    yield "### Findings\n\n| severity | confidence | check | what was found | what to do |\n| --- | --- | --- | --- | --- |\n"
    for ruling in active[:ROWS_AT_MOST]:
        finding = ruling.finding
        gates = " **gates**" if ruling.gating else ""
        yield (
            f"| {finding.severity}{gates} | {finding.confidence} | {for_markdown(f'{finding.id} {finding.name}')} "
            f"| {_short(finding.message)} | {_short(finding.fix)} |\n"
        )
    if len(active) > ROWS_AT_MOST:
        yield f"\nand {len(active) - ROWS_AT_MOST:,} more.\n"
    yield "\n"


def _aside(report: Report) -> Iterator[str]:
    """What does not count, with the reason: never silently."""
    for state, title in (
        (State.WAIVED, "Waived"),
        (State.BASELINE, "In the baseline"),
        (State.IGNORED, "Ignored"),
    ):
        rulings = [ruling for ruling in report.rulings if ruling.state is state]
        if rulings:
            lines = "".join(_aside_line(ruling) for ruling in rulings[:ROWS_AT_MOST])
            more = f"- and {len(rulings) - ROWS_AT_MOST:,} more\n" if len(rulings) > ROWS_AT_MOST else ""
            yield f"<details><summary>{title}: {len(rulings):,}</summary>\n\n{lines}{more}\n</details>\n\n"
    if report.baseline is not None and report.baseline.fixed:
        lines = "".join(
            f"- {for_markdown(f'{one.id} {one.name}')}: {_short(one.message)}\n"
            for one in report.baseline.fixed[:ROWS_AT_MOST]
        )
        yield f"<details><summary>Fixed since the baseline: {len(report.baseline.fixed):,}</summary>\n\n{lines}\n</details>\n\n"


def _aside_line(ruling: Ruling) -> str:
    finding = ruling.finding
    return (
        f"- {finding.severity} {for_markdown(f'{finding.id} {finding.name}')}: {_short(finding.message)}; "
        f"{_short(words.waived_because(ruling))}\n"
    )


def _pairs(report: Report) -> Iterator[str]:
    lineage = report.lineage
    if not lineage.pairs:
        return
    yield "### Makers and the student\n\n| maker | role | relation | by way of | rows | confidence |\n| --- | --- | --- | --- | --- | --- |\n"
    for pair in lineage.pairs[:ROWS_AT_MOST]:
        place = for_code(pair.common_ancestor) if pair.common_ancestor else ""
        yield (
            f"| {for_code(words.pinned(pair))} | {for_markdown(pair.role)} | **{pair.relation}** | {place} "
            f"| {words.rows_of(pair)} | {pair.confidence} |\n"
        )
    if len(lineage.pairs) > ROWS_AT_MOST:
        yield f"\nand {len(lineage.pairs) - ROWS_AT_MOST:,} more.\n"
    if any(pair.relation is Relation.NO_KNOWN_RELATION for pair in lineage.pairs):
        yield f"\nno-known-relation: {words.NOT_SAFE}.\n"
    if len(lineage.edges) <= EDGES_AT_MOST:
        yield f"\n```mermaid\n{diagram.mermaid(lineage, Look())}```\n"
        if lineage.edges:
            steps = "".join(
                f"- {for_code(step.child)} ← {for_markdown(str(step.relation))} of {for_code(step.parent)}\n"
                for step in dict.fromkeys(lineage.edges)
            )
            yield f"\n<details><summary>The same as a list</summary>\n\n{steps}\n</details>\n"
    yield "\n"


def _tests(report: Report) -> Iterator[str]:
    if not report.tests:
        return
    yield "<details><summary>Tests: effect against the limit, and what could have been seen</summary>\n"
    for (id, _), tests in words.tests_by_group(report).items():
        first = tests[0]
        yield (
            f"\n{for_markdown(f'{id}, {words.design_words(first.design)}')}; n = {first.n[0]:,} and {first.n[1]:,}; {words.sampling(first)}\n\n"
            "| family | effect, bits | 90 % interval | limit | adjusted p | could have seen |\n| --- | --- | --- | --- | --- | --- |\n"
        )
        for test in tests:
            low, up = (bars.number(end) for end in test.interval)
            seen = test.p_adjusted <= words.SIGNIFICANT
            name = f"**{for_markdown(test.family)}**" if seen else for_markdown(test.family)
            yield (
                f"| {name} | {bars.number(test.effect)} | {low} to {up} | {bars.number(test.limit)} "
                f"| {test.p_adjusted:.4f} | {bars.number(test.minimum_detectable)} |\n"
            )
    yield "\n</details>\n\n"


def _not_evaluated(report: Report) -> Iterator[str]:
    items = list(words.unlooked(report.not_evaluated))
    if not items:
        return
    yield "### Not evaluated\n\n"
    for item in items:
        needed = "**needed for the verdict** " if item.needed else ""
        yield f"- {needed}{_short(', '.join(item.ids))}: {_short(item.reason)}\n"
    for step in report.next_steps:
        yield f"- next: {for_code(step)}\n"
    yield "\n"


def _short(text: str) -> str:
    return for_markdown(text if len(text) <= WORDS_AT_MOST else f"{text[:WORDS_AT_MOST]}…")
