"""Paths in, measured gate out: opens a control (and rows of a known kind), counts them once, and has trials made.

It reads and returns; the command writes.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from provenance_audit._version import __version__
from provenance_audit.database import MEMORY_LIMIT, Connection
from provenance_audit.dataset.locate import Located, engine_for, locate
from provenance_audit.dataset.open import open_dataset
from provenance_audit.dataset.rows import ALL, Dataset
from provenance_audit.errors import InputError, UsageError
from provenance_audit.findings import CalibratedSide, CalibrationReport
from provenance_audit.stats.block_test import block_test
from provenance_audit.stats.calibration import calibrate, planned_trials
from provenance_audit.stats.trials import null_trial
from provenance_audit.stats.units import UnitCounts

FEWEST_ROWS = 200
FEWEST_UNITS = 60
GATE_ROWS = 500
ALPHA = 0.05
MIN_EFFECT = 0.001
DUPLICATES_MATTER = 0.01

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class CalibrationRequest:
    """Everything that shapes a calibration. `columns` maps canonical columns to source columns, by hand."""

    control: tuple[str, ...]
    positive: tuple[str, ...] = ()
    runs: int = 200
    seed: int = 0
    columns: tuple[tuple[str, str], ...] = ()
    memory: str = MEMORY_LIMIT
    started: str = ""


def run_calibration(
    request: CalibrationRequest, progress: Progress = lambda stage: None
) -> CalibrationReport:
    """Measure what the gate does. Raises UsageError (exit 2) and InputError (exit 3) where there is nothing to measure."""
    began = time.perf_counter()
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="paudit-")))
        sides = [locate(request.control, scratch / "control"), locate(request.positive, scratch / "positive")]
        readable = [file for side in sides for file in side.files]
        connection = stack.enter_context(engine_for(readable, memory=request.memory))
        progress("reading rows")
        control = _open(connection, sides[0], "control", request)
        positive = _open(connection, sides[1], "positive", request) if request.positive else None
        if positive is not None:
            _same_kind(control, positive, request)
        progress("counting")
        mine = control.unit_counts(control.features)
        _enough(control, mine, request)
        theirs = positive.unit_counts(control.features) if positive is not None else None
        if theirs is not None and _identical(mine, theirs):
            raise UsageError(
                f"--positive {request.positive[0]} holds the same rows as the control",
                remedy="give rows that the gate should see: of a prompted or fine-tuned teacher",
            )
        remarks = [*_remarks(control, mine, "control")]
        if positive is not None and theirs is not None:
            remarks += [*_remarks(positive, theirs, "positive"), *_prompts(control, positive)]
        found = calibrate(
            mine,
            theirs,
            runs=request.runs,
            seed=request.seed,
            alpha=ALPHA,
            min_effect=MIN_EFFECT,
            say=_Forecast(mine, request, positive=theirs is not None, progress=progress),
        )
    return CalibrationReport(
        version=__version__,
        started=request.started,
        seconds=round(time.perf_counter() - began, 1),
        control=_side(control, mine, request.control),
        positive=_side(positive, theirs, request.positive) if positive is not None and theirs else None,
        found=found,
        remarks=tuple(remarks),
    )


class _Forecast:
    """Adds to each stage about how long is left: trials are tried once at each size before the first is counted."""

    def __init__(
        self, control: UnitCounts, request: CalibrationRequest, *, positive: bool, progress: Progress
    ) -> None:
        self._progress = progress
        costs = []
        for n, trials in planned_trials(control.n, request.runs, positive=positive):
            began = time.perf_counter()
            null_trial(control, (n, n), np.random.default_rng(0))
            costs += [time.perf_counter() - began] * trials
        self._ahead = sum(costs)
        self._costs = iter(costs)
        self._spent = 0.0

    def __call__(self, stage: str) -> None:
        left = max(self._ahead - self._spent, 0.0)
        self._progress(f"{stage}; about {left:.0f} s left")
        self._spent += next(self._costs, 0.0)


def _open(connection: Connection, located: Located, view: str, request: CalibrationRequest) -> Dataset:
    return open_dataset(
        connection, located.files, view=view, mapping=dict(request.columns), mapping_optional=view != "control",
        damaged=located.damaged,
    )  # fmt: skip


def _same_kind(control: Dataset, positive: Dataset, request: CalibrationRequest) -> None:
    if positive.features is not control.features:
        raise UsageError(
            f"--positive {request.positive[0]} is {positive.census.modality} and the control is "
            f"{control.census.modality}: no feature is common to both",
            remedy="give rows of the same task",
        )
    if positive.has_prompts != control.has_prompts:
        without = "control" if positive.has_prompts else "positive"
        raise UsageError(f"the {without} has rows without a prompt", remedy="give both with their prompts")


def _enough(control: Dataset, counted: UnitCounts, request: CalibrationRequest) -> None:
    if counted.n < FEWEST_ROWS:
        raise InputError(
            f"{request.control[0]}: {counted.n:,} rows are too few to cut in halves (at least {FEWEST_ROWS})",
            remedy=f"give a control of {2 * GATE_ROWS:,} rows or more",
        )
    if counted.units < FEWEST_UNITS:
        what = "prompts" if counted.clustered else "completions"
        raise InputError(
            f"{request.control[0]}: {counted.units:,} different {what} are too few to resample "
            f"(at least {FEWEST_UNITS})",
            remedy=f"give a control of more {what}",
        )


def _identical(one: UnitCounts, other: UnitCounts) -> bool:
    return (
        np.array_equal(one.key, other.key)
        and np.array_equal(one.feature, other.feature)
        and np.array_equal(one.count, other.count)
    )


def _remarks(side: Dataset, counted: UnitCounts, name: str) -> list[str]:
    found = []
    if name == "control" and counted.n < 2 * GATE_ROWS:
        found.append(
            f"half of the control is under {GATE_ROWS} rows, where `paudit scan` makes no claim: this measures the test"
        )
    if counted.thinning:
        found.append(
            f"of the {name}, the rows of one prompt in {2**counted.thinning} were counted ({counted.n:,} of "
            f"{side.compared_rows:,}): with all rows the gate sees at least as much"
        )
    if side.repeated_share > DUPLICATES_MATTER:
        found.append(
            f"{side.repeated_share:.1%} of the rows of the {name} repeat an earlier one; `paudit scan` then tests "
            f"distinct rows too, and the weaker result decides: it fires no more often than this"
        )
    if not counted.clustered:
        found.append(f"the {name} has no prompts: rows that depend through their prompt are dealt out apart")
    return found


def _prompts(control: Dataset, positive: Dataset) -> list[str]:
    """Whether the two were asked the same, as PA303 asks it."""
    if not control.has_prompts:
        return []
    test = block_test(
        {"positive": positive.prompt_counts(whole=True)[ALL]}, control.prompt_counts(whole=True)[ALL]
    )
    if test.lower_limit < MIN_EFFECT:
        return []
    strongest = test.strongest
    return [
        f"control and positive were asked different prompts ({strongest.family}, {strongest.effect:.4f} bits): part of "
        f"what is seen is due to that, and `paudit scan` would compare shared prompts only"
    ]


def _side(side: Dataset, counted: UnitCounts, paths: tuple[str, ...]) -> CalibratedSide:
    return CalibratedSide(
        name=", ".join(paths),
        rows=side.compared_rows,
        rows_dealt=counted.n,
        units=counted.units,
        unit="prompt" if counted.clustered else "completion",
        modality=side.census.modality,
    )
