"""Measures how fast datasets are opened and counted, as ratios in one run: `paudit inspect` against DuckDB's own typed count,
and thousands of shards against the same rows in one file, of every container.

`python benchmarks/reading.py [--rows 2000000] [--shards 2000] [--repeat 3]`. Data are generated. Prints Markdown: CPU, which
other work on the machine disturbs least, with start-up taken off, and of the whole process.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from run import GENERATE, Cost, medians

TYPED = """
import duckdb, sys
print(duckdb.execute("SELECT count(prompt), count(completion) FROM read_json(?, format = 'newline_delimited', "
                     "columns = {'prompt': 'VARCHAR', 'completion': 'VARCHAR'})", [sys.argv[1]]).fetchall())
"""
WRITE = """
import sys
from pathlib import Path
import duckdb
import pyarrow as pa, pyarrow.csv, pyarrow.parquet
source, folder, shards = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
rows = pa.parquet.read_table(source)

def arrow(table, path):
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table)

WRITERS = {
    "parquet": lambda table, path: pa.parquet.write_table(table, path, compression="zstd"),
    "arrow": arrow,
    "csv": lambda table, path: pa.csv.write_csv(table, path),
}
for name, write in WRITERS.items():
    write(rows, str(folder / f"rows.{name}"))
    (folder / name).mkdir()
    size = -(-len(rows) // shards)
    for number in range(shards):
        write(rows.slice(number * size, size), str(folder / name / f"{number:05}.{name}"))
duckdb.execute(f"COPY (FROM '{source}') TO '{folder}/rows.jsonl' (FORMAT json)")
lines = (folder / "rows.jsonl").read_bytes().splitlines(keepends=True)
(folder / "jsonl").mkdir()
for number in range(shards):
    (folder / "jsonl" / f"{number:05}.jsonl").write_bytes(b"".join(lines[number * size : (number + 1) * size]))
"""
CONTAINERS = ("parquet", "jsonl", "csv", "arrow")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--shards", type=int, default=2_000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    python = sys.executable
    inspect = [python, "-m", "provenance_audit", "inspect"]
    with tempfile.TemporaryDirectory() as folder:
        source = f"{folder}/source.parquet"
        subprocess.run([python, "-c", GENERATE, source, str(options.rows), "0"], check=True)
        subprocess.run([python, "-c", WRITE, source, folder, str(options.shards)], check=True)
        size = Path(f"{folder}/rows.jsonl").stat().st_size / 2**20
        costs = medians(
            options.repeat,
            engine=[python, "-c", "import duckdb"],
            start=[*inspect, "sample_data/dataset.parquet"],
            typed=[python, "-c", TYPED, f"{folder}/rows.jsonl"],
            **{f"{name} whole": [*inspect, f"{folder}/rows.{name}"] for name in CONTAINERS},
            **{f"{name} shards": [*inspect, f"{folder}/{name}"] for name in CONTAINERS},
        )
    print(f"\n{options.rows:,} rows, {size:.0f} MB of JSONL; medians of {options.repeat}\n")
    print(
        "| what | CPU s | of it start-up | peak MB | ratio | ratio of processes |\n|---|---|---|---|---|---|"
    )
    typed = costs["typed"]
    line("JSONL: DuckDB, typed read_json, count", typed, costs["engine"], typed, costs["engine"])
    line("JSONL: paudit inspect", costs["jsonl whole"], costs["start"], typed, costs["engine"])
    for name in CONTAINERS:
        whole = costs[f"{name} whole"]
        line(f"{name}, one file: paudit inspect", whole, costs["start"], whole, costs["start"])
        shards = f"{name}, {options.shards:,} shards of the same rows"
        line(shards, costs[f"{name} shards"], costs["start"], whole, costs["start"])


def line(what: str, cost: Cost, start: Cost, base: Cost, base_start: Cost) -> None:
    """A line of the table: the ratio without the start-up of either, and of the processes as a user waits for them."""
    ratio = (cost.cpu - start.cpu) / (base.cpu - base_start.cpu)
    print(
        f"| {what} | {cost.cpu:.2f} | {start.cpu:.2f} | {cost.peak:.0f} | {ratio:.2f} | {cost.cpu / base.cpu:.2f} |"
    )


if __name__ == "__main__":
    main()
