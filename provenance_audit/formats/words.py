"""The words that every format uses for the same thing, and the small counts that several of them show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from provenance_audit.findings import (
    CheckRecord,
    DatasetFacts,
    Finding,
    NotEvaluated,
    Pair,
    Relation,
    Report,
    RiskRow,
    Ruling,
    State,
    TestRecord,
)

# The tiers of evidence, in a word each.
TIER_WORDS = ("signed", "computed", "found", "declared", "published", "inferred")
EXIT_WORDS = {0: "passed", 1: "gate failed", 3: "could not evaluate everything that the verdict needs"}
SIGNIFICANT = 0.05
NO_CREDIT = (
    "Filtering, paraphrasing and mixing earn no credit, and a finding that is absent is no proof of absence."
)
NOT_SAFE = "no shared base is documented; transfer across bases has been reported all the same"
# Where a finding is shown by tools that know only files of the repository, when nothing better is known.
FALLBACK_ANCHOR = "paudit.toml"
MEETS = {
    Relation.SAME_CHECKPOINT: "the same checkpoint",
    Relation.SHARED_BASE: "the shared base",
    Relation.SHARED_ANCESTOR: "the shared ancestor",
}


@dataclass(frozen=True, slots=True)
class Unlooked:
    """One reason for which checks could not look, with all of them."""

    ids: tuple[str, ...]
    reason: str
    remedy: str
    needed: bool


def design_words(design: str) -> str:
    """What the design of a test means, in words."""
    return {
        "exact": "exact: both sides hold the same prompts equally often, block by block",
        "block-paired": "block-paired: prompts are whole inside a block, and differ between the sides",
        "unclustered": "unclustered: no prompts; blocks are sets of completions",
    }.get(design, design)


def subject(finding: Finding) -> str:
    """What a finding is about, in one line."""
    return ", ".join(f"{key} {value}" for key, value in finding.subject.items())


def gate(report: Report) -> str:
    """What would fail the run."""
    words = report.run.gate
    reached = [*(["the Hub"] if report.run.arguments.get("online") else [])]
    reached += ["remote files"] if any("://" in one.path for one in report.inputs) else []
    network = f"network: {' and '.join(reached)}" if reached else "offline"
    policy = f"policy {words['policy']}, " if words.get("policy") else ""
    profile = f"profile {words['profile']}, " if words.get("profile", "default") != "default" else ""
    return (
        f"{policy}{profile}fail on {words['fail_on']}, confidence {words['min_confidence']} or more; "
        f"seed {report.run.seed}; {network}"
    )


def student(report: Report) -> str:
    """The student, and whether only what lies with the data names it."""
    named = report.lineage.student or "not named"
    hearsay = report.lineage.student_by_hearsay
    return f"{named} (self-declared, by {hearsay})" if hearsay else named


def facts(side: DatasetFacts) -> str:
    """One side of the audit in a line."""
    records = "" if side.rows == side.trained_rows else f" from {side.rows:,} records"
    return f"{side.name}: {side.trained_rows:,} rows{records}, {side.modality}"


def exit_line(report: Report) -> str:
    """The exit code, and what it means."""
    return f"exit {report.exit_code} ({EXIT_WORDS.get(report.exit_code, 'see docs')})"


def unlooked(items: Sequence[NotEvaluated]) -> Iterator[Unlooked]:
    """What could not be looked at, with the same reason said once; what the verdict needs comes first."""
    together: dict[tuple[bool, str, str], list[str]] = {}
    for item in items:
        together.setdefault((not item.needed, item.reason, item.remedy), []).append(item.id)
    for (spare, reason, remedy), ids in sorted(together.items(), key=lambda item: item[0][0]):
        yield Unlooked(tuple(ids), reason, remedy, not spare)


def quiet(report: Report) -> tuple[str, ...]:
    """The checks that looked and found nothing."""
    seen = {finding.id for finding in report.findings} | {item.id for item in report.not_evaluated}
    return tuple(id for id in report.checks_run if id not in seen)


def check_names(report: Report) -> dict[str, CheckRecord]:
    """Every check of which the report knows more than the id."""
    return {check.id: check for check in report.checks}


def pair_of(finding: Finding, report: Report) -> Pair | None:
    """The pair that a finding is about, if it is about one."""
    if "maker" not in finding.subject or "role" not in finding.subject:
        return None
    maker, role = finding.subject["maker"], finding.subject["role"]
    for pair in report.lineage.pairs:
        if pair.role == role and maker.startswith(pair.maker) and maker == pinned(pair):
            return pair
    return None


def pinned(pair: Pair) -> str:
    """The maker of a pair with its revision, where one is known."""
    return f"{pair.maker}@{pair.revision}" if pair.revision else pair.maker


def rows_of(pair: Pair | RiskRow) -> str:
    """How many rows a pair concerns, in words."""
    return f"{pair.share:.1%} of rows" if pair.share is not None else "rows not told apart"


def waived_because(ruling: Ruling) -> str:
    """Why a ruling does not count, in one line."""
    waiver = ruling.waiver
    if waiver is not None:
        ticket = f", {waiver.ticket}" if waiver.ticket else ""
        return f"{waiver.category}: {waiver.reason} ({waiver.owner}, until {waiver.expires}{ticket})"
    return {
        State.BASELINE: "in the baseline already",
        State.IGNORED: "ignored by the policy",
        State.WAIVED: "waived",
    }.get(ruling.state, "")


def delta(report: Report) -> str:
    """What changed since the baseline, in words; empty without one."""
    baseline = report.baseline
    if baseline is None:
        return ""
    unseen = f", {baseline.unseen} could not be looked for," if baseline.unseen else ""
    return f"{baseline.new} new, {baseline.unchanged} unchanged, {len(baseline.fixed)} fixed{unseen} since {baseline.source}"


def anchor(report: Report) -> str:
    """The file of the repository at which a finding is shown: relative, with forward slashes."""
    path = PurePosixPath(report.run.anchor or FALLBACK_ANCHOR)
    return FALLBACK_ANCHOR if path.is_absolute() or ".." in path.parts else str(path)


def anchor_uri(report: Report) -> str:
    """The same as a relative URI."""
    return quote(anchor(report), safe="/", errors="surrogatepass")


def tests_by_group(report: Report) -> dict[tuple[str, str], list[TestRecord]]:
    """The families of each test together: by check, and group of rows."""
    made: dict[tuple[str, str], list[TestRecord]] = {}
    for test in report.tests:
        made.setdefault((test.id, test.groups[0]), []).append(test)
    return made


def sampling(test: TestRecord) -> str:
    """Whether every row was counted."""
    if test.sampled == (1.0, 1.0):
        return "every row counted"
    data, control = (f"1/{round(1 / share)}" if share < 1 else "all" for share in test.sampled)
    return f"sampled by prompt: {data} of the data, {control} of the control"


def same_on_both_sides(test: TestRecord) -> bool:
    """Whether the family never varies between the sides."""
    return test.effect == 0 and test.statistic == 0
