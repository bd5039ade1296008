"""PA302 groups-heterogeneous

What it checks
    Whether the rows of one declared maker are alike throughout: shards, splits, and up to 16 contiguous slices by order
    in the files (and by time, where rows say when they were generated), each against the rest of the same maker's rows,
    and what comes before against what comes after. One test over all of them and over the feature families of at most
    128 features, with the same flips, so that its false-alarm rate is that of one test.
Why it matters
    Rows of two makers under one name, or of one maker under two prompts or versions, change somewhere. Lineage that
    names one of them says nothing about the other.
What it cannot tell you
    Which part is foreign, or why it differs: another version, sampling or filter does it too. A mixture that is shuffled
    shows no change of place, and is not seen. Where answers differ and the parts were asked different prompts, as when
    prompts are sorted by topic, answers differ whoever made them: nothing is claimed, and the check says so. Rows
    without prompts cannot be checked for that: confidence is low. Different declared makers always differ, and are not
    compared here.
How to fix
    Find out what happened there (another run, endpoint, version, prompt). Declare each part as a generation of its own.
Severity
    medium when the omnibus rejects at alpha and, for a family of a part that rejects, the lower 95 % limit of the effect
    reaches `min_effect` and is more than the prompts of that part differ by.
Confidence
    high when clustered by prompt with 1,000 rows in the part and in the rest, medium with fewer, low without prompts.
Parameters
    alpha .05, min_effect .001 bits, minimum_rows 500 a part, replicates 1,999.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provenance_audit.checks.base import Case, Check
from provenance_audit.checks.comparison import records
from provenance_audit.checks.effects import evidence, said
from provenance_audit.checks.heterogeneity import Contrast, heterogeneity
from provenance_audit.checks.statistics import StatisticalParameters
from provenance_audit.checks.subjects import of_rows
from provenance_audit.findings import Confidence, Finding, Severity, Skip, TestRecord
from provenance_audit.stats.block_test import FamilyResult

SURE_ROWS = 1000


def look(case: Case, parameters: StatisticalParameters) -> Iterator[Finding | TestRecord]:
    """The tests of the part that shows most, and one finding if it shows enough."""
    made = heterogeneity(
        case.data,
        min_effect=parameters.min_effect,
        minimum_rows=parameters.minimum_rows,
        replicates=parameters.replicates,
        alpha=parameters.alpha,
        seed=case.seed,
    )
    if made.answers is None or made.answers.p is None:
        raise Skip(made.refusal or "no part has a feature in common with the rest", remedy=made.remedy)
    found = made.strongest(parameters.alpha, parameters.min_effect)
    shown = found if found is not None else max(made.answers.families, key=lambda one: -one.p_adjusted)
    yield from records(CHECK.id, made.answers, parameters.min_effect, group=shown.group, other="the rest")
    if found is not None:
        contrast = made.contrasts[found.group]
        subject = of_rows(case, {"maker": contrast.maker})
        yield _finding(contrast, found, made.answers.p, len(made.contrasts), parameters, subject)


def _finding(
    contrast: Contrast,
    found: FamilyResult,
    p: float,
    contrasts: int,
    parameters: StatisticalParameters,
    subject: Mapping[str, str],
) -> Finding:
    return CHECK.finding(
        f"the rows of {contrast.maker} are not alike throughout: {contrast.where} differ from the rest, "
        f"{said(found, parameters.min_effect)}; omnibus p = {p:.2g} over "
        f"{contrasts} contrasts, n = {found.n[0]:,} and {found.n[1]:,}",
        why="one maker under one prompt writes alike from first to last; a change suggests rows of another, undeclared",
        fix="find out what changed there, and declare each part as a generation of its own",
        subject=subject,
        evidence={
            "where": contrast.where,
            "kind": contrast.kind,
            "files": sorted({atom.file for atom in contrast.atoms}),
            "from": contrast.atoms[0].first,
            "to": contrast.atoms[-1].last,
            "rows": contrast.rows,
            **evidence(found, parameters.min_effect),
            "omnibus_p": p,
            "contrasts": contrasts,
            "n": list(found.n),
            "design": found.design,
        },
        confidence=_confidence(found),
    )


def _confidence(found: FamilyResult) -> Confidence:
    if found.design == "unclustered":
        return Confidence.LOW
    return Confidence.HIGH if min(found.n) >= SURE_ROWS else Confidence.MEDIUM


CHECK = Check("PA302", "groups-heterogeneous", Severity.MEDIUM, look, StatisticalParameters)
