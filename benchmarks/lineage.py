"""Gathering and resolving lineage at size: a thousand model directories, and a graph of a hundred thousand statements.

    python benchmarks/lineage.py

Prints seconds, medians of runs, beside what a user would otherwise write: json and yaml of the standard reading loop.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

import yaml

from provenance_audit.database import open_memory
from provenance_audit.lineage.assertion import Assertion, Predicate, Tier, WeightRelation
from provenance_audit.lineage.graph import Graph
from provenance_audit.lineage.identity import Identity
from provenance_audit.lineage.reading import read_documents
from provenance_audit.lineage.registry import Registry
from provenance_audit.lineage.relation import relate

CARD = """---
base_model: {base}
library_name: peft
tags: [lora, trl]
datasets: [acme/rows-{number}]
---
# A model
{prose}
"""


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directories", type=int, default=1_000)
    parser.add_argument("--assertions", type=int, default=100_000)
    parser.add_argument("--depth", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    print("| what | s | ratio |\n|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="paudit-bench-") as folder:
        root = Path(folder)
        _write(root, options.directories)
        floor = _median(lambda: _read_plainly(root), options.repeat)
        ours = _median(lambda: read_documents([folder]), options.repeat)
    print(f"| {options.directories:,} directories, read with json and yaml alone | {floor:.2f} | 1 |")
    print(f"| the same, read as statements | {ours:.2f} | {ours / floor:.2f} |")
    graph = _median(lambda: _resolve(options.assertions, options.depth), options.repeat)
    print(
        f"| {options.assertions:,} statements, chains {options.depth:,} deep: load, and relate one pair | {graph:.2f} | |"
    )


def _write(root: Path, directories: int) -> None:
    for number in range(directories):
        place = root / f"model-{number}"
        place.mkdir()
        base = f"acme/base-{number % 7}"
        (place / "README.md").write_text(CARD.format(base=base, number=number, prose="word " * 300))
        (place / "adapter_config.json").write_text(
            json.dumps({"base_model_name_or_path": base, "peft_type": "LORA"})
        )
        (place / "config.json").write_text(json.dumps({"model_type": "qwen2", "hidden_size": 3584}))
        (place / "train.yaml").write_text(
            f"base_model: {base}\ndatasets:\n  - path: acme/rows\nmicro_batch_size: 2\n"
        )


def _read_plainly(root: Path) -> None:
    for path in sorted(root.rglob("*")):
        if path.suffix == ".json":
            json.loads(path.read_text())
        elif path.suffix == ".yaml":
            yaml.safe_load(path.read_text())
        elif path.suffix == ".md":
            yaml.safe_load(path.read_text().split("---")[1])


def _resolve(assertions: int, depth: int) -> None:
    registry = Registry(MappingProxyType({}), (), (), MappingProxyType({}), MappingProxyType({}))
    chains = max(1, assertions // depth)
    stated = [
        Assertion(
            f"x/{chain}-{step}", Predicate.BASE, f"x/{chain}-{step + 1}", f"x/{chain}-{step + 1}", Tier.PUBLISHED,
            "bench", f"{chain}:{step}", relation=WeightRelation.FINETUNE,
        )
        for chain in range(chains)
        for step in range(depth)
    ]  # fmt: skip
    with open_memory() as connection:
        graph = Graph(connection, stated, registry)
        relate(graph, Identity("x/0-0", "x/0-0"), Identity("x/0-20", "x/0-20"))


def _median(work: Callable[[], object], repeat: int) -> float:
    times = []
    for _ in range(repeat):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return statistics.median(times)


if __name__ == "__main__":
    main()
