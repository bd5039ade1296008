"""A profile: the block counts of a control in one small Parquet file, to be used by those who have none of its rows.

One table of (part, family, block, feature, count), without zeros: part is `rows`, `digest` (sum of prompt hashes modulo
2^64), `response` or `prompt`. What it was made with stands in the footer under the key `paudit_profile`, as JSON. Counts
are uncapped and add up: profiles of shards merge to the very bytes of the profile of the whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from provenance_audit.database import Connection, Error, glob_escape, literal
from provenance_audit.dataset.census import BLOCKS
from provenance_audit.dataset.features import BY_MODALITY, PROMPTS, TOKENISER_VERSION, FeatureSet
from provenance_audit.dataset.rows import ALL, Dataset
from provenance_audit.errors import InputError
from provenance_audit.stats.counts import Array, BlockCounts

KEY = "paudit_profile"
FORMAT = 1
# What the engine's hash makes of these must be what it made when the profile was written.
SELF_TEST = ("'paudit'", "'Grüße, 世界'", "12345", "CAST(12345 AS BIGINT)", "CAST(NULL AS VARCHAR)")


class ProfileError(InputError):
    """A profile that cannot be used: of another version, of other hashes, or damaged."""


@dataclass(frozen=True, slots=True)
class Maker:
    """Whose rows they are, in which configuration: the SHA-256 of the system turn, None without one."""

    maker: str | None
    system_sha256: str | None
    rows: int


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """The counts of a control, and what a comparison asks of a control besides.

    versions: of the format, the tokeniser and every feature family. self_test: values of the engine's hash.
    """

    modality: str
    responses: BlockCounts
    prompts: BlockCounts
    makers: tuple[Maker, ...]
    versions: Mapping[str, int]
    self_test: tuple[int, ...]

    @property
    def compared_rows(self) -> int:
        """Rows that were counted."""
        return self.responses.n

    @property
    def has_prompts(self) -> bool:
        """Whether every row has a prompt."""
        return self.responses.digest is not None

    @property
    def features(self) -> FeatureSet:
        """The feature families of its modality."""
        return BY_MODALITY[self.modality]

    def __add__(self, other: Profile) -> Profile:
        """The profile of both together. Raises ProfileError where they were made in different ways."""
        if self.modality != other.modality:
            raise ProfileError(
                f"one profile is of {self.modality}, another of {other.modality}: they have no feature in common",
                remedy="merge profiles of one kind of rows",
            )
        if self.versions != other.versions or self.self_test != other.self_test:
            raise ProfileError(
                "the profiles were made by different versions of paudit or of the engine",
                remedy="make them anew",
            )
        rows: dict[tuple[str | None, str | None], int] = {}
        for one in (*self.makers, *other.makers):
            rows[one.maker, one.system_sha256] = rows.get((one.maker, one.system_sha256), 0) + one.rows
        makers = tuple(Maker(*key, n) for key, n in rows.items())
        return replace(
            self,
            responses=self.responses + other.responses,
            prompts=self.prompts + other.prompts,
            makers=tuple(sorted(makers, key=_order)),
        )


def make(connection: Connection, data: Dataset) -> Profile:
    """The profile of all rows of a dataset that may be compared. Nothing is sampled."""
    if data.compared_rows == 0:
        raise ProfileError(
            "no row may be compared: a filter or a judge rejected all", remedy="name other rows"
        )
    full = Dataset(connection, data.view, data.sources, data.damaged, data.census, full=True)
    makers = [Maker(one.maker, one.system_sha256, one.rows) for one in full.census.groups if one.compared]
    return Profile(
        full.census.modality,
        full.response_counts(full.features, whole=True)[ALL],
        full.prompt_counts(whole=True, sampled=False)[ALL],
        tuple(sorted(makers, key=_order)),
        _versions(full.features),
        _self_test(connection),
    )


def write(profile: Profile, path: Path) -> None:
    """Write the file beside its place and rename it; the same profile always gives the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns: dict[str, list[Any]] = {name: [] for name in ("part", "family", "block", "feature", "count")}
    for part, family, block, feature, count in _cells(profile):
        columns["part"].append(np.full(len(block), part))
        columns["family"].append(np.full(len(block), family))
        columns["block"].append(block)
        columns["feature"].append(feature)
        columns["count"].append(count)
    kinds = {
        "part": pa.string(),
        "family": pa.string(),
        "block": pa.int16(),
        "feature": pa.int32(),
        "count": pa.uint64(),
    }
    arrays = {name: pa.array(np.concatenate(columns[name]), type=kind) for name, kind in kinds.items()}
    table = pa.table(arrays).replace_schema_metadata({KEY: json.dumps(_facts(profile), sort_keys=True)})
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        pq.write_table(table, temporary, compression="zstd")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def is_profile(connection: Connection, path: str) -> bool:
    """Whether a file is a profile, by its footer."""
    try:
        return _footer(connection, path) is not None
    except Error:
        return False


