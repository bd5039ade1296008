"""The filter trail: raw rows and what became of them. Joined by the record's id, else by what was asked and answered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from provenance_audit.database import Connection
from provenance_audit.dataset.files import DataFile
from provenance_audit.dataset.rows import Dataset

# The words by which names of files tell the stages of a pipeline apart.
_STAGES = re.compile(r"(?<![a-z])(filtered|kept|clean|final|finetuning)(?![a-z])", re.I)
_RAW = ("raw", "unfiltered")
_REJECTS = ("rejected", "rejects", "removed")


@dataclass(frozen=True, slots=True)
class Trail:
    """What a filter did. joined_by: `sample_id` or `content`.

    raw, kept, removed: rows before the filter, those of them that the data hold, and the rest. strangers: rows of the
    data that are no raw row. rejects: rows of the files of rejects; None where none were given.
    """

    joined_by: str
    raw: int
    kept: int
    removed: int
    strangers: int
    rejects: int | None = None


def follow(connection: Connection, data: Dataset, raw: Dataset, rejects: Dataset | None) -> Trail:
    """Join the data to its raw rows, in the engine, on 64-bit hashes."""
    by_id = all(side.has_sample_ids for side in (data, raw))
    key = "hash(sample_id, branch, turn_index, gen_index)" if by_id else "hash(prompt, completion)"
    rows_raw, kept, strangers = connection.execute(f"""
        WITH data_rows AS (SELECT {key} AS k, count(*) AS n FROM {data.view} WHERE completion IS NOT NULL GROUP BY k),
             raw_rows AS (SELECT {key} AS k, count(*) AS n FROM {raw.view} WHERE completion IS NOT NULL GROUP BY k)
        SELECT coalesce(sum(r.n), 0), coalesce(sum(least(coalesce(r.n, 0), coalesce(d.n, 0))), 0),
               coalesce(sum(greatest(coalesce(d.n, 0) - coalesce(r.n, 0), 0)), 0)
        FROM raw_rows r FULL JOIN data_rows d ON r.k = d.k""").fetchall()[0]
    rejected = rejects.trained_rows if rejects is not None else None
    return Trail(
        "sample_id" if by_id else "content",
        int(rows_raw),
        int(kept),
        int(rows_raw - kept),
        int(strangers),
        rejected,
    )


def siblings(files: Sequence[DataFile]) -> tuple[str, ...]:
    """Files beside the data whose names say that they hold the rows before a filter, or those it rejected."""
    found = []
    for file in (one for one in files if not one.remote):
        path = Path(file.path)
        for word in (*_RAW, *_REJECTS):
            name = _STAGES.sub(word, path.name)
            others = [path.with_name(name)] if name != path.name else []
            # A fine-tuning file is often JSONL, and its raw rows a JSON list.
            others += [one.with_suffix(end) for one in others for end in (".json", ".jsonl", ".parquet")]
            found += [str(one) for one in others if one.is_file() and one != path]
    named = {file.path for file in files}
    return tuple(dict.fromkeys(one for one in found if one not in named))
