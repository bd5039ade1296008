"""PA405 filter-shift

What it checks
    Whether the rows that a filter kept differ from those that it removed in features that the filter does not name: the
    block test of PA301, kept against removed. Needed are the raw rows (`--raw`), the rejects (`--rejects`), or a column
    that marks what passed.
Why it matters
    What selects rows is a teacher too: choosing among natural rows by another model's taste is enough to pass a trait on.
    A filter of correctness or quality that also prefers one style, or one kind of content, shows here.
What makes the comparison fair
    A rule about the text (`sl-numbers`, `regex`, `words`) makes what it removed different by construction, and not only
    in its format: a sequence that outgrows 999 has other digits. So, where 500 removed rows pass every declared rule,
    only rows that pass are compared, in every family; otherwise the families that the rules name are left out, which for
    rules about the text is all of them, and nothing is compared. `column` names no family, but for columns that measure
    length (families length and count); a filter that cannot be replayed names none. Rows of several makers, and rows
    whose prompts differ between the two sides, are matched: as many kept as removed ones of each maker and kind of prompt
    (length, numbers in it, format asked for), or else of each maker and prompt. Where too few are alike, only the
    difference of the prompts is reported, at low.
What it cannot tell you
    Why they differ, or whether the preference was meant: correct answers are longer or shorter than wrong ones. Nothing
    found never lowers a risk.
How to fix
    Look at what the filter prefers. Declare the model that judged, if one did, so that it is related to the student.
Severity
    medium when the lower 95 % limit of the effect reaches `min_effect`, else low.
Confidence
    high when clustered by prompt with 1,000 rows a side or more, else medium.
Parameters
    As PA301.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from provenance_audit.checks.base import Case, Check
from provenance_audit.checks.comparison import records
from provenance_audit.checks.effects import evidence, said
from provenance_audit.checks.selection import HOW, SelectionTest, compare_selection
from provenance_audit.checks.statistics import StatisticalParameters
from provenance_audit.checks.subjects import of_rows
from provenance_audit.findings import Confidence, Finding, Severity, Skip, TestRecord
from provenance_audit.stats.block_test import BlockTest

SURE_ROWS = 1000


def look(case: Case, parameters: StatisticalParameters) -> Iterator[Finding | TestRecord]:
    """The tests made, and one finding if the omnibus rejects."""
    sieve = case.filtering.sieve
    if sieve is None:
        raise Skip("the rows that a filter removed are not at hand", remedy=f"{case.command} --raw RAW.jsonl")
    made = compare_selection(sieve, case.data.features, case.filtering.rules, parameters, case.seed)
    if made.answers is None:
        if made.prompts is not None:
            yield _of_prompts(case, made.prompts, parameters)
        raise Skip(made.refusal)
    for record in records(CHECK.id, made.answers, parameters.min_effect):
        yield replace(record, groups=("kept", "removed"))
    if made.p > parameters.alpha:
        return
    strongest = made.answers.strongest
    among = " among rows that pass every declared filter" if made.passing else ""
    yield CHECK.finding(
        f"kept rows differ from removed ones{among}: {said(strongest, parameters.min_effect)}; "
        f"omnibus p = {made.p:.2g}, "
        f"n = {made.n[0]:,} and {made.n[1]:,} ({HOW[made.match]}; {sieve.source})",
        why="what selects rows shapes them, as a teacher does; the filter prefers something that it does not name",
        fix="look at what the filter prefers; declare the model that judged, if one did",
        subject=of_rows(case, {"comparison": "kept against removed"}),
        evidence={
            **evidence(strongest, parameters.min_effect),
            "lower_limit": made.lower_limit,
            "omnibus_p": made.p,
            "n": list(made.n),
            "design": made.answers.design,
            "matched": made.match.value,
            "rows_that_pass_only": made.passing,
            "families_left_out": list(made.left_out),
            "distinct_rows_tested": made.distinct is not None,
            "seen_in": sieve.source,
        },
        severity=Severity.MEDIUM if made.lower_limit >= parameters.min_effect else Severity.LOW,
        confidence=_confidence(made),
    )


def _of_prompts(case: Case, test: BlockTest, parameters: StatisticalParameters) -> Finding:
    """Kept and removed rows that were asked different things, so that their answers could not be compared."""
    strongest = test.strongest
    return CHECK.finding(
        f"kept and removed rows answer different prompts: {said(strongest, parameters.min_effect)}, "
        f"n = {strongest.n[0]:,} and {strongest.n[1]:,}; whether their "
        "answers differ beyond that cannot be told",
        why="what selects rows shapes them, as a teacher does; the filter prefers some prompts, or what is answered to them",
        fix="look at what the filter prefers; with several answers to a prompt, kept and removed ones can be compared",
        subject=of_rows(case, {"comparison": "prompts of kept against removed"}),
        evidence={
            **evidence(strongest, parameters.min_effect),
            "n": list(strongest.n),
        },
        severity=Severity.LOW,
    )


def _confidence(made: SelectionTest) -> Confidence:
    assert made.answers is not None
    sure = made.answers.design != "unclustered" and min(made.n) >= SURE_ROWS
    return Confidence.HIGH if sure else Confidence.MEDIUM


CHECK = Check("PA405", "filter-shift", Severity.MEDIUM, look, StatisticalParameters)
