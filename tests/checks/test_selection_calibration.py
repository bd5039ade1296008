"""Kept against removed: false alarms where a random half is kept, and power where the filter has a taste."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from scipy import stats

from provenance_audit.checks.selection import SelectionTest, compare_selection
from provenance_audit.checks.statistics import StatisticalParameters
from provenance_audit.database import Connection, open_engine
from provenance_audit.dataset.columns import CANONICAL
from provenance_audit.dataset.files import find
from provenance_audit.dataset.open import open_dataset
from provenance_audit.dataset.rows import Dataset
from provenance_audit.dataset.sieve import Sieve
from tests.checks.worlds import numbers

RUNS = 25
PARAMETERS = StatisticalParameters(replicates=399)


@pytest.fixture(scope="module", params=[2400, 400], ids=["a prompt each", "six rows a prompt"])
def rows(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Connection, Dataset]]:
    path: Path = numbers(
        tmp_path_factory.mktemp("rows") / "rows.jsonl", 1, rows=2400, prompts=request.param, tilt=0.2
    )
    with open_engine([str(path)]) as connection:
        data = open_dataset(connection, find([str(path)]), view="data")
        connection.execute("CREATE TEMP TABLE held AS FROM data")
        yield connection, data


def selected(rows: tuple[Connection, Dataset], kept: str, seed: int) -> SelectionTest:
    connection, data = rows
    columns = ", ".join(f"{kept} AS kept" if name == "kept" else name for name in CANONICAL)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW seen AS SELECT {columns}, doubtful FROM held")
    return compare_selection(Sieve(connection, "seen", "test", data), data.features, (), PARAMETERS, seed)


def test_a_random_half_seldom_alarms(rows: tuple[Connection, Dataset]) -> None:
    made = [selected(rows, f"hash({seed}, prompt, completion) % 2 = 0", seed) for seed in range(RUNS)]
    assert not any(one.refusal for one in made)
    assert sum(one.p <= 0.05 for one in made) <= stats.binom.ppf(0.999, RUNS, 0.05)
    assert sum(one.p <= 0.05 and one.lower_limit >= PARAMETERS.min_effect for one in made) <= 2


def test_a_filter_with_a_taste_is_seen(rows: tuple[Connection, Dataset]) -> None:
    taste = "regexp_matches(completion, '4[0-9][0-9].*4[0-9][0-9]')"
    for seed in range(5):
        made = selected(
            rows, f"hash({seed}, prompt, completion) % 100 < CASE WHEN {taste} THEN 80 ELSE 35 END", seed
        )
        assert made.p <= 0.05
        assert made.lower_limit >= PARAMETERS.min_effect
