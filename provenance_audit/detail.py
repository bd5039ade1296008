"""What is said of the comparison with the control beside its tests: for the reader, and on request. Nothing here gates."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from provenance_audit._version import __version__
from provenance_audit.checks import Case
from provenance_audit.checks.comparison import Comparison
from provenance_audit.checks.statistics import StatisticalParameters
from provenance_audit.dataset.files import DataFile, Digests
from provenance_audit.dataset.rows import ALL, Dataset
from provenance_audit.errors import UsageError
from provenance_audit.findings import ComparisonDetail, Sensitivity, Verdict
from provenance_audit.request import Request
from provenance_audit.sequence import Look, State, take_look
from provenance_audit.stats.counts import BlockCounts
from provenance_audit.stats.equivalence import equivalence
from provenance_audit.stats.explain import separation, top_features
from provenance_audit.stats.figures import Equivalence
from provenance_audit.stats.spike import spiked_share

Progress = Callable[[str], None]


def detail_of(case: Case, request: Request, positive: Dataset | None, progress: Progress) -> ComparisonDetail:
    """Explain what was found, and measure what was asked for; empty where no comparison was made."""
    made = _comparison(case)
    if made is None or made.sides is None:
        return ComparisonDetail()
    data, control = made.sides
    alpha = StatisticalParameters().alpha
    groups = data.response_counts(data.features, whole=made.cut)
    other = control.response_counts(data.features, whole=True)[ALL]
    detail = ComparisonDetail()
    if made.p <= alpha:
        together = _together(data, groups)
        detail = replace(
            detail, features=top_features(together, other), separation=separation(together, other)
        )
    if request.margin is not None:
        detail = replace(detail, equivalence=_equivalence(made, groups, other, request.margin))
    if positive is not None:
        progress("spiking in")
        detail = replace(detail, sensitivity=_sensitivity(made, positive, request, alpha, progress))
    return detail


def with_look(
    detail: ComparisonDetail,
    case: Case,
    request: Request,
    state: State,
    digests: Digests,
    files: tuple[Sequence[DataFile], Sequence[DataFile]],
    verdict: Verdict,
) -> ComparisonDetail:
    """Take this run for a look of a sequence, where a comparison was made. files: of the data, and of the control."""
    made = _comparison(case)
    if made is None or made.sides is None or made.answers is None:
        return detail
    data, control = made.sides
    effects: dict[str, float] = {}
    for family in made.answers.families:
        effects[family.family] = max(family.effect, effects.get(family.family, float("-inf")))
    now = Look(
        data=_digest_of(files[0], digests),
        control=_digest_of(files[1], digests),
        seed=request.seed,
        version=__version__,
        started=request.started,
        rows=made.n[0],
        p=made.p,
        effects=effects,
        counted=False,
        verdict=str(verdict),
        sketch=list(data.sketch),
        control_sketch=list(control.sketch),
    )
    groups = data.response_counts(data.features, whole=made.cut)
    other = control.response_counts(data.features, whole=True)[ALL]
    alpha = StatisticalParameters().alpha
    _, shown = take_look(state, now, _together(data, groups), other, control_rows=made.n[1], alpha=alpha)
    return replace(detail, sequence=shown)


def check_positive(positive: Dataset, control: Dataset, request: Request) -> None:
    """Raises UsageError for a positive that has nothing in common with the control."""
    if positive.features is not control.features:
        raise UsageError(
            f"--positive {request.positive[0]} is {positive.census.modality} and the control is "
            f"{control.census.modality}: no feature is common to both",
            remedy="give rows of the same task",
        )


def _comparison(case: Case) -> Comparison | None:
    return next((made for made in case.comparisons.values() if made.answers is not None), None)


def _equivalence(
    made: Comparison, groups: Mapping[str, BlockCounts], other: BlockCounts, margin: float
) -> Equivalence | None:
    """On distinct rows too, where those were tested: the wider limit decides."""
    assert made.sides is not None
    tested = {family.group for family in made.answers.families} if made.answers is not None else set()
    found = [equivalence({name: groups[name] for name in groups if name in tested}, other, margin)]
    if made.distinct is not None:
        data, control = made.sides
        distinct = data.response_counts(data.features, whole=made.cut, distinct=True)
        others = control.response_counts(data.features, whole=True, distinct=True)[ALL]
        found.append(
            equivalence({name: distinct[name] for name in distinct if name in tested}, others, margin)
        )
    return max((one for one in found if one is not None), key=lambda one: one.upper, default=None)


def _sensitivity(
    made: Comparison, positive: Dataset, request: Request, alpha: float, progress: Progress
) -> Sensitivity:
    assert made.sides is not None
    name = ", ".join(request.positive)
    if made.p <= alpha:
        return Sensitivity(
            name, made.n, None, "the rows differ from the control, so they cannot stand for rows without"
        )
    data, control = made.sides
    mine, theirs = data.unit_counts(data.features), control.unit_counts(data.features)
    found = spiked_share(
        mine, theirs, positive.unit_counts(data.features), alpha=alpha, seed=request.seed, say=progress
    )
    return Sensitivity(name, (mine.n, theirs.n), found)


def _together(data: Dataset, groups: Mapping[str, BlockCounts]) -> BlockCounts:
    """All groups as one; where they were sampled at different rates they are counted anew, at one rate."""
    rates = {
        (one.thinning, *sorted((name, of.thinning) for name, of in one.samples.items()))
        for one in groups.values()
    }
    if len(rates) > 1:
        return data.response_counts(data.features, whole=True)[ALL]
    return BlockCounts.sum(list(groups.values()))


def _digest_of(files: Sequence[DataFile], digests: Digests) -> str:
    """One digest of a side: of the digests of its files, in the order of those, so that names do not count."""
    every = sorted(digests.of(file) or file.etag or file.path for file in files)
    return hashlib.sha256("\n".join(every).encode()).hexdigest()
