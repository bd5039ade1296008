"""The risk matrix: a row for each maker beside the student. The relation alone decides the level; the rest describes.

There is no score. What is known of transfer is known by relation, so a number made of shares, tiers and effects would be made
up, and would let a small share or a filter buy off a shared base.
"""

from __future__ import annotations

from provenance_audit.findings import Observed, Pair, Relation, RiskRow, Severity, TestRecord

# relation -> level, the check that finds it, and why. Worst first; where several paths lead to several relations, the worst counts.
RULE: tuple[tuple[Relation, Severity, str, str], ...] = (
    (
        Relation.SHARED_BASE,
        Severity.CRITICAL,
        "PA202",
        "transfer was shown between descendants of one base (Cloud et al., 2507.14805)",
    ),
    (
        Relation.SAME_CHECKPOINT,
        Severity.HIGH,
        "PA201",
        "the same weights: a prompt alone made teachers whose traits passed on",
    ),
    (
        Relation.SHARED_ANCESTOR,
        Severity.HIGH,
        "PA203",
        "pruning, upcycling, depth-scaling and merging keep much of the initialisation",
    ),
    (
        Relation.EQUIVALENT_FAMILY,
        Severity.HIGH,
        "PA204",
        "transfer was measured between models that behave alike",
    ),
    (
        Relation.UNDETERMINED,
        Severity.HIGH,
        "PA205",
        "it may be any of the above; the missing fact is named",
    ),
    (
        Relation.NO_KNOWN_RELATION,
        Severity.LOW,
        "",
        "both walks reached roots; transfer across bases has been reported all the same (2602.04863, 2602.04899)",
    ),
)
LEVELS = {relation: level for relation, level, _, _ in RULE}

_TIERS = ("signed", "computed from bytes", "written by a tool", "declared", "published", "inferred")
_NOTHING_DONE_TO_ROWS = "a teacher from another base, or a student from another initialisation; nothing done to the rows lowers it"


def risk_matrix(observed: Observed) -> tuple[RiskRow, ...]:
    """One row for each pair, the highest level first."""
    statistics = _statistics(observed)
    rows = [
        RiskRow(
            maker=f"{pair.maker}@{pair.revision}" if pair.revision else pair.maker,
            role=pair.role,
            relation=pair.relation,
            level=LEVELS[pair.relation],
            evidence=_evidence(pair),
            rows=pair.rows,
            share=pair.share,
            modality=observed.dataset.modality,
            hidden_prompt=_prompt(pair),
            statistics=statistics,
            lowers=_lowers(pair),
        )
        for pair in observed.lineage.pairs
    ]
    order = [relation for relation, *_ in RULE]
    return tuple(
        sorted(rows, key=lambda row: (order.index(row.relation), -(row.rows or 0), row.maker, row.role))
    )


def table() -> list[tuple[str, str, str, str]]:
    """The rule, for the docs and `paudit explain risk`: relation, level, check, why."""
    return [(relation.value, level.value, check or "none", why) for relation, level, check, why in RULE]


def _evidence(pair: Pair) -> str:
    if not pair.path:
        return "one id on both sides" if pair.relation is Relation.SAME_CHECKPOINT else pair.evidence
    weakest = max(pair.path, key=lambda step: step.tier)
    return f"tier {weakest.tier}, {_TIERS[weakest.tier]}"


def _prompt(pair: Pair) -> str:
    return pair.prompt if pair.prompt_counts or pair.prompt != "none" else "none, self-declared"


def _lowers(pair: Pair) -> str:
    if pair.relation is Relation.UNDETERMINED:
        return pair.missing or "the base of both models, from a source"
    if pair.relation is Relation.NO_KNOWN_RELATION:
        return "nothing that can be known from here; it is not none"
    return _NOTHING_DONE_TO_ROWS


def _statistics(observed: Observed) -> str:
    """What the comparison with a control saw, in a line; it moves no level."""
    tests = [one for one in observed.tests if one.id == "PA301"]
    if not tests:
        why = next((one.reason for one in observed.not_evaluated if one.id == "PA301"), "")
        return "not compared with a control" + (f": {why}" if why and "no control" not in why else "")
    found = next((one for one in observed.findings if one.id == "PA301"), None)
    if found is not None:
        strongest = max(tests, key=lambda one: one.interval[0])
        return (
            f"differs from the control: {strongest.family}, {strongest.effect:.4f} bits "
            f"(limit {strongest.limit:g})"
        )
    return f"no difference from the control seen{_could_have(tests)}"


def _could_have(tests: list[TestRecord]) -> str:
    hardest = max(one.minimum_detectable for one in tests)
    return f"; from {hardest:.4f} bits it would have been, in every family" if hardest < float("inf") else ""
