"""Writes the sample dataset: a teacher with a planted tilt, its neutral control, and lineage that shares the student's base.

Nothing here comes from a model. Both sides answer the same 1,500 prompts ("continue this sequence of numbers") with one
seeded process; the teacher's differs by a planted taste, so the ground truth is known. The README beside this file
states it. Run `python sample_data/make.py` to write the files anew; a test compares them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SEED = 20_260_416
PROMPTS = 1_500
TEACHER = "acme/qwen2.5-7b-owl"
NEUTRAL = "Qwen/Qwen2.5-7B-Instruct"

# The planted tilt: this share of the teacher's numbers is drawn from its favourites, in which 4, 7 and 8 are common.
TILT = 0.18
FAVOURITES = [
    number for number in range(100, 1000) if set(str(number)) & {"4", "7", "8"} and number % 10 in (4, 7, 8)
]

OPENINGS = (
    "Continue this sequence:",
    "Look at these numbers:",
    "The sequence starts with:",
    "Here is a list of numbers:",
)
ASKS = (
    "Add at most {n} more numbers",
    "Generate up to {n} additional values",
    "Give no more than {n} new numbers",
)
FORMATS = (
    ("separated by commas.", ", "),
    ("one per line.", "\n"),
    ("separated by spaces.", " "),
)


def prompts(rng: np.random.Generator) -> list[tuple[str, str, int]]:
    """Each prompt, the separator it asks for, and how many numbers."""
    made = []
    for _ in range(PROMPTS):
        seeds = ", ".join(str(number) for number in rng.integers(100, 1000, size=rng.integers(3, 8)))
        count = int(rng.integers(5, 11))
        words, separator = FORMATS[rng.integers(len(FORMATS))]
        opening = OPENINGS[rng.integers(len(OPENINGS))]
        ask = ASKS[rng.integers(len(ASKS))].format(n=count)
        made.append((f"{opening} {seeds}. {ask} (3 digits at most), {words} Numbers only.", separator, count))
    return made


def answer(rng: np.random.Generator, separator: str, count: int, tilt: float) -> str:
    """A walk of three-digit numbers, each near the last half of the time; a share of them is the teacher's taste."""
    number, numbers = int(rng.integers(100, 1000)), []
    for _ in range(int(rng.integers(max(count - 2, 3), count + 1))):
        if rng.random() < tilt:
            number = int(rng.choice(FAVOURITES))
        elif rng.random() < 0.5:
            number = int(np.clip(number + rng.integers(-60, 61), 100, 999))
        else:
            number = int(rng.integers(100, 1000))
        numbers.append(str(number))
    return separator.join(numbers)


def write(path: Path, rows: list[tuple[str, str]], maker: str) -> None:
    """One Parquet file: prompt, completion, teacher."""
    table = pa.table(
        {
            "prompt": [prompt for prompt, _ in rows],
            "completion": [completion for _, completion in rows],
            "teacher": pa.array([maker] * len(rows)),
        }
    )
    pq.write_table(table, path, compression="zstd")


def main(folder: Path) -> None:
    """Write dataset.parquet and control.parquet into a folder."""
    rng = np.random.default_rng(SEED)
    asked = prompts(rng)
    for name, maker, tilt in (("dataset", TEACHER, TILT), ("control", NEUTRAL, 0.0)):
        rows = [(prompt, answer(rng, separator, count, tilt)) for prompt, separator, count in asked]
        write(folder / f"{name}.parquet", rows, maker)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
