"""PA301 differs-from-control

What it checks
    Whether the rows differ from a control: rows of the declared neutral teacher on the same prompts. One omnibus test
    over all feature families of the modality; the block, a hash of the prompt, is the unit, and whole blocks flip their
    sign under the null (exact, block-paired or unclustered, as the report says).
Why it matters
    A prompted or fine-tuned teacher leaves marks that survive content filters. Rows that should be the neutral
    teacher's and are not are not what the lineage says.
What it cannot tell you
    Why they differ: another prompt, another version, another selection or another model all do. It does not detect a
    trait. Under about a quarter of foreign rows it sees nothing, and a difference it does not see may still be there:
    the minimum detectable effect is printed. A result that finds nothing never lowers a risk that lineage shows.
How to fix
    Find out what made the difference: compare prompts, sampling, version, filters. If it is declared and harmless, make
    the control the same way.
Severity
    high when the lower 95 % limit of the effect (debiased Jensen–Shannon divergence, bits) of some family reaches
    `min_effect`, else low. On real data, other backends stay below .0003, traits against each other below .001, and a
    persona or style prompt reaches .003 to .08.
Confidence
    high when clustered by prompt with 1,000 rows a side or more, else medium. Medium, too, when over 1 % of the data are
    duplicates and the control is a profile: then the test on distinct rows cannot be made.
Parameters
    alpha .05, min_effect .001 bits, minimum_rows 500 a side, replicates 1,999.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.checks.base import Case, Check
from provenance_audit.checks.comparison import Comparison, records
from provenance_audit.checks.drawing import with_bins
from provenance_audit.checks.effects import evidence, said
from provenance_audit.checks.statistics import StatisticalParameters, comparison
from provenance_audit.checks.subjects import of_rows
from provenance_audit.findings import Confidence, Finding, Severity, Skip, TestRecord

SURE_ROWS = 1000


def look(case: Case, parameters: StatisticalParameters) -> Iterator[Finding | TestRecord]:
    """The tests made, and one finding if the omnibus rejects."""
    made = comparison(case, parameters)
    if made.answers is None:
        raise Skip(made.refusal, remedy=made.remedy)
    tests = records(CHECK.id, made.answers, parameters.min_effect)
    yield from made.named(with_bins(tests, *made.compared) if made.compared is not None else tests)
    if made.p > parameters.alpha:
        return
    high = made.lower_limit >= parameters.min_effect
    # What gates is the surest effect; where none is sure, what rejected is named.
    strongest = made.answers.strongest if high else min(made.answers.families, key=lambda one: one.p_adjusted)
    whose = f" of {made.labels[strongest.group]}" if strongest.group in made.labels else ""
    left_out = f"; {made.untested_rows:,} rows of smaller groups are not tested" if made.untested_rows else ""
    yield CHECK.finding(
        f"the rows{whose} differ from the control: {said(strongest, parameters.min_effect)}; "
        f"omnibus p = {made.p:.2g}, "
        f"n = {strongest.n[0]:,} and {strongest.n[1]:,}{left_out}",
        why="they are not what the neutral teacher writes on these prompts; the cause is not known from rows "
        "(prompt, model state, version, selection or trait)",
        fix="compare prompts, sampling, version and filters of the two sides; make the control the same way",
        subject=of_rows(case, {"comparison": "data against control"}),
        evidence={
            **evidence(strongest, parameters.min_effect),
            "group": made.labels.get(strongest.group, strongest.group),
            "rows_not_tested": made.untested_rows,
            "lower_limit": made.lower_limit,
            "omnibus_p": made.p,
            "n": list(strongest.n),
            "design": made.answers.design,
            "modality": made.modality,
            "cut_to_shared_prompts": made.cut,
            "distinct_rows_tested": made.distinct is not None,
            "sampled": [2.0**-s for s in strongest.thinning],
        },
        severity=Severity.HIGH if high else Severity.LOW,
        confidence=_confidence(made),
    )


def _confidence(made: Comparison) -> Confidence:
    assert made.answers is not None
    sure = made.answers.design != "unclustered" and made.smaller_side >= SURE_ROWS and not made.repeats_untold
    return Confidence.HIGH if sure else Confidence.MEDIUM


CHECK = Check("PA301", "differs-from-control", Severity.HIGH, look, StatisticalParameters)
