"""What `paudit verify` costs over hashing the same bytes: a ratio, whole commands, wall and CPU. Budget: 1.2."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from provenance_audit.dataset.files import digest
from provenance_audit.findings import InputRecord
from provenance_audit.formats import FORMATS, Look
from tests.formats.worlds import report

ROUNDS = 7
SHARDS, BYTES = 8, 256 * 1024 * 1024
HASH = (
    "import hashlib, sys\n"
    "for name in sys.argv[1:]:\n"
    "    with open(name, 'rb') as stream: print(hashlib.file_digest(stream, 'sha256').hexdigest())"
)


def cost(command: list[str]) -> tuple[float, float]:
    """(wall, CPU) seconds of one command."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"shard-{number}.jsonl" for number in range(SHARDS)]
        line = json.dumps({"prompt": "p" * 400, "completion": "c" * 600}).encode() + b"\n"
        for file in files:
            file.write_bytes(line * (BYTES // len(line)))
        inputs = tuple(
            InputRecord(str(one), "data", BYTES, digest(str(one)), 1, 1, "jsonl", "") for one in files
        )
        statement = Path(folder) / "a.json"
        statement.write_text(FORMATS["intoto"](report(inputs=inputs, rulings=(), exit_code=0), Look()))
        names = [str(one) for one in files]
        verify = [sys.executable, "-m", "provenance_audit", "verify", "--attestation", str(statement), *names]
        verify += ["--student", "Qwen/Qwen2.5-7B-Instruct"]
        cost(verify)  # the files are in memory from here on
        spent = [(cost([sys.executable, "-c", HASH, *names]), cost(verify)) for _ in range(ROUNDS)]
    for number, unit in enumerate(("wall", "CPU")):
        floor = statistics.median(one[0][number] for one in spent)
        ours = statistics.median(one[1][number] for one in spent)
        ratio = statistics.median(one[1][number] / one[0][number] for one in spent)
        print(
            f"{unit:<5} hashing {floor:.2f} s, verify {ours:.2f} s: {ratio:.2f} times, {SHARDS} files of {BYTES >> 20} MB"
        )
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
