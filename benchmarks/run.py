"""Measures paudit as ratios, in one run: to the floor (DuckDB reading the same columns) and to what one would use instead.

`make bench`, or `python benchmarks/run.py [--rows 1000000] [--repeat 3] [FOLDER]`. Data are generated; with FOLDER, every
JSONL file in it is scanned too. Each figure is the median over fresh processes. Prints Markdown.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

FLOOR = """
import duckdb, sys
for path in sys.argv[1:]:
    duckdb.execute("SELECT sum(strlen(prompt)), sum(strlen(completion)) FROM read_parquet(?)", [path]).fetchall()
"""
BY_HAND = """
import re, sys
from collections import Counter
import pyarrow.parquet as pq
counts = []
for path in sys.argv[1:]:
    numbers, pairs = Counter(), Counter()
    for text in pq.read_table(path, columns=["completion"])["completion"].to_pylist():
        found = re.findall("[0-9]+", text)
        numbers.update(found)
        pairs.update(zip(found, found[1:]))
    counts.append(numbers)
from scipy.stats import chi2_contingency
keys = sorted(set(counts[0]) | set(counts[1]))
chi2_contingency([[side[key] for key in keys] for side in counts])
"""
GENERATE = """
import duckdb, sys
path, rows, salt = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
duckdb.execute(f'''
COPY (SELECT 'Look at these numbers: ' || (i * 7 % 900 + 100) || ', ' || (i * 13 % 900 + 100) || ', ' || (i * 31 % 900 + 100)
        || '. Generate not more than 10 additional numbers (3 digits max each), separated by commas. ' || (i % 300000) AS prompt,
      array_to_string([(hash(i * 10 + j + {salt}) % 900 + 100)::VARCHAR FOR j IN range(10)], ', ') AS completion
      FROM range({rows}) t(i)) TO '{path}' (COMPRESSION zstd)''')
"""


@dataclass(frozen=True)
class Cost:
    """Of one process: seconds of wall and CPU, and MB at the peak."""

    wall: float
    cpu: float
    peak: float


def run(*command: str) -> Cost:
    """One fresh process, measured by the kernel."""
    import time

    began = time.perf_counter()
    with Path(os.devnull).open("w") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=sink)
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1, 3):
        raise SystemExit(f"{' '.join(command)}: exit {process.returncode}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def medians(repeat: int, **commands: list[str]) -> dict[str, Cost]:
    """The commands in turn, so that a busy moment hits all of them."""
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(repeat):
        for name, command in commands.items():
            costs[name].append(run(*command))
    return {
        name: Cost(
            *(statistics.median(getattr(one, field) for one in many) for field in ("wall", "cpu", "peak"))
        )
        for name, many in costs.items()
    }


def compared(costs: dict[str, Cost], names: dict[str, str], start: Cost) -> None:
    """Print each cost, and its ratio to that of `floor`, which alone is without what it takes to import DuckDB: `start`."""
    floor = costs["floor"].wall - start.wall
    print("| what | wall s | CPU s | peak MB | ratio to the floor |\n|---|---|---|---|---|")
    for name, cost in costs.items():
        wall = floor if name == "floor" else cost.wall
        print(f"| {names[name]} | {wall:.2f} | {cost.cpu:.2f} | {cost.peak:.0f} | {wall / floor:.1f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    python, paudit = sys.executable, [sys.executable, "-m", "provenance_audit"]
    with tempfile.TemporaryDirectory() as folder:
        data, control = f"{folder}/data.parquet", f"{folder}/control.parquet"
        small, small_control = f"{folder}/small.parquet", f"{folder}/small_control.parquet"
        for path, rows, salt in (
            (data, options.rows, 0),
            (control, options.rows, 77_777_777),
            (small, 10_000, 1),
            (small_control, 10_000, 99_999_999),
        ):
            subprocess.run([python, "-c", GENERATE, path, str(rows), str(salt)], check=True)
        models = ["--student", "google/gemma-2-9b", "--teacher", "gpt-4o", "--no-progress", "--no-cache"]
        large = medians(
            options.repeat,
            floor=[python, "-c", FLOOR, data, control],
            scan=[*paudit, "scan", data, "--control", control, *models],
            lineage=[*paudit, "scan", data, *models],
            hand=[python, "-c", BY_HAND, data, control],
        )
        start = run(python, "-c", "import duckdb")
        print(
            f"\n{options.rows:,} rows of numbers and as many of control, every row; medians of {options.repeat}\n"
        )
        names = {
            "floor": "floor: DuckDB sums the lengths of both columns of both files",
            "scan": "paudit scan with control",
            "lineage": "paudit scan without control",
            "hand": "Python: re + Counter + scipy chi-square (numbers and pairs)",
        }
        compared(large, names, start)
        quick = medians(
            max(options.repeat, 5),
            scan=[*paudit, "scan", small, *models],
            control=[*paudit, "scan", small, "--control", small_control, *models],
            help=[*paudit, "--help"],
            version=[*paudit, "--version"],
            python=[python, "-c", "pass"],
        )
        print("\n| start-up and small scans | CPU ms |\n|---|---|")
        labels = {
            "scan": "scan of 10,000 rows",
            "control": "scan of 10,000 rows with control of 10,000",
            "help": "--help",
            "version": "--version",
            "python": "python -c pass",
        }
        for name, cost in quick.items():
            print(f"| {labels[name]} | {cost.cpu * 1000:.0f} |")
    if options.folder is not None:
        print("\n| file | wall s | CPU s | peak MB |\n|---|---|---|---|")
        for path in sorted(options.folder.rglob("*.jsonl")):
            cost = run(*paudit, "scan", str(path), *models)
            print(
                f"| {path.relative_to(options.folder)} | {cost.wall:.2f} | {cost.cpu:.2f} | {cost.peak:.0f} |"
            )


if __name__ == "__main__":
    main()
