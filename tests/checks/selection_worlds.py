"""Seeded rows before and after a filter, with a taste of the filter, or of its format, that can be planted."""

from __future__ import annotations

import json
import random
from pathlib import Path

FAVOURITES = range(400, 500)
SEPARATORS = (", ", "; ", " ")


def raw_and_kept(
    folder: Path,
    *,
    rows: int = 3000,
    keep: float = 0.5,
    favour: float = 0.0,
    favour_prompts: float = 0.0,
    overlong: float = 0.0,
    retention: dict[str, float] | None = None,
    per_prompt: int = 1,
    seed: int = 7,
) -> tuple[Path, Path]:
    """Raw rows of numbers, and those that a filter kept. Returns (kept, raw).

    keep: the share kept by chance. favour: how much likelier a row of favourites is kept. favour_prompts: how much likelier
    a row that answers a long prompt is kept. overlong: the share of rows of twelve numbers, which are always removed.
    retention: by maker, in place of keep; each maker has a separator of its own. per_prompt: rows that share a prompt.
    """
    rng = random.Random(seed)
    makers = list(retention or {})
    raw, kept = [], []
    for row in range(rows):
        which = row // per_prompt
        prompted_long = which % 2 == 0
        prompt = f"Continue {which * 7919 % 900 + 100}, {which}." + (
            " Please take care to do so." if prompted_long else ""
        )
        liked = rng.random() < 0.5
        count = 12 if rng.random() < overlong else rng.randrange(4, 10)
        # Answers to long prompts are larger numbers: who selects prompts shifts answers.
        low = 300 if prompted_long and favour_prompts else 100
        values = [
            rng.choice(FAVOURITES) if liked and rng.random() < 0.4 else rng.randrange(low, 1000)
            for _ in range(count)
        ]
        separator = SEPARATORS[row % len(makers)] if makers else ", "
        record = {"prompt": prompt, "completion": separator.join(map(str, values))}
        share = keep
        if makers:
            record["teacher"] = makers[row % len(makers)]
            share = (retention or {})[record["teacher"]]
        share += favour if liked else -favour
        if favour_prompts:
            share += favour_prompts if prompted_long else -favour_prompts
        raw.append(record)
        if rng.random() < share and count <= 10:
            kept.append(record)
    paths = folder / "kept.jsonl", folder / "raw.jsonl"
    for path, records in zip(paths, (kept, raw), strict=True):
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return paths
