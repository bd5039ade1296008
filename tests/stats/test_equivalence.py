"""Equivalence: claimed falsely at most at its level, and claimed where it is so and the rows are many."""

from __future__ import annotations

import numpy as np
import pytest

from provenance_audit.stats.counts import BlockCounts
from provenance_audit.stats.effect import BITS, jensen_shannon
from provenance_audit.stats.equivalence import equivalence, upper_limit
from tests.stats.worlds import band

BLOCKS = 64


def divergence(p: np.ndarray, q: np.ndarray) -> float:
    """The effect in bits, of the true shares: what the estimate is of."""
    return float(((p - q) ** 2 / ((p + q) / 2)).sum() / BITS)


def side(rng: np.random.Generator, p: np.ndarray, rows: int) -> BlockCounts:
    """Rows of 8 tokens, four to a prompt, which share its taste."""
    prompts = rows // 4
    block = rng.integers(0, BLOCKS, prompts)
    table, n = np.zeros((BLOCKS, len(p))), np.zeros(BLOCKS)
    tokens = np.array([rng.multinomial(32, taste) for taste in rng.dirichlet(200 * p, size=prompts)])
    np.add.at(table, block, tokens)
    np.add.at(n, block, 4)
    return BlockCounts(n, {"value": table}, np.arange(BLOCKS, dtype=np.uint64))


def tilted(features: int, shift: float, *, every: bool) -> tuple[np.ndarray, np.ndarray]:
    q = np.linspace(1, 2, features)
    p = q * (1 + shift * np.where(np.arange(features) % 2, 1, -1)) if every else q.copy()
    if not every:
        p[-1] *= 1 + shift
    return p / p.sum(), q / q.sum()


@pytest.mark.parametrize(
    ("features", "shift", "every"), [(4, 0.12, False), (20, 0.3, False), (20, 0.15, True), (60, 0.1, True)]
)
def test_a_difference_as_large_as_the_margin_is_hardly_ever_called_equivalent(
    features: int, shift: float, every: bool
) -> None:
    rng = np.random.default_rng(features)
    p, q = tilted(features, shift, every=every)
    margin, runs = divergence(p, q), 300
    claimed = 0
    for _ in range(runs):
        found = equivalence({"g": side(rng, p, 800)}, side(rng, q, 1200), margin)
        assert found is not None
        claimed += found.claimed
    assert claimed <= band(runs, 0.05)[1]


def test_what_is_the_same_is_called_equivalent_within_a_margin_that_the_rows_can_show() -> None:
    rng = np.random.default_rng(1)
    p, q = tilted(20, 0.0, every=True)
    claims = [
        equivalence({"g": side(rng, p, 4000)}, side(rng, q, 4000), margin)
        for margin in (0.002, 0.00001)
        for _ in range(20)
    ]
    assert np.mean([one is not None and one.claimed for one in claims[:20]]) >= 0.8
    # A margin far below what so many rows resolve: claimed by luck alone, at most at the level.
    assert sum(one is not None and one.claimed for one in claims[20:]) <= band(20, 0.05)[1]


def test_the_widest_family_of_all_groups_decides() -> None:
    rng = np.random.default_rng(2)
    p, q = tilted(20, 0.9, every=True)
    same, other, control = side(rng, q, 2000), side(rng, p, 2000), side(rng, q, 2000)
    found = equivalence({"same": same, "other": other}, control, 0.005)
    assert found is not None
    assert found.group == "other"
    assert not found.claimed
    assert found.upper >= jensen_shannon(other.families["value"], control.families["value"]).value


def test_the_limit_is_never_below_the_end_of_the_interval() -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        p, q = tilted(10, float(rng.uniform(0, 0.5)), every=True)
        effect = jensen_shannon(side(rng, p, 600).families["value"], side(rng, q, 600).families["value"])
        assert upper_limit(effect) >= effect.interval[1]


def test_a_family_that_never_varies_has_the_limit_of_what_was_not_seen() -> None:
    n = np.full(BLOCKS, 10.0)
    one, other = (BlockCounts(n, {"format": n[:, None]}, None) for _ in range(2))
    found = equivalence({"g": one}, other, 0.01)
    assert found is not None
    unseen = np.array([1 - 3 / 640, 3 / 640])
    assert found.upper == pytest.approx(divergence(unseen, np.array([1.0, 0.0])), rel=0.01)
    assert found.claimed


def test_sides_that_share_no_family_are_not_called_equivalent() -> None:
    rng = np.random.default_rng(4)
    p, q = tilted(10, 0.0, every=True)
    one, other = side(rng, p, 600), side(rng, q, 600)
    renamed = BlockCounts(other.rows, {"other": other.families["value"]}, other.digest)
    assert equivalence({"g": one}, renamed, 1.0) is None