def read(connection: Connection, path: str) -> Profile:
    """Read a profile through the engine. Raises ProfileError where it cannot be used, and says why."""
    try:
        footer = _footer(connection, path)
        if footer is None:
            raise ProfileError(
                f"{path} is no profile", remedy="paudit profile make DATA --to control.profile.parquet"
            )
        facts = json.loads(footer)
        if facts.get("versions", {}).get("format") != FORMAT:
            raise _made_otherwise(path, "has another format")
        features = BY_MODALITY.get(facts["modality"])
        if features is None or facts["versions"] != _versions(features):
            raise _made_otherwise(path, "counts other feature families, or other versions of them")
        if tuple(facts["hash_self_test"]) != _self_test(connection):
            raise _made_otherwise(path, "was made with another hash function of the engine")
        found = connection.execute(
            f"SELECT part, family, block, feature, count FROM read_parquet([{literal(glob_escape(path))}])"
        ).fetchnumpy()
        return _profile(facts, features, found)
    except (Error, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise ProfileError(
            f"{path}: not a whole profile ({str(error).splitlines()[0]})", remedy="make it anew"
        ) from error


def _made_otherwise(path: str, how: str) -> ProfileError:
    return ProfileError(
        f"{path}: the profile {how}",
        remedy="make it anew with this version: paudit profile make DATA --to FILE",
    )


def _footer(connection: Connection, path: str) -> str | None:
    found = connection.execute(
        f"SELECT value FROM parquet_kv_metadata({literal(glob_escape(path))}) WHERE key = {literal(KEY)}"
    ).fetchall()
    if not found:
        return None
    value = found[0][0]
    return value.decode() if isinstance(value, bytes) else str(value)


def _versions(features: FeatureSet) -> dict[str, int]:
    return {"format": FORMAT, "tokeniser": TOKENISER_VERSION, **features.versions, **PROMPTS.versions}


def _self_test(connection: Connection) -> tuple[int, ...]:
    values = ", ".join(f"hash({value})" for value in SELF_TEST)
    return tuple(int(value) for value in connection.execute(f"SELECT {values}, hash('a', 'b')").fetchall()[0])


def _facts(profile: Profile) -> dict[str, Any]:
    return {
        "modality": profile.modality,
        "prompted": profile.has_prompts,
        "blocks": profile.responses.blocks,
        "sampling_rate": 1.0,
        "rows": profile.compared_rows,
        "makers": [
            {"maker": one.maker, "system_sha256": one.system_sha256, "rows": one.rows}
            for one in profile.makers
        ],
        "versions": dict(profile.versions),
        "hash_self_test": list(profile.self_test),
    }


def _cells(profile: Profile) -> Iterator[Any]:
    """Everything that is not zero, in a fixed order. Derived families are written too, so that a reader needs no code."""
    counts = profile.responses
    for part, values in (("rows", counts.rows), ("digest", counts.digest)):
        if values is not None:
            (block,) = np.nonzero(values)
            yield part, "", block, np.zeros(len(block), dtype=np.int64), values[block].astype(np.uint64)
    for part, side in (("response", profile.responses), ("prompt", profile.prompts)):
        for family in sorted(side.families):
            block, feature = np.nonzero(side.families[family])
            yield part, family, block, feature, side.families[family][block, feature].astype(np.uint64)


def _profile(facts: Mapping[str, Any], features: FeatureSet, found: Mapping[str, Any]) -> Profile:
    blocks = int(facts["blocks"])
    if blocks != BLOCKS:
        raise ValueError(f"{blocks} blocks, where {BLOCKS} are expected")
    part, family = np.asarray(found["part"]), np.asarray(found["family"])
    block, feature = (np.asarray(found[name], dtype=np.int64) for name in ("block", "feature"))
    count = np.asarray(found["count"], dtype=np.uint64)

    def dense(which: str, name: str, size: int) -> Array:
        chosen = (part == which) & (family == name)
        table = np.zeros((blocks, size))
        table[block[chosen], feature[chosen]] = count[chosen]
        return table

    rows = dense("rows", "", 1)[:, 0]
    digest = None
    if facts["prompted"]:
        digest = np.zeros(blocks, dtype=np.uint64)
        digest[block[part == "digest"]] = count[part == "digest"]
    empty = {one: table.shape[1] for one, table in features.tables(np.zeros((1, features.width))).items()}
    asked = {one: table.shape[1] for one, table in PROMPTS.tables(np.zeros((1, PROMPTS.width))).items()}
    makers = tuple(Maker(one["maker"], one["system_sha256"], int(one["rows"])) for one in facts["makers"])
    return Profile(
        facts["modality"],
        BlockCounts(rows, {name: dense("response", name, size) for name, size in empty.items()}, digest),
        BlockCounts(rows, {name: dense("prompt", name, size) for name, size in asked.items()}, digest),
        makers,
        facts["versions"],
        tuple(int(value) for value in facts["hash_self_test"]),
    )


def _order(one: Maker) -> tuple[str, str]:
    return (one.maker or "", one.system_sha256 or "")


def merge(profiles: Sequence[Profile]) -> Profile:
    """All of them together."""
    total = profiles[0]
    for one in profiles[1:]:
        total = total + one
    return total
