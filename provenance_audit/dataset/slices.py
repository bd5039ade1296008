"""Slices: the rows of one maker cut into contiguous pieces, by their order in the files and by when they were generated.

A piece that is in one slice, one shard and one split is an *atom*: counted once, it is added up to each of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePath

from provenance_audit.database import Connection
from provenance_audit.dataset.census import COMPARED, GROUP_KEY, THREAD_HASH, Group
from provenance_audit.dataset.counting import THINNING_BITS, Rows
from provenance_audit.dataset.kept import PARTED_ROWS, in_parts
from provenance_audit.stats.counts import BlockCounts

SLICES_AT_MOST = 16
SLICE_ROWS = 500
# Slices begin and end at one of so many places.
BINS = 1024
# Shards are told apart up to this many; of more, runs of neighbouring ones are slices.
SHARDS_AT_MOST = 16
# Rows are sliced by time if so many of them say when they were generated.
DATED_SHARE = 0.95

_SPLIT = re.compile(r"(?:^|[/._-])(train|test|validation|valid|val|dev|eval)(?:ing)?(?=[/._-]|\d|$)", re.I)
_SECONDS = "coalesce(epoch(TRY_CAST(generated_at AS TIMESTAMP)), TRY_CAST(generated_at AS DOUBLE))"


@dataclass(frozen=True, slots=True)
class Atom:
    """Neighbouring rows of one group: one slice, one shard, one split.

    first, last: positions of records in the file, from 1; of time, seconds since 1970. rows: that are counted.
    """

    group: Group
    slice: int
    file: str
    split: str
    first: float
    last: float
    rows: int
    bins: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Slicing:
    """Atoms by `order` or by `time`, with the block counts of the answers of each.

    count_prompts: counts the prompts on the same rows, which only a difference of the answers asks for.
    """

    kind: str
    atoms: tuple[Atom, ...]
    answers: Sequence[BlockCounts]
    count_prompts: Callable[[], Sequence[BlockCounts]]


@dataclass(frozen=True, slots=True)
class _Bin:
    file: str
    number: int
    rows: int
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Slicer:
    """Cuts the groups of a view, all thinned by prompt to one row in 2^s, whatever the group.

    shards: files in their order. records: of the dataset.
    """

    connection: Connection
    view: str
    groups: Sequence[Group]
    shards: Sequence[str]
    records: int
    thinning: int

    def atoms(self, kind: str) -> list[Atom]:
        """Cut each group by `order` or by `time`."""
        names = {group.key: group for group in self.groups}
        bins = self._time_bins() if kind == "time" else self._order_bins()
        before = {} if kind == "time" else self._before
        return [
            atom
            for key, found in bins.items()
            if key in names
            for atom in _cut(names[key], found, kind, before)
        ]

    def keep(self, text: str, kept: str | None = None) -> None:
        """Keep the rows that are sliced, with SQL `text` of their answers: they are few, and asked many times.

        kept: SQL of a smaller relation that holds them all, if there is one.
        """
        rows = kept or (
            f"SELECT *, {GROUP_KEY} AS key, {THREAD_HASH} AS h FROM {self.view} "
            f"WHERE completion IS NOT NULL AND {COMPARED}"
        )
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {self.view}_sliced AS "
            f"SELECT file, position, generated_at, key, h, {text} AS text, prompt "
            f"FROM ({rows}) WHERE (h >> {THINNING_BITS}) % {2**self.thinning} = 0"
        )

    def rows(self, atoms: Sequence[Atom], kind: str) -> Rows:
        """The rows of atoms."""
        here = f"{self.view}_atoms_{kind}"
        cells = [
            (atom.group.key, file, number, unit)
            for unit, atom in enumerate(atoms)
            for file, number in atom.bins
        ]
        # As four parameters: thousands of tuples in SQL take longer to parse than the rows to count.
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {here} AS SELECT unnest(CAST($1 AS UBIGINT[])) AS key, "
            f"unnest(CAST($2 AS VARCHAR[])) AS file, unnest(CAST($3 AS BIGINT[])) AS bin, unnest(CAST($4 AS INTEGER[])) AS g",
            [list(column) for column in zip(*cells, strict=True)],
        )
        by = "a.bin = r.bin" if kind == "time" else "a.file = r.file AND a.bin = r.bin"
        sql = f"SELECT a.g, r.h, r.text, r.prompt FROM {self.view}_binned_{kind} r JOIN {here} a ON a.key = r.key AND {by}"
        return Rows(sql, (0,) * len(atoms))

    @property
    def _before(self) -> dict[str, float]:
        """By file, the position before its first record: 0 in a file that is read alone."""
        if len(self.shards) == 1:
            return {}
        found = self.connection.execute(f"SELECT file, min(position) - 1 FROM {self.view} GROUP BY file")
        return dict(found.fetchall())

    def _order_bins(self) -> dict[int, list[_Bin]]:
        """Rows by file and place in it, file after file."""
        width = max(1, self.records // BINS)
        found = self._bins("order", f"CAST(position // {width} AS BIGINT)", "position", "file")
        place = {file: number for number, file in enumerate(self.shards)}
        return {
            key: sorted(bins, key=lambda one: (place.get(one.file, len(place)), one.number))
            for key, bins in found.items()
        }

    def _time_bins(self) -> dict[int, list[_Bin]]:
        """Rows by when they were generated; nothing if too few say so, or all say the same."""
        low, high, dated, rows = self.connection.execute(
            f"SELECT min(t), max(t), count(t), count(*) FROM (SELECT {_SECONDS} AS t FROM {self.view}_sliced)"
        ).fetchall()[0]
        if not rows or dated < DATED_SHARE * rows or high <= low:
            return {}
        scale = (BINS - 1) / (high - low)
        number = f"CAST(floor(({_SECONDS} - {low!r}) * {scale!r}) AS BIGINT)"
        found = self._bins("time", number, _SECONDS, "''")
        return {key: sorted(bins, key=lambda one: one.number) for key, bins in found.items()}

    def _bins(self, kind: str, number: str, place: str, file: str) -> dict[int, list[_Bin]]:
        binned, sliced = f"{self.view}_binned_{kind}", f"{self.view}_sliced"
        rows = f"({in_parts(self.connection, sliced)})" if self.records >= PARTED_ROWS else sliced
        self.connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {binned} AS SELECT *, {number} AS bin FROM {rows}"
        )
        found: dict[int, list[_Bin]] = {}
        for key, name, bin_number, rows, first, last in self.connection.execute(
            f"SELECT key, {file}, bin, count(*), min({place}), max({place}) FROM {binned} "
            f"WHERE bin IS NOT NULL GROUP BY ALL"
        ).fetchall():
            found.setdefault(int(key), []).append(
                _Bin(name, int(bin_number), int(rows), float(first), float(last))
            )
        return found


def split_of(path: str) -> str:
    """The split that a file's name, or its directory's, says it is of; empty if none."""
    for part in reversed(PurePath(path).parts[-2:]):
        match = _SPLIT.search(part)
        if match is not None:
            return match[1].lower()
    return ""


def _cut(group: Group, bins: Sequence[_Bin], kind: str, before: Mapping[str, float]) -> list[Atom]:
    """Slices of nearly equal rows, and within them what is of one shard and one split. before: by file, what counts as 0."""
    total = sum(one.rows for one in bins)
    slices = min(SLICES_AT_MOST, total // SLICE_ROWS)
    if slices < 2:
        return []
    files = {one.file for one in bins}
    few = len(files) <= SHARDS_AT_MOST
    splits = {file: split_of(file) for file in files}
    placed, passed = [], 0
    for one in bins:
        number = min(slices - 1, int(slices * (passed + one.rows / 2) / total))
        passed += one.rows
        placed.append((number, one.file if few or kind == "time" else "", splits[one.file], one))
    atoms = []
    for (number, file, split), members in groupby(placed, key=lambda item: item[:3]):
        own = [item[3] for item in members]
        begin, end = own[0], own[-1]
        atoms.append(
            Atom(
                group=group,
                slice=number,
                file=file or begin.file,
                split=split,
                first=begin.first - before.get(begin.file, 0),
                last=end.last - before.get(end.file, 0),
                rows=sum(one.rows for one in own),
                bins=tuple((one.file, one.number) for one in own),
            )
        )
    return atoms
