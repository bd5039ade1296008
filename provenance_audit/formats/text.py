"""The report for people: verdict first, then why, then what to do. Words carry the meaning; colour only repeats it.

On a terminal with colour and a few drawn lines; in a pipe plain ASCII lines of which the first of each finding is
greppable.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provenance_audit.findings import (
    DatasetFacts,
    Finding,
    NotEvaluated,
    Pair,
    Relation,
    Report,
    Ruling,
    TestRecord,
    Verdict,
)
from provenance_audit.formats import bars, comparison
from provenance_audit.formats.escape import for_terminal

LABEL = 11
# The tiers of evidence, in a word each.
TIER_WORDS = ("signed", "computed", "found", "declared", "published", "inferred")
WIDEST = 120
SIGNIFICANT = 0.05

EXIT_WORDS = {0: "passed", 1: "gate failed", 3: "could not evaluate everything that the verdict needs"}
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


@dataclass(frozen=True, slots=True)
class Look:
    """How to write: columns, with colour, with drawn lines."""

    width: int = 80
    colour: bool = False
    unicode: bool = False


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
    for ruling in report.rulings:
        yield _finding(ruling, report, look)
    yield _pairs(report, look)
    yield _tests(report, look)
    yield _comparison(report, look)
    yield _not_evaluated(report.not_evaluated, look)
    yield _last(report, look)


def _verdict(report: Report, look: Look) -> Iterator[Line]:
    yield [(report.verdict, COLOURS[report.verdict]), (f"  {_say(report.reasons[0])}", "bold")]
    for reason in report.reasons[1:]:
        yield from _wrapped(f"also: {_say(reason)}", look, indent=2)
    yield []


def _about(report: Report, look: Look) -> Iterator[Line]:
    yield from labelled("data", _facts(report.dataset), look)
    for note in report.dataset.notes:
        yield from labelled("", _say(note), look)
    if report.control is not None:
        yield from labelled("control", _facts(report.control), look)
    yield from labelled("student", _say(report.lineage.student or "not named"), look)
    gate = report.run.gate
    yield from labelled(
        "gate",
        f"fail on {gate['fail_on']}, confidence {gate['min_confidence']} or more; seed {report.run.seed}; offline",
        look,
    )
    yield []


def _facts(facts: DatasetFacts) -> str:
    records = "" if facts.rows == facts.trained_rows else f" from {facts.rows:,} records"
    return f"{_say(facts.name)}: {facts.trained_rows:,} rows{records}, {facts.modality}"


def _finding(ruling: Ruling, report: Report, look: Look) -> Iterator[Line]:
    finding = ruling.finding
    yield [
        (f"{finding.severity:<9}", COLOURS[finding.severity]),
        (f"{finding.id} {finding.name}", "bold"),
        (f"   confidence {finding.confidence}" + ("   gates" if ruling.gating else ""), ""),
    ]
    yield from labelled("what", _say(finding.message), look)
    yield from _proof(finding, report, look)
    yield from labelled("why", _say(finding.why), look)
    yield from labelled("fix", _say(finding.fix), look)
    yield []


def _proof(finding: Finding, report: Report, look: Look) -> Iterator[Line]:
    """The picture of a finding: the path that proves a relation, or an effect against its limit."""
    pair = _pair_of(finding, report)
    if pair is not None and pair.common_ancestor is not None:
        yield from _path(pair, look)
    evidence = finding.evidence
    if "interval" in evidence and "effect_bits" in evidence:
        low, up = evidence["interval"]
        drawn, words = bars.interval(
            float(evidence["effect_bits"]),
            float(low),
            float(up),
            float(evidence["min_effect"]),
            unicode=look.unicode,
        )
        yield from labelled("evidence", words, look)
        if drawn:
            yield from labelled("", drawn, look)
        if "design" in evidence:
            yield from labelled("", design_words(str(evidence["design"])), look)
    elif "statements" in evidence:
        yield from _statements(evidence["statements"], look)
    elif pair is not None:
        yield from labelled("evidence", _say(pair.evidence), look)


def _statements(statements: Sequence[Mapping[str, Any]], look: Look) -> Iterator[Line]:
    """What each source states, and where: what was found beside what was declared."""
    for one in statements:
        yield from labelled(TIER_WORDS[one["tier"]], _say(one["object"]), look)
        yield from labelled("", f"  tier {one['tier']}, {_say(one['locator'])}", look)


def _pair_of(finding: Finding, report: Report) -> Pair | None:
    if "maker" not in finding.subject or "role" not in finding.subject:
        return None
    maker, role = finding.subject["maker"], finding.subject["role"]
    for pair in report.lineage.pairs:
        if pair.role == role and maker == (f"{pair.maker}@{pair.revision}" if pair.revision else pair.maker):
            return pair
    return None


def _path(pair: Pair, look: Look) -> Iterator[Line]:
    """The lineage of a pair, from the common ancestor down: maker and student as two branches."""
    fork, last, pipe, blank = ("├─ ", "└─ ", "│  ", "   ") if look.unicode else ("|- ", "`- ", "|  ", "   ")
    maker_steps = pair.path[: pair.depths[0]] if pair.depths else ()
    student_steps = pair.path[pair.depths[0] :] if pair.depths else ()
    word = {
        Relation.SAME_CHECKPOINT: "the same checkpoint",
        Relation.SHARED_BASE: "the shared base",
        Relation.SHARED_ANCESTOR: "the shared ancestor",
    }.get(pair.relation, "")
    yield from labelled("path", f"{_say(pair.common_ancestor or '')}   <- {word}", look)
    for steps, who, branch, below in (
        (maker_steps, pair.role, fork, pipe),
        (student_steps, "student", last, blank),
    ):
        if not steps:
            yield from labelled("", f"{branch}itself: the {who}", look)
        indent = ""
        for number, step in enumerate(reversed(steps)):
            tail = f"   the {who}" if number == len(steps) - 1 else ""
            yield from labelled("", f"{indent}{branch}{step.relation}: {_say(step.child)}{tail}", look)
            indent += below if number == 0 else blank
            branch = last
    yield from labelled("", f"between the {pair.role} and it: {_say(pair.displacement)}", look)


def _pairs(report: Report, look: Look) -> Iterator[Line]:
    if not report.lineage.pairs:
        return
    yield [("Makers and the student", "bold")]
    for pair in report.lineage.pairs:
        share = f"{pair.share:.1%} of rows" if pair.share is not None else "rows not told apart"
        yield from _wrapped(
            f"{pair.role} {_say(pair.maker)}: {pair.relation}, {share}, prompt {_say(pair.prompt)}",
            look,
            indent=2,
        )
        if pair.relation is Relation.NO_KNOWN_RELATION:
            yield from _wrapped(
                "no shared base is documented; transfer across bases has been reported all the same",
                look,
                indent=4,
            )
    yield []


def _tests(report: Report, look: Look) -> Iterator[Line]:
    """Every test made, those that found nothing too: effect and interval against the limit, and what could be seen."""
    made: dict[tuple[str, str], list[TestRecord]] = {}
    for test in report.tests:
        made.setdefault((test.id, test.groups[0]), []).append(test)
    for (id, group), tests in made.items():
        first = tests[0]
        what = "prompts" if id == "PA303" else "rows"
        name = "" if group in ("g0", "all") else f" (group {group})"
        of_control = f"{what} of the data{name} against the control"
        sides = of_control if first.groups[1] == "control" else f"{group} rows against {first.groups[1]} ones"
        yield [(f"Tests of {id}: {sides}", "bold")]
        yield from _wrapped(
            f"{design_words(first.design)}; n = {first.n[0]:,} and {first.n[1]:,}; {first.replicates:,} replicates, "
            f"seed {first.seed}{_sampling(first)}",
            look,
            indent=2,
        )
        yield [("  family          effect, bits  90 % interval      adjusted p  could have seen", "dim")]
        for test in tests:
            yield [(_test_row(test), "")]
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


def _sampling(test: TestRecord) -> str:
    if test.sampled == (1.0, 1.0):
        return "; every row counted"
    data, control = (f"1/{round(1 / share)}" if share < 1 else "all" for share in test.sampled)
    return f"; sampled by prompt: {data} of the data, {control} of the control"


def _test_row(test: TestRecord) -> str:
    low, up = (bars.number(end) for end in test.interval)
    mark = " >" if test.p_adjusted <= SIGNIFICANT else "  "
    interval = f"[{low}, {up}]"
    if test.effect == 0 and test.statistic == 0:
        return f"{mark}{test.family:<15} {'':>12}  the same on both sides"
    return (
        f"{mark}{test.family:<15} {bars.number(test.effect):>12}  {interval:<18} {test.p_adjusted:>9.4f}  "
        f"{bars.number(test.minimum_detectable)}"
    )


def _not_evaluated(items: Sequence[NotEvaluated], look: Look) -> Iterator[Line]:
    """What could not be looked at, and why; the same reason is said once."""
    if not items:
        return
    yield [("Not evaluated", "bold")]
    together: dict[tuple[str, str], list[str]] = {}
    for item in items:
        together.setdefault((item.reason, item.remedy), []).append(item.id)
    for (reason, _), ids in together.items():
        yield from _wrapped(f"{', '.join(ids)}: {_say(reason)}", look, indent=2)
    yield []


def _last(report: Report, look: Look) -> Iterator[Line]:
    if report.next_steps:
        yield [("Next", "bold")]
        for step in report.next_steps:
            yield [(f"  {_say(step)}", "")]  # never wrapped: it is there to be copied
        yield []
    seen = {finding.id for finding in report.findings}
    skipped = {item.id for item in report.not_evaluated}
    quiet = [id for id in report.checks_run if id not in seen and id not in skipped]
    if quiet:
        yield from _wrapped(f"Looked and found nothing: {', '.join(quiet)}", look)
    if report.findings:
        yield from _wrapped(f"More on a check: paudit explain {report.findings[0].id}", look)
    yield from _wrapped(
        "Filtering, paraphrasing and mixing earn no credit, and a finding that is absent is no proof of absence.",
        look,
    )
    words = EXIT_WORDS.get(report.exit_code, "")
    yield [(f"{report.run.seconds:.1f} s   exit {report.exit_code} ({words})", "dim")]


def design_words(design: str) -> str:
    """What the design of a test means, in words."""
    return {
        "exact": "exact: both sides hold the same prompts equally often, block by block",
        "block-paired": "block-paired: prompts are whole inside a block, and differ between the sides",
        "unclustered": "unclustered: no prompts; blocks are sets of completions",
    }[design]


def labelled(label: str, text: str, look: Look) -> Iterator[Line]:
    """A label and its text; further lines of the text stand under its first."""
    body = text.lstrip(" ")
    hang = " " * (len(text) - len(body))
    width = max(min(look.width, WIDEST) - 2 - LABEL - len(hang), 24)
    lines = textwrap.wrap(body, width, break_long_words=False, break_on_hyphens=False) or [""]
    for number, line in enumerate(lines):
        yield [(f"  {label if number == 0 else '':<{LABEL}}", "dim"), (hang + line, "")]


def _wrapped(text: str, look: Look, indent: int = 0) -> Iterator[Line]:
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
