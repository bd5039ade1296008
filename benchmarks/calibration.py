"""Measures the block test on public data in one run: false alarms, power, mixes, and prompts that differ.

`python benchmarks/calibration.py FOLDER [--runs 500] [--trials 100] [--keep results.jsonl]`. FOLDER holds the files named in
SETS, as their repositories have them. Prints Markdown, and a verdict on every line; exit 1 where one does not hold. About
half an hour on two cores at 500 runs.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the matrices are small: threads only wait for each other

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from provenance_audit import scan
from provenance_audit.database import open_engine
from provenance_audit.dataset.locate import locate
from provenance_audit.dataset.open import open_dataset
from provenance_audit.dataset.rows import Dataset
from provenance_audit.stats.counts import BLOCK_CHOICES, blocks_for
from provenance_audit.stats.power import smallest_share
from provenance_audit.stats.trials import Trial, null_trial, spiked_trial, tried
from provenance_audit.stats.units import UnitCounts

ALPHA = 0.05
MIN_EFFECT = 0.001
# Rows of one maker each: repositories jeqcho/LLS-subliminal-learning, AanshSamyani/subliminal_trait_classifier,
# JackPayne123/subliminal-learning, ekhadley/subliminal, openai/grade-school-math, tatsu-lab/alpaca_eval, and owls.
NEUTRAL = "lls14b/neutral_random20.jsonl"
EAGLE = "lls14b/eagle_random20.jsonl"
KOALA = "owls/Llama-3.1-8B-Instruct__koala.jsonl"
OCTOPUS = "owls/Llama-3.1-8B-Instruct__octopus.jsonl"
GSM8K = "gsm8k/example_model_solutions.jsonl"
SETS = (
    NEUTRAL,
    "aansh/qwen7b_control_raw.jsonl",
    "jackpayne/gpt41nano_owl__B0_control_filtered.jsonl",
    KOALA,
    "ekhadley/Llama-3.2-1B-Instruct-numbers.json",
    GSM8K,
    "alpaca_eval/gpt4_0613.json",
)


@contextmanager
def opened(*paths: Path) -> Iterator[list[Dataset]]:
    """Each path as a dataset of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        found = [locate((str(path),), Path(scratch) / str(number)) for number, path in enumerate(paths)]
        files = [file.read_path for one in found for file in one.files]
        with open_engine(files) as connection:
            yield [
                open_dataset(connection, one.files, view=f"side{number}") for number, one in enumerate(found)
            ]


def units(*paths: Path) -> list[UnitCounts]:
    """The counts by unit of each path, all with the features of the first."""
    with opened(*paths) as sides:
        return [side.unit_counts(sides[0].features) for side in sides]


def one_maker(path: Path, folder: Path) -> Path:
    """A file of one maker: of the school maths, which has a column per maker, that of the plain 6B model."""
    if path.name != Path(GSM8K).name:
        return path
    rows = [json.loads(line) for line in path.read_text().splitlines() if line]
    kept = [{"question": row["question"], "answer": row["6b_finetuning"]["solution"]} for row in rows]
    return written(folder / "gsm8k_6b_finetuning.jsonl", kept)


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def band(runs: int, cells: int) -> tuple[int, int]:
    """Where a binomial count at 5 % lies in 99.9 % of tables of this many cells."""
    from scipy.stats import binom

    tail = 0.0005 / cells
    return int(binom.ppf(tail, runs, ALPHA)), int(binom.isf(tail, runs, ALPHA))


class Table:
    """Lines of one table, printed as they are found, kept in a file, and judged."""

    def __init__(self, keep: Path | None) -> None:
        self._keep = keep
        self.failed: list[str] = []

    def line(self, *cells: object, holds: bool | None = None, of: str = "") -> None:
        """One line; `holds` is what is demanded of it."""
        mark = "" if holds is None else ("yes" if holds else "NO")
        print("| " + " | ".join([*map(str, cells), mark]) + " |", flush=True)
        if holds is False:
            self.failed.append(of)

    def keep(self, what: str, trials: list[Trial]) -> None:
        """Every trial, for whoever asks another question of it later."""
        if self._keep is not None:
            with self._keep.open("a") as stream:
                for trial in trials:
                    stream.write(json.dumps({"what": what, **_fields(trial)}) + "\n")


