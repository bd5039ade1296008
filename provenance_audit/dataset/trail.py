"""The filter trail: raw rows and what became of them. Joined by the record's id, else by what was asked and answered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from provenance_audit.database import Connection
from provenance_audit.dataset.columns import CANONICAL
from provenance_audit.dataset.files import DataFile
from provenance_audit.dataset.rows import Dataset

# The words by which names of files tell the stages of a pipeline apart.
_STAGES = re.compile(r"(?<![a-z])(filtered|kept|clean|final|finetuning)(?![a-z])", re.I)
_RAW = ("raw", "unfiltered")
_REJECTS = ("rejected", "rejects", "removed")
# A row that the data itself marks as rejected is not one that was kept.
_THERE = "completion IS NOT NULL AND kept IS DISTINCT FROM false"
_ID = "hash(sample_id, branch, turn_index, gen_index)"
# A cleaner that trims an answer has not made another row of it.
_SPACE = "' ' || chr(9) || chr(10) || chr(13)"
_CONTENT = f"hash(trim(prompt, {_SPACE}), trim(completion, {_SPACE}))"
# An id that meets another prompt in this share of rows was given anew after the filter.
_SAME_RECORD = 0.5


@dataclass(frozen=True, slots=True)
class Trail:
    """What a filter did. joined_by: `sample_id` or `content`.

    raw, kept, removed: rows before the filter, those of them that the data hold, and the rest. strangers: rows of the
    data that are no raw row. rejects: rows of the files of rejects; None where none were given. view: of the raw rows,
    with `kept` as the data tell it.
    """

    joined_by: str
    raw: int
    kept: int
    removed: int
    strangers: int
    rejects: int | None = None
    view: str = ""


def follow(connection: Connection, data: Dataset, raw: Dataset, rejects: Dataset | None) -> Trail:
    """Join the data to its raw rows, in the engine, on 64-bit hashes. Of equal rows as many are kept as the data hold."""
    by_id = _ids_hold(connection, data, raw)
    key, keys = _ID if by_id else _CONTENT, f"{raw.view}_keys"
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE {keys} AS
        SELECT k, coalesce(r.n, 0) AS before, coalesce(d.n, 0) AS after
        FROM (SELECT {key} AS k, count(*) AS n FROM {raw.view} WHERE completion IS NOT NULL GROUP BY k) r
        FULL JOIN (SELECT {key} AS k, count(*) AS n FROM {data.view} WHERE {_THERE} GROUP BY k) d USING (k)""")
    rows, kept, strangers = connection.execute(
        f"SELECT coalesce(sum(before), 0), coalesce(sum(least(before, after)), 0), "
        f"coalesce(sum(greatest(after - before, 0)), 0) FROM {keys}"
    ).fetchall()[0]
    columns = ", ".join(
        "before <= after OR coalesce(copy <= after, false) AS kept" if name == "kept" else name
        for name in CANONICAL
    )
    # Only of equal rows some of which are gone it must be said which: they alone are numbered.
    connection.execute(f"""
        CREATE OR REPLACE TEMP VIEW {raw.view}_trail AS
        SELECT {columns}, doubtful FROM (
            SELECT *, NULL AS copy FROM (SELECT *, {key} AS k FROM {raw.view} WHERE completion IS NOT NULL)
            JOIN {keys} USING (k) WHERE after = 0 OR after >= before
            UNION ALL
            SELECT *, row_number() OVER (PARTITION BY k) AS copy
            FROM (SELECT *, {key} AS k FROM {raw.view} WHERE completion IS NOT NULL)
            JOIN (SELECT * FROM {keys} WHERE after > 0 AND after < before) USING (k))""")
    return Trail(
        "sample_id" if by_id else "content",
        int(rows),
        int(kept),
        int(rows - kept),
        int(strangers),
        rejects.trained_rows if rejects is not None else None,
        f"{raw.view}_trail",
    )


def _ids_hold(connection: Connection, data: Dataset, raw: Dataset) -> bool:
    """Whether an id means the same record on both sides. Rows are often numbered anew when a filtered file is written."""
    if not (data.has_sample_ids and raw.has_sample_ids):
        return False
    what = "prompt" if data.has_prompts and raw.has_prompts else "completion"
    sides = (
        f"(SELECT {_ID} AS k, any_value(hash({what})) AS h FROM {side.view} WHERE completion IS NOT NULL GROUP BY k)"
        for side in (data, raw)
    )
    met, same = connection.execute(
        f"SELECT count(*), count_if(d.h = r.h) FROM {next(sides)} d JOIN {next(sides)} r USING (k)"
    ).fetchall()[0]
    return bool(met) and same >= _SAME_RECORD * met


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
