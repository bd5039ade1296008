"""Counting the features of texts into a table of cells: in the engine, or from the bytes that it streams."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from threading import Event, Lock

import numpy as np

from provenance_audit.database import Connection, stream, threads_of
from provenance_audit.dataset.features import ByteCut, Cut, FeatureSet
from provenance_audit.dataset.features.codes import Codes
from provenance_audit.dataset.features.texts import CHUNK, Integers, Texts, chunks
from provenance_audit.stats.counts import Array

# What a thread takes from the engine at a time: some chunks of texts; and what the engine makes of them, at most.
BATCH_BYTES = 4 * CHUNK
ROWS_AT_MOST = 2048
BYTES_AT_MOST = 16 * 1024 * 1024


def tally(
    connection: Connection,
    relation: str,
    features: FeatureSet,
    cuts: Iterable[Cut | ByteCut],
    counts: Array,
    *,
    longest: int,
) -> None:
    """Add the features of cuts to counts (cells, width), a row of which is a block of a unit.

    relation: SQL of (cell, text), without NULL. longest: bytes of the longest text, at most.
    """
    cuts = tuple(cuts)
    for cut in cuts:
        if isinstance(cut, Cut):
            _in_engine(connection, relation, features, cut, counts)
    by_bytes = [cut for cut in cuts if isinstance(cut, ByteCut)]
    if by_bytes:
        _by_bytes(connection, relation, features, by_bytes, counts, longest)


def _in_engine(connection: Connection, relation: str, features: FeatureSet, cut: Cut, counts: Array) -> None:
    """One scan: take texts apart once, and count all families of the cut as grouping sets."""
    width = features.width
    # One whole number for cell and feature together: grouping by it is cheaper than by the two.
    keys = ", ".join(
        f"CAST(base + {features.offsets[family.name]} + ({family.code}) AS INTEGER) AS k{n}"
        for n, family in enumerate(cut.families)
    )
    names = [f"k{n}" for n in range(len(cut.families))]
    texts = f"(SELECT CAST(cell * {width} AS INTEGER) AS base, text FROM ({relation}))"
    found = connection.execute(f"""
        SELECT coalesce({", ".join(names)}) AS key, count(*) AS n FROM (SELECT {keys} FROM ({cut.pieces(texts)}))
        GROUP BY GROUPING SETS ({", ".join(f"({name})" for name in names)})
        HAVING coalesce({", ".join(names)}) IS NOT NULL""").fetchnumpy()
    counts.reshape(-1)[np.asarray(found["key"], dtype=np.int64)] += found["n"]


def _by_bytes(
    connection: Connection,
    relation: str,
    features: FeatureSet,
    cuts: list[ByteCut],
    counts: Array,
    longest: int,
) -> None:
    """One scan for all cuts: the engine streams texts, and each of as many threads as it has takes a batch at a time."""
    from concurrent.futures import ThreadPoolExecutor

    batches = stream(
        connection,
        f"SELECT CAST(cell AS BIGINT) * {features.width} AS base, text || chr(10) AS text FROM ({relation})",
        BATCH_BYTES,
        min(ROWS_AT_MOST, max(1, BYTES_AT_MOST // max(1, longest))),
    )
    reading, adding, stopped = Lock(), Lock(), Event()

    def add(keys: Codes) -> None:
        with adding:
            np.add.at(counts.reshape(-1), keys, 1.0)

    def work() -> None:
        while not stopped.is_set():
            with reading:
                batch = next(batches, None)
            if batch is None:
                return
            base, data, starts = batch
            for rows, texts in chunks(data, starts):
                for keys in keys_of(texts, base[rows], features, cuts):
                    add(keys)

    threads = threads_of(connection)
    with ThreadPoolExecutor(threads) as pool:
        try:
            for worker in [pool.submit(work) for _ in range(threads)]:
                worker.result()
        finally:
            stopped.set()


def keys_of(texts: Texts, base: Integers, features: FeatureSet, cuts: Iterable[ByteCut]) -> Iterator[Codes]:
    """The cells that the features of texts fall in, family by family. base: (rows,) where the cells of each text start."""
    offsets = features.offsets
    for cut in cuts:
        pieces = cut.pieces(texts)
        of_piece = np.repeat(base, pieces.per_row)
        for family in cut.families:
            codes = family.code(pieces)
            keys = of_piece + codes
            keys += offsets[family.name]
            missing = codes < 0
            yield keys[~missing] if missing.any() else keys