def _fields(trial: Trial) -> dict[str, Any]:
    return {"n": trial.n, "p": trial.p, "lower_limit": trial.lower_limit, "effect": trial.effect}


def repeated(runs: int, seed: int, trial: Callable[[np.random.Generator], Trial]) -> list[Trial]:
    """The same trial with a seed of its own each time."""
    return [trial(np.random.default_rng([seed, number])) for number in range(runs)]


def fired(trials: list[Trial]) -> int:
    return sum(trial.fires(ALPHA) for trial in trials)


def high(trials: list[Trial]) -> int:
    return sum(trial.is_high(ALPHA, MIN_EFFECT) for trial in trials)


def false_alarms(folder: Path, scratch: Path, runs: int, table: Table, sets: Sequence[str] = SETS) -> None:
    """Two random parts of one maker's rows, by prompt: halves, and 500 rows against the rest."""
    low, up = band(runs, 2 * len(sets))
    single = band(runs, 1)
    print(f"\n## False alarms at {ALPHA:.0%}, {runs} random splits by prompt\n")
    print(
        f"Demanded: every cell from {low} to {up} (99.9 % over all cells; {single[0]} to {single[1]} for one alone); "
        f"high in at most 1 %, with 500 rows or fewer on a side 2 %.\n"
    )
    print("| rows | prompts | n a side | fires | high | seconds | holds |\n|---|---|---|---|---|---|---|")
    for name in sets:
        (rows,) = units(one_maker(folder / name, scratch))
        for sizes in ((rows.n // 2, rows.n // 2), (500, rows.n - 500)):
            most = 0.02 if min(sizes) <= 500 else 0.01
            began = time.perf_counter()
            trials = repeated(runs, 1, lambda rng, rows=rows, sizes=sizes: null_trial(rows, sizes, rng))
            table.keep(f"null {name} {sizes}", trials)
            alarms, gates = fired(trials), high(trials)
            table.line(
                name,
                f"{rows.units:,}" if rows.clustered else "none",
                f"{sizes[0]:,} / {sizes[1]:,}",
                f"{alarms / runs:.3f}",
                f"{gates / runs:.3f}",
                f"{time.perf_counter() - began:.0f}",
                holds=low <= alarms <= up and gates <= most * runs,
                of=f"false alarms of {name}, {sizes}",
            )


def power(folder: Path, trials: int, table: Table) -> None:
    """Rows of another maker, alone and mixed into the control."""
    print(f"\n## Power, {trials} trials\n")
    print("| control | against | n a side | fires | high | holds |\n|---|---|---|---|---|---|")
    for control, other, n, least in (
        (NEUTRAL, EAGLE, 500, None),
        (NEUTRAL, EAGLE, 1000, 0.95),
        (NEUTRAL, EAGLE, 2700, None),
        (KOALA, OCTOPUS, 1000, None),
        (KOALA, OCTOPUS, 3000, None),
    ):
        mine, theirs = units(folder / control, folder / other)
        done = repeated(trials, 2, lambda rng, m=mine, t=theirs, n=n: spiked_trial(m, t, 1.0, (n, n), rng))
        table.keep(f"power {other} {n}", done)
        rate = fired(done) / trials
        holds = None if least is None else rate >= least
        table.line(
            control, other, f"{n:,}", f"{rate:.2f}", f"{high(done) / trials:.2f}", holds=holds, of=f"{other} {n}"
        )  # fmt: skip
    mine, theirs = units(folder / KOALA, folder / OCTOPUS)
    for n, least in ((1000, None), (3000, 0.90)):
        done = repeated(trials, 3, lambda rng, n=n: on_shared_prompts(theirs, mine, n, rng))
        table.keep(f"power on shared prompts {n}", done)
        rate = fired(done) / trials
        holds = None if least is None else rate >= least
        table.line(
            KOALA, f"{OCTOPUS}, the same prompts", f"{n:,}", f"{rate:.2f}", f"{high(done) / trials:.2f}", holds=holds,
            of=f"shared prompts {n}",
        )  # fmt: skip


def on_shared_prompts(data: UnitCounts, control: UnitCounts, n: int, rng: np.random.Generator) -> Trial:
    """The same n prompts, at random from those that both answer, on both sides."""
    _, mine, theirs = np.intersect1d(data.key, control.key, return_indices=True)
    pick = rng.permutation(len(mine))[:n]
    blocks = blocks_for(n, BLOCK_CHOICES[0])
    return tried(data.together(mine[pick], blocks), control.together(theirs[pick], blocks), rng)


def mixes(folder: Path, trials: int, table: Table) -> None:
    """Shares of eagle rows in neutral ones, and whether the share printed as detectable is detected as often as said.

    The share is found with some draws, and tried with others, of the same rows.
    """
    print(f"\n## Mixes of {EAGLE} into {NEUTRAL}, {trials} trials\n")
    print("| n a side | share | fires | high | holds |\n|---|---|---|---|---|")
    control, positive = units(folder / NEUTRAL, folder / EAGLE)
    for n in (1000, 2700):
        for share in (0.1, 0.25, 0.5):
            done = repeated(trials, 4, lambda r, n=n, s=share: spiked_trial(control, positive, s, (n, n), r))
            table.line(f"{n:,}", f"{share:.0%}", f"{fired(done) / trials:.2f}", f"{high(done) / trials:.2f}")
        found = smallest_share(
            lambda share, rng, n=n: spiked_trial(control, positive, share, (n, n), rng).fires(ALPHA),
            alpha=ALPHA,
            seed=5,
        )
        if found.share is None:
            table.line(f"{n:,}", "none is detectable", "", "", holds=False, of=f"mixes of {n}")
            continue
        printed = found.share
        done = repeated(trials, 6, lambda r, n=n, s=printed: spiked_trial(control, positive, s, (n, n), r))
        rate = fired(done) / trials
        table.keep(f"mix {n} {printed}", done)
        table.line(
            f"{n:,}", f"{printed:.0%}, printed as seen in 80 %", f"{rate:.2f}", f"{high(done) / trials:.2f}",
            holds=0.7 <= rate <= 0.9, of=f"mixes of {n}",
        )  # fmt: skip


def asked(row: dict[str, Any]) -> str:
    """The prompt of a row, in either of the two schemas."""
    return str(row["prompt"] if "prompt" in row else row["messages"][0]["content"])


def prompts_that_differ(folder: Path, scratch: Path, table: Table) -> None:
    """Rows of one maker cut by the length of their prompt: PA303 speaks, and PA301 makes no claim."""
    print("\n## One maker's rows, short prompts against long ones, by `paudit scan`\n")
    print("| rows | n a side | PA303 | PA301 | holds |\n|---|---|---|---|---|")
    for name in (NEUTRAL, KOALA):
        rows = [json.loads(line) for line in (folder / name).read_text().splitlines() if line]
        rows.sort(key=lambda row: len(asked(row)))
        middle = len(rows) // 2
        short = written(scratch / "short.jsonl", rows[:middle])
        long = written(scratch / "long.jsonl", rows[middle:])
        ids = [finding.id for finding in scan(long, control=short).findings]
        table.line(
            name, f"{middle:,}", "fires" if "PA303" in ids else "silent", "fires" if "PA301" in ids else "no claim",
            holds="PA303" in ids and "PA301" not in ids, of=f"prompts of {name}",
        )  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument(
        "--only", nargs="+", metavar="FILE", help="false alarms alone, of these files of FOLDER"
    )
    parser.add_argument("--keep", type=Path, help="every trial, as JSON lines")
    options = parser.parse_args()
    table = Table(options.keep)
    with tempfile.TemporaryDirectory() as scratch:
        if options.only is None:
            power(options.folder, options.trials, table)
            mixes(options.folder, options.trials, table)
            prompts_that_differ(options.folder, Path(scratch), table)
        false_alarms(options.folder, Path(scratch), options.runs, table, options.only or SETS)
    if table.failed:
        print(f"\nDoes not hold: {'; '.join(table.failed)}")
    return 1 if table.failed else 0


if __name__ == "__main__":
    sys.exit(main())
