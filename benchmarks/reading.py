"""Measures how fast datasets are opened and counted, as ratios in one run: `paudit inspect` against DuckDB's own typed count.

`python benchmarks/reading.py [--rows 2000000] [--shards 2000] [--repeat 3]`. Data are generated. Prints Markdown.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from run import GENERATE, medians, run

TYPED = """
import duckdb, sys
print(duckdb.execute("SELECT count(prompt), count(completion) FROM read_json(?, format = 'newline_delimited', "
                     "columns = {'prompt': 'VARCHAR', 'completion': 'VARCHAR'})", [sys.argv[1]]).fetchall())
"""
TO_JSONL = (
    "import duckdb, sys; duckdb.execute(f\"COPY (FROM '{sys.argv[1]}') TO '{sys.argv[2]}' (FORMAT json)\")"
)
TO_SHARDS = """
import duckdb, sys
from pathlib import Path
source, folder, shards = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
folder.mkdir()
duckdb.execute(f"CREATE TABLE rows AS SELECT *, row_number() OVER () % {shards} AS shard FROM '{source}'")
for shard in range(shards):
    duckdb.execute(f"COPY (SELECT prompt, completion FROM rows WHERE shard = {shard}) TO '{folder}/{shard:05}.parquet'")
duckdb.execute(f"COPY (SELECT prompt, completion FROM rows) TO '{folder}.parquet'")
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--shards", type=int, default=2_000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    python = sys.executable
    inspect = [python, "-m", "provenance_audit", "inspect"]
    with tempfile.TemporaryDirectory() as folder:
        parquet, jsonl, shards = f"{folder}/rows.parquet", f"{folder}/rows.jsonl", f"{folder}/shards"
        subprocess.run([python, "-c", GENERATE, parquet, str(options.rows), "0"], check=True)
        subprocess.run([python, "-c", TO_JSONL, parquet, jsonl], check=True)
        subprocess.run([python, "-c", TO_SHARDS, parquet, shards, str(options.shards)], check=True)
        size = Path(jsonl).stat().st_size / 2**20
        costs = medians(
            options.repeat,
            typed=[python, "-c", TYPED, jsonl],
            jsonl=[*inspect, jsonl],
            whole=[*inspect, f"{shards}.parquet"],
            shards=[*inspect, shards],
        )
        import_duckdb, import_paudit = (
            run(python, "-c", "import duckdb"),
            run(*inspect, "sample_data/dataset.parquet"),
        )
    print(
        f"\n{options.rows:,} rows, {size:.0f} MB of JSONL; medians of {options.repeat}; start-up taken off\n"
    )
    print("| what | wall s | peak MB | ratio |\n|---|---|---|---|")
    typed = costs["typed"].wall - import_duckdb.wall
    whole = costs["whole"].wall - import_paudit.wall
    for name, label, start, base in (
        ("typed", "JSONL: DuckDB, typed read_json, count", import_duckdb, typed),
        ("jsonl", "JSONL: paudit inspect", import_paudit, typed),
        ("whole", "Parquet, one file: paudit inspect", import_paudit, whole),
        (
            "shards",
            f"Parquet, {options.shards:,} shards of the same rows: paudit inspect",
            import_paudit,
            whole,
        ),
    ):
        wall = costs[name].wall - start.wall
        print(f"| {label} | {wall:.2f} | {costs[name].peak:.0f} | {wall / base:.2f} |")


if __name__ == "__main__":
    main()
