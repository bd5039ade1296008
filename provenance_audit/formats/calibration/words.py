"""What a calibration says, in sentences that the text and the page share."""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.findings import CalibratedSide, CalibrationReport
from provenance_audit.stats.calibration import Calibration, FalseAlarms, Seen
from provenance_audit.stats.figures import SmallestShare

HOLDS, FAILS = "LEVEL HOLDS", "LEVEL DOES NOT HOLD"


def verdict(found: Calibration) -> tuple[str, str]:
    """One word, and the sentence that it stands for."""
    fired, runs = sum(one.fired for one in found.false_alarms), sum(one.runs for one in found.false_alarms)
    if found.holds:
        return HOLDS, (
            f"{fired} of {runs} random splits of the control were rejected ({fired / runs:.1%}), "
            f"and {found.alpha:.0%} should be"
        )
    worst = max(found.false_alarms, key=lambda one: one.rate)
    return FAILS, (
        f"{worst.fired} of {worst.runs} random splits of the control were rejected ({worst.rate:.1%}), where "
        f"{found.alpha:.0%} should be: PA301 cannot be trusted with this control"
    )


def side(one: CalibratedSide) -> str:
    """Rows, prompts and modality of one side."""
    return f"{one.name}: {one.rows_dealt:,} rows, {one.units:,} {one.unit}s, {one.modality}"


def sizes(one: FalseAlarms) -> str:
    """Rows of the two sides."""
    return f"{one.n[0]:,} and {one.n[1]:,}"


def seen(one: Seen) -> str:
    """How many mixes were rejected, and how many of all with high severity."""
    return f"{one.rate:.0%} ({one.high / one.trials:.0%})"


def share(one: SmallestShare) -> str:
    """From which share on rows are seen."""
    if one.share is None:
        return f"not even {one.largest:.0%} of them (seen in {one.seen:.0%})"
    low, up = one.interval
    return f"{one.share:.0%} of the rows [{low:.0%}, {up:.0%}]"


def meaning(found: Calibration) -> Iterator[str]:
    """What follows for whoever reads a scan, one sentence at a time."""
    if not found.smallest:
        yield (
            "what the gate can see on these rows is not known: give rows that it should see, --positive PATH"
        )
    for n, one in found.smallest:
        if one.share is None:
            yield (
                f"with {n:,} rows a side, even a set of {one.largest:.0%} such rows is missed in {1 - one.seen:.0%} of cases"
            )
        else:
            yield (
                f"with {n:,} rows a side, a set with fewer than {one.share:.0%} of such rows is missed in more than one case "
                f"in five"
            )
    yield "a test that does not reject never says that there are no such rows"


def min_effect(found: Calibration) -> str:
    """The proposal in a few words."""
    proposed = found.proposal.min_effect
    if proposed == found.min_effect:
        return f"keep {proposed:g} bits (the default)"
    return f"{'raise' if proposed > found.min_effect else 'lower'} it to {proposed:g} bits (the default is {found.min_effect:g})"


def how(report: CalibrationReport) -> str:
    """How it was measured."""
    found = report.found
    whole = report.control.unit
    return (
        f"{found.runs} random splits at each size, whole {whole}s dealt out; rejected means omnibus p <= {found.alpha:g}, "
        f"high that the lower limit also reaches {found.min_effect:g} bits; 499 replicates, seed {found.seed}"
    )
