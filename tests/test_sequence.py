"""The state of a sequence: what counts as evidence, what does not, and that it is kept as it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from provenance_audit._version import __version__
from provenance_audit.errors import UsageError
from provenance_audit.findings import Sequence
from provenance_audit.sequence import Look, State, read_state, take_look
from tests.stats.worlds import random_units

ROWS = 600


def taken(
    state: State,
    number: int,
    *,
    control: int | None = None,
    control_rows: int = ROWS,
    sketch: list[int] | None = None,
    control_sketch: list[int] | None = None,
    seed: int = 0,
    p: float = 0.5,
) -> tuple[State, Sequence]:
    """Look `number`, at its own rows and, unless told otherwise, its own control."""
    theirs = number if control is None else control
    now = Look(
        data=f"data {number}",
        control=f"control {theirs}",
        seed=seed,
        version=__version__,
        started="2026-01-01T00:00:00+00:00",
        rows=ROWS,
        p=p,
        effects={"value": 0.001 * number, "ending": 0.0},
        counted=False,
        verdict="REVIEW",
        sketch=sketch or [10_000 * number + 1, 10_000 * number + 2],
        control_sketch=control_sketch or [10_000 * theirs + 5, 10_000 * theirs + 6],
    )
    sides = [random_units(seed, 120) for seed in (2 * number, 2 * number + 1)]
    data, other = (units.together(np.arange(units.units), 64) for units in sides)
    return take_look(state, now, data, other, control_rows=control_rows, alpha=0.05)


def test_new_rows_and_a_fresh_control_are_evidence(tmp_path: Path) -> None:
    state = State()
    for number in (1, 2, 3):
        state, shown = taken(state, number, p=0.001)
        assert shown.counted
        assert shown.looks == (number, number)
    assert shown.alarm
    assert shown.evidence is not None
    assert shown.evidence[0] == pytest.approx(1 / shown.evidence[1])
    file = tmp_path / "state.json"
    file.write_text(shown.after)
    kept = read_state(str(file))
    assert kept.looks == state.looks
    assert kept.evidence.highest == state.evidence.highest
    _, one = taken(kept, 4)
    _, other = taken(state, 4)
    assert one == other


def test_the_same_run_again_reuses_its_verdict_and_adds_nothing() -> None:
    state, _ = taken(State(), 1, p=0.001)
    again, shown = taken(state, 1, p=0.001)
    assert again is state
    assert shown.repeated == (1, "REVIEW")
    assert not shown.counted


def test_the_same_rows_with_another_seed_are_no_evidence() -> None:
    state, _ = taken(State(), 1)
    after, shown = taken(state, 1, seed=5, control=9)
    assert shown.looks == (2, 1)
    assert shown.reason == "its rows were part of look 1"
    assert after.evidence is state.evidence


def test_rows_that_overlap_with_earlier_ones_are_no_evidence() -> None:
    state, _ = taken(State(), 1, sketch=list(range(100)))
    _, shown = taken(state, 2, sketch=list(range(90, 190)))
    assert not shown.counted
    _, shown = taken(state, 2, sketch=list(range(98, 190)))
    assert shown.counted  # a few rows alike are chance


def test_a_control_used_before_counts_only_if_it_is_twenty_times_all_that_was_tested() -> None:
    state, _ = taken(State(), 1, control=7, control_rows=20 * 2 * ROWS)
    _, enough = taken(state, 2, control=7, control_rows=20 * 2 * ROWS)
    _, too_few = taken(state, 2, control=7, control_rows=20 * 2 * ROWS - 1)
    assert enough.counted
    assert not too_few.counted
    assert "20 times the 1,200 tested so far" in too_few.reason
    state, _ = taken(state, 2, control=7, control_rows=20 * 2 * ROWS)
    _, third = taken(state, 3, control=7, control_rows=20 * 2 * ROWS)
    assert not third.counted  # a control is used up by what is tested against it
    _, overlapping = taken(state, 3, control_rows=ROWS, control_sketch=[70_005, 70_006])
    assert not overlapping.counted


def test_a_look_that_does_not_count_leaves_the_evidence_valid() -> None:
    state, _ = taken(State(), 1)
    before = state.evidence
    state, _ = taken(state, 2, control=1)
    assert state.evidence is before
    state, shown = taken(state, 3)
    assert shown.counted
    assert shown.looks == (3, 2)


def test_the_running_mean_is_of_the_family_where_it_is_largest() -> None:
    state, _ = taken(State(), 1)
    _, shown = taken(state, 3)
    family, mean = shown.mean_effect
    assert family == "value"
    assert mean == pytest.approx(0.002)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"kind": "other"}', '{"kind": "paudit sequential state 1"}', "\x00"])  # fmt: skip
def test_a_file_that_is_no_state_is_refused_in_one_line(tmp_path: Path, content: str) -> None:
    file = tmp_path / "state.json"
    file.write_text(content)
    with pytest.raises(UsageError, match="not a state that paudit wrote"):
        read_state(str(file))


def test_a_state_of_another_version_is_refused(tmp_path: Path) -> None:
    _, shown = taken(State(), 1)
    file = tmp_path / "state.json"
    file.write_text(shown.after.replace(f'"version": "{__version__}"', '"version": "0.0.9"', 1))
    with pytest.raises(UsageError, match=r"written by paudit 0\.0\.9"):
        read_state(str(file))


def test_no_file_is_a_new_sequence(tmp_path: Path) -> None:
    assert read_state(str(tmp_path / "none.json")).looks == ()
