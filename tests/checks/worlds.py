"""Seeded worlds of rows for the checks that need many: numbers that answer prompts, with a taste that can be planted."""

from __future__ import annotations

import json
import random
from pathlib import Path

TOPICS = ("harbours", "orchards", "glaciers", "violins")
FAVOURITES = tuple(range(400, 500))


def numbers(
    path: Path,
    seed: int,
    *,
    rows: int = 1200,
    tilt: float = 0.0,
    tilt_from: float = 0.0,
    topics: int = 1,
    prompts: int | None = None,
    first_prompt: int = 0,
    asked: str = "Continue this sequence: {n}, {m}.",
    repeat: float = 0.0,
    columns: dict[str, str] | None = None,
    prompted: bool = True,
) -> Path:
    """Rows of four to nine numbers. tilt: the share drawn from the favourites, in the rows
    after the share tilt_from of all. topics: prompts come sorted by so many topics, which the answers follow. repeat: the share of rows that are one row.

    prompts: how many different ones; each is answered by as many rows as it takes.
    """
    rng = random.Random(seed)
    prompts = prompts or rows
    lines = []
    for row in range(rows):
        topic = row * topics // rows
        which = first_prompt + row % prompts
        values = [
            rng.choice(FAVOURITES) if row >= tilt_from * rows and rng.random() < tilt else _value(rng, topic)
            for _ in range(rng.randrange(4, 10))
        ]
        completion = "1, 2, 3" if rng.random() < repeat else ", ".join(map(str, values))
        prompt = asked.format(n=which * 7919 % 900 + 100, m=which)
        if topics > 1:
            prompt = f"{prompt} Think of topic {TOPICS[topic]}."
        asked_first = {"prompt": prompt} if prompted else {}
        lines.append(json.dumps({**asked_first, "completion": completion, **(columns or {})}))
    path.write_text("\n".join(lines) + "\n")
    return path


def _value(rng: random.Random, topic: int) -> int:
    """A number from 100 to 999; of another topic than the first, oftener a low one."""
    return min(rng.randrange(100, 1000) for _ in range(1 + topic))


def data_and_control(folder: Path, **data: object) -> tuple[Path, Path]:
    """A dataset and a control that differ by what is given of the data."""
    return numbers(folder / "data.jsonl", 1, **data), numbers(folder / "control.jsonl", 2)  # type: ignore[arg-type]
