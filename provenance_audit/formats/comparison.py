"""What is said of the comparison with the control beside its tests: in sentences, and as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provenance_audit.findings import ComparisonDetail, Sensitivity, Sequence
from provenance_audit.formats.bars import number
from provenance_audit.stats.figures import Equivalence, Feature

SHOWN = 5


def lines(detail: ComparisonDetail) -> Iterator[tuple[str, str]]:
    """A label and a sentence each; an empty label continues the one above."""
    label = "features"
    for feature in detail.features[:SHOWN]:
        yield label, _feature(feature)
        label = ""
    if detail.separation is not None:
        one, few, many = (detail.separation.auc[bag] for bag in (1, 16, 64))
        yield (
            "told apart",
            f"by a naive-Bayes score on held-out blocks: AUC {one:.2f} for one row, {few:.2f} for bags of 16 rows, {many:.2f} "
            f"for bags of 64 (.50 is chance; how easily rows are told apart does not say what a student picks up)",
        )
    if detail.equivalence is not None:
        yield "margin", _equivalence(detail.equivalence)
    if detail.sensitivity is not None:
        yield "positive", _sensitivity(detail.sensitivity)
    if detail.sequence is not None:
        yield from _sequence(detail.sequence)


def values(detail: ComparisonDetail) -> dict[str, Any]:
    """The same as plain values, under the keys of the JSON report."""
    return {
        "features": [
            {name: getattr(feature, name) for name in feature.__slots__} for feature in detail.features
        ],
        "auc": {str(bag): auc for bag, auc in detail.separation.auc.items()} if detail.separation else None,
        "equivalence": _equivalence_values(detail.equivalence) if detail.equivalence else None,
        "smallest_share": _sensitivity_values(detail.sensitivity) if detail.sensitivity else None,
        "sequence": _sequence_values(detail.sequence) if detail.sequence else None,
    }


def _feature(one: Feature) -> str:
    what = f"{one.family}: {one.label}," if one.label else f"{one.family} {one.number}:"
    return (
        f"{what} {one.rate:.3g} a row, {one.control_rate:.3g} in the control "
        f"(z = {one.z:.1f}, adjusted p = {one.p_adjusted:.1g})"
    )


def _equivalence(one: Equivalence) -> str:
    if one.claimed:
        return (
            f"equivalent within {one.margin:g} bits: the upper 95 % limit of every family is below it, at most "
            f"{number(one.upper)} ({one.family}). Rows that families do not count may still differ"
        )
    return (
        f"equivalence within {one.margin:g} bits is not shown: the upper 95 % limit is {number(one.upper)} bits "
        f"({one.family})"
    )


def _sensitivity(one: Sensitivity) -> str:
    if one.smallest is None:
        return f"what share of {one.positive} would be seen was not measured: {one.reason}"
    rows = f"with {one.n[0]:,} rows against {one.n[1]:,}"
    found = one.smallest
    if found.share is None:
        return (
            f"{rows}, even {found.largest:.0%} of rows like {one.positive} would be seen in only {found.seen:.0%} of "
            f"repetitions ({found.trials} trials)"
        )
    low, up = found.interval
    return (
        f"{rows}, rows like {one.positive} would be seen in 80 % of repetitions from {found.share:.0%} of the data on "
        f"[{low:.0%}, {up:.0%}], and a smaller share would mostly pass unseen ({found.trials} trials)"
    )


def _sequence(one: Sequence) -> Iterator[tuple[str, str]]:
    made, counted = one.looks
    if one.repeated is not None:
        yield "sequence", f"{one.reason} ({one.repeated[1]}); nothing was added"
    elif one.counted:
        yield "sequence", f"look {made}, and evidence: its rows are new, and its control as good as fresh"
    else:
        yield "sequence", f"look {made}, and no evidence: {one.reason}"
    family, mean = one.mean_effect
    if one.evidence is None:
        yield (
            "",
            f"running mean of the effect: {number(mean)} bits ({family}); no claim that holds at any time can be made",
        )
        return
    e, p = one.evidence
    said = (
        f"ALARM: the rows of these looks are not the control's, at a level of {one.alpha:.0%} whenever one stops"
        if one.alarm
        else f"no alarm (at {1 / one.alpha:.0f})"
    )
    yield (
        "",
        f"evidence over {counted} looks: e = {e:.3g}, p at any time = {p:.2g}; {said}. "
        f"Running mean of the effect: {number(mean)} bits ({family})",
    )


def _equivalence_values(one: Equivalence) -> dict[str, Any]:
    return {
        "margin": one.margin,
        "upper": one.upper,
        "claimed": one.claimed,
        "family": one.family,
        "group": one.group,
        "n": list(one.n),
    }


def _sensitivity_values(one: Sensitivity) -> dict[str, Any]:
    found = one.smallest
    return {
        "positive": one.positive,
        "n": list(one.n),
        "share": found.share if found else None,
        "interval_90": list(found.interval) if found else None,
        "largest_tried": found.largest if found else None,
        "seen_at_largest": found.seen if found else None,
        "trials": found.trials if found else 0,
        "reason": one.reason,
    }


def _sequence_values(one: Sequence) -> dict[str, Any]:
    return {
        "looks": one.looks[0],
        "looks_counted": one.looks[1],
        "counted": one.counted,
        "reason": one.reason,
        "e": one.evidence[0] if one.evidence else None,
        "p": one.evidence[1] if one.evidence else None,
        "alarm": one.alarm,
        "alpha": one.alpha,
        "mean_effect": one.mean_effect[1],
        "mean_effect_family": one.mean_effect[0],
        "repeats_look": one.repeated[0] if one.repeated else None,
        "standing_verdict": one.repeated[1] if one.repeated else None,
    }
