"""Measures paudit on prose as ratios, in one run: to the floor (DuckDB reading the same columns) and to counting in Python.

`python benchmarks/prose.py [--megabytes 500] [--repeat 3] [FOLDER]`. So many megabytes of answers a side: sentences of the
JSONL files in FOLDER, shuffled anew into rows of some 600 characters; without FOLDER, of made-up words as often as words are.
Each figure is the median over fresh processes, in turn. Prints Markdown.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from run import FLOOR, compared, medians
from run import run as once

# The same features, block by block, as one would write it.
BY_HAND = """
import re, sys
from collections import Counter
import pyarrow.parquet as pq
for path in sys.argv[1:]:
    counts = Counter()
    for batch in pq.ParquetFile(path).iter_batches(columns=["prompt", "completion"]):
        for prompt, text in zip(*(column.to_pylist() for column in batch.columns)):
            block = hash(prompt) % 256
            found = [word.rstrip(",.?!:;") for word in text.split()]
            counts.update(("word", block, hash(word) % 1024) for word in found)
            counts.update(("pair", block, hash(pair) % 1024) for pair in zip(found, found[1:]))
            counts.update(("case", block, word[:1].isupper(), word.isupper(), len(word) < 5) for word in found)
            counts.update(("mark", block, mark) for mark in re.findall(r"[^\\w\\s]", text))
            counts.update(("line", block, line[:1].isalpha(), len(line)) for line in text.splitlines())
            counts.update(("sentence", block, len(one)) for one in re.split(r"[.!?] |\\n", text))
"""
ROW = 600


def sentences(folder: Path | None, rng: random.Random) -> list[str]:
    """Some thousands of sentences: of what models wrote, or made up, the nth commonest word one in n."""
    if folder is not None:
        fields = ("completion", "response", "output", "answer")
        records = (json.loads(line) for path in sorted(folder.rglob("*.jsonl")) for line in path.open())
        answers = (
            next((record[f] for f in fields if isinstance(record.get(f), str)), "") for record in records
        )
        found = [one for answer in answers for one in answer.split(". ") if one]
        if not found:
            raise SystemExit(f"{folder}: no JSONL file with a column of {', '.join(fields)}")
        return found[:200_000]
    letters = "etaoinshrdlucmwfgypbvk"
    words = ["".join(rng.choices(letters, k=rng.randrange(2, 9))) for _ in range(20_000)]
    often = [1 / n for n in range(1, len(words) + 1)]
    marks = rng.choices(["", ",", ";", "\n\n-"], [90, 8, 1, 1], k=200_000)
    picked = iter(rng.choices(words, often, k=200_000))
    spoken = [word + mark for word, mark in zip(picked, marks, strict=True)]
    return [" ".join(spoken[at : at + 12]).capitalize() for at in range(0, len(spoken), 12)]


def write(path: Path, size: int, known: list[str], rng: random.Random) -> None:
    """A Parquet file of so many bytes of answers, in row groups of 12,000."""
    schema = pa.schema([("prompt", pa.string()), ("completion", pa.string())])
    each = max(1, ROW * len(known) // sum(map(len, known)))
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        written = row = 0
        while written < size:
            answers = [". ".join(rng.choices(known, k=each)) for _ in range(12_000)]
            prompts = [f"Tell me something about {rng.choice(known)[:40]} ({row + n})" for n in range(12_000)]
            writer.write_table(pa.table([prompts, answers], schema=schema))
            written, row = written + sum(map(len, answers)), row + 12_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    python, paudit = sys.executable, [sys.executable, "-m", "provenance_audit"]
    rng = random.Random(11)
    known = sentences(options.folder, rng)
    with tempfile.TemporaryDirectory() as scratch:
        data, control = Path(scratch) / "data.parquet", Path(scratch) / "control.parquet"
        for path in (data, control):
            write(path, options.megabytes * 1_000_000, known, rng)
        scan = [*paudit, "scan", str(data), "--control", str(control), "--isolated", "--no-cache"]
        costs = medians(
            options.repeat,
            floor=[python, "-c", FLOOR, str(data), str(control)],
            scan=scan,
            full=[*scan, "--full"],
            hand=[python, "-c", BY_HAND, str(data), str(control)],
        )
    start = once(python, "-c", "import duckdb")
    print(
        f"\n{options.megabytes:,} MB of prose, and as many of control; medians of {options.repeat}. "
        f"Importing DuckDB ({start.wall:.2f} s) is taken off the floor alone.\n"
    )
    names = {
        "floor": "floor: DuckDB sums the lengths of both columns of both files",
        "scan": "paudit scan with control",
        "full": "paudit scan with control, --full",
        "hand": "Python: re + Counter, much the same features",
    }
    compared(costs, names, start)


if __name__ == "__main__":
    main()
