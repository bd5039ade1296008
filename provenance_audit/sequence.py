"""The state of `--sequential`: what was looked at, what counted as evidence, and the evidence. One JSON file, no text of rows.

A look counts when its rows are new, and its control is a fresh slice or at least twenty times all rows tested so far: only
then are looks as good as independent. A look that does not count is kept, and changes no evidence.
"""

from __future__ import annotations

import json
from collections.abc import Sequence as Many
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from provenance_audit._version import __version__
from provenance_audit.dataset.sketch import overlap
from provenance_audit.errors import UsageError
from provenance_audit.findings import Sequence
from provenance_audit.stats.counts import BlockCounts
from provenance_audit.stats.sequential import CONTROL_TO_TESTED, Evidence, look, nothing_yet

KIND = "paudit sequential state 1"


@dataclass(frozen=True, slots=True)
class Look:
    """One set of rows held against a control. effects: bits, by family. verdict: of that run."""

    data: str
    control: str
    seed: int
    version: str
    started: str
    rows: int
    p: float
    effects: dict[str, float]
    counted: bool
    verdict: str
    sketch: list[int]
    control_sketch: list[int]


@dataclass(frozen=True, slots=True)
class State:
    """All looks so far. version: of the paudit whose features the evidence is about."""

    version: str = __version__
    looks: tuple[Look, ...] = ()
    evidence: Evidence = field(default_factory=nothing_yet)


def read_state(path: str) -> State:
    """The state in a file, or a new one where there is no file. Raises UsageError for a file that is no state."""
    file = Path(path)
    if not file.exists():
        return State()
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["kind"] != KIND:
            raise ValueError(content["kind"])
        state = _state(content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"--sequential {path}: not a state that paudit wrote ({type(error).__name__})",
            remedy="name another file; it is made at the first look",
        ) from error
    if state.version != __version__:
        raise UsageError(
            f"--sequential {path}: written by paudit {state.version}, this is {__version__}: its evidence is about "
            "other features",
            remedy="name another file, and begin anew",
        )
    return state


def take_look(
    state: State,
    now: Look,
    data: BlockCounts,
    control: BlockCounts,
    *,
    control_rows: int,
    alpha: float,
) -> tuple[State, Sequence]:
    """Add a look to the state, as evidence if it may count. now: as it would be kept; `counted` is decided here."""
    repeated = next(
        (
            (number, earlier.verdict)
            for number, earlier in enumerate(state.looks, 1)
            if (earlier.data, earlier.control, earlier.seed, earlier.version)
            == (now.data, now.control, now.seed, now.version)
        ),
        None,
    )
    if repeated is not None:
        reason = f"the same rows, control, seed and version as look {repeated[0]}: its verdict stands"
        return state, _shown(state, counted=False, reason=reason, alpha=alpha, repeated=repeated)
    reason = _why_not(state.looks, now, control_rows)
    counted = not reason
    after = replace(
        state,
        looks=(*state.looks, replace(now, counted=counted)),
        evidence=look(state.evidence, now.p, data, control) if counted else state.evidence,
    )
    return after, _shown(after, counted=counted, reason=reason, alpha=alpha, repeated=None)


def _why_not(looks: Many[Look], now: Look, control_rows: int) -> str:
    """Why a look is no evidence; empty where it is."""
    for number, earlier in enumerate(looks, 1):
        if earlier.data == now.data or overlap(earlier.sketch, now.sketch):
            return f"its rows were part of look {number}"
    used = [number for number, one in enumerate(looks, 1) if _same_control(one, now)]
    tested = now.rows + sum(one.rows for one in looks)
    if used and control_rows < CONTROL_TO_TESTED * tested:
        return (
            f"its control was used in look {used[0]}, and its {control_rows:,} rows are fewer than {CONTROL_TO_TESTED} "
            f"times the {tested:,} tested so far"
        )
    return ""


def _same_control(one: Look, other: Look) -> bool:
    return one.control == other.control or overlap(one.control_sketch, other.control_sketch)


def _shown(
    state: State, *, counted: bool, reason: str, alpha: float, repeated: tuple[int, str] | None
) -> Sequence:
    evidence = state.evidence
    return Sequence(
        looks=(len(state.looks), evidence.looks),
        counted=counted,
        reason=reason,
        evidence=(evidence.highest, evidence.p) if evidence.looks else None,
        alarm=evidence.alarms(alpha),
        alpha=alpha,
        mean_effect=_mean_effect(state.looks),
        repeated=repeated,
        after=_written(state),
    )


def _mean_effect(looks: Many[Look]) -> tuple[str, float]:
    """The running mean, weighted by rows, of the family in which it is largest."""
    rows: dict[str, float] = {}
    sums: dict[str, float] = {}
    for one in looks:
        for family, effect in one.effects.items():
            rows[family] = rows.get(family, 0.0) + one.rows
            sums[family] = sums.get(family, 0.0) + one.rows * effect
    means = {family: sums[family] / rows[family] for family in sums}
    return max(means.items(), key=lambda item: item[1], default=("", 0.0))


def _written(state: State) -> str:
    evidence = state.evidence
    return (
        json.dumps(
            {
                "kind": KIND,
                "version": state.version,
                "looks": [asdict(one) for one in state.looks],
                "evidence": {
                    "log_p": evidence.log_p.tolist(),
                    "log_scores": evidence.log_scores.tolist(),
                    "highest": evidence.highest,
                    "looks": evidence.looks,
                    "direction": {name: table.tolist() for name, table in evidence.direction.items()},
                },
            },
            allow_nan=False,
        )
        + "\n"
    )


def _state(content: dict[str, Any]) -> State:
    kept = content["evidence"]
    fresh = nothing_yet()
    evidence = Evidence(
        np.asarray(kept["log_p"], dtype=np.float64),
        np.asarray(kept["log_scores"], dtype=np.float64),
        float(kept["highest"]),
        {name: np.asarray(table, dtype=np.float64) for name, table in kept["direction"].items()},
        int(kept["looks"]),
    )
    if (evidence.log_p.shape, evidence.log_scores.shape) != (fresh.log_p.shape, fresh.log_scores.shape):
        raise ValueError("shape")
    return State(content["version"], tuple(Look(**one) for one in content["looks"]), evidence)
