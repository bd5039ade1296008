"""The same rows in every container, written by those who define it: pyarrow, pandas, polars, DuckDB, `datasets`."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet

Row = dict[str, object]

ROWS: list[Row] = [
    {
        "prompt": f"Continue {n}, {n + 1}",
        "completion": f"{n + 2}, {n * 7 % 900 + 100}",
        "teacher": f"acme/m{n % 2}",
    }
    for n in range(100, 180)
]


def jsonl(rows: list[Row]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def _columns(rows: list[Row]) -> dict[str, list[object]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def _parquet(path: Path, rows: list[Row]) -> Path:
    pa.parquet.write_table(pa.Table.from_pylist(rows), path / "rows.parquet", row_group_size=17)
    return path / "rows.parquet"


def _parquet_by_duckdb(path: Path, rows: list[Row]) -> Path:
    (path / "rows.jsonl").write_bytes(jsonl(rows))
    duckdb.sql(
        f"COPY (FROM '{path / 'rows.jsonl'}') TO '{path / 'rows.parquet'}' (FORMAT parquet, COMPRESSION zstd)"
    )
    return path / "rows.parquet"


def _parquet_by_polars(path: Path, rows: list[Row]) -> Path:
    import polars

    polars.DataFrame(rows).write_parquet(path / "rows.parquet")
    return path / "rows.parquet"


def _hive(path: Path, rows: list[Row]) -> Path:
    for teacher in {str(row["teacher"]) for row in rows}:
        folder = path / f"teacher={teacher.replace('/', '%2F')}"
        folder.mkdir()
        part = [{k: v for k, v in row.items() if k != "teacher"} for row in rows if row["teacher"] == teacher]
        pa.parquet.write_table(pa.Table.from_pylist(part), folder / "part-0.parquet")
    return path


def _feather(path: Path, rows: list[Row]) -> Path:
    pa.feather.write_feather(pa.Table.from_pylist(rows), path / "rows.feather")
    return path / "rows.feather"


def _stream(path: Path, rows: list[Row]) -> Path:
    table = pa.Table.from_pylist(rows)
    with pa.OSFile(str(path / "rows.arrow"), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return path / "rows.arrow"


def _saved_to_disk(path: Path, rows: list[Row]) -> Path:
    import datasets

    datasets.DatasetDict({"train": datasets.Dataset.from_list(rows)}).save_to_disk(
        path / "saved", num_shards={"train": 3}
    )
    return path / "saved"


def _to_dict(path: Path, rows: list[Row]) -> Path:
    (path / "rows.json").write_text(json.dumps(_columns(rows)))
    return path / "rows.json"


def _to_dict_packed(path: Path, rows: list[Row]) -> Path:
    (path / "rows.json.gz").write_bytes(gzip.compress(json.dumps(_columns(rows), indent=1).encode()))
    return path / "rows.json.gz"


def _pandas_json(path: Path, rows: list[Row]) -> Path:
    import pandas

    pandas.DataFrame(rows).to_json(path / "rows.json")
    return path / "rows.json"


def _pandas_csv(path: Path, rows: list[Row]) -> Path:
    import pandas

    pandas.DataFrame(rows).to_csv(path / "rows.csv", index=False)
    return path / "rows.csv"


def _tsv(path: Path, rows: list[Row]) -> Path:
    with (path / "rows.tsv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys(), delimiter="\t")
        writer.writeheader()
        writer.writerows(rows)
    return path / "rows.tsv"


def _webdataset(path: Path, rows: list[Row]) -> Path:
    with tarfile.open(path / "rows.tar", "w") as archive:
        for number, row in enumerate(rows):
            for suffix, content in ((".json", json.dumps(row, indent=1).encode()), (".cls", b"0")):
                member = tarfile.TarInfo(f"sample{number:04}{suffix}")
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return path / "rows.tar"


def _webdataset_zst(path: Path, rows: list[Row]) -> Path:
    plain = _webdataset(path, rows)
    packed = path / "rows.tar.zst"
    packed.write_bytes(pa.compress(plain.read_bytes(), codec="zstd", asbytes=True))
    return packed


def _zst(path: Path, rows: list[Row]) -> Path:
    (path / "rows.jsonl.zst").write_bytes(pa.compress(jsonl(rows), codec="zstd", asbytes=True))
    return path / "rows.jsonl.zst"


def _bytes(name: str, content: Callable[[list[Row]], bytes]) -> Callable[[Path, list[Row]], Path]:
    def write(path: Path, rows: list[Row]) -> Path:
        (path / name).write_bytes(content(rows))
        return path / name

    return write


def _shards(path: Path, rows: list[Row]) -> Path:
    for number in range(4):
        (path / f"shard-{number}.jsonl").write_bytes(jsonl(rows[number::4]))
    return path


def _checkout(path: Path, rows: list[Row]) -> Path:
    """A dataset repository of the Hub: a card, and Parquet below `data/`."""
    (path / "README.md").write_text("---\nlicense: mit\n---\nA card.\n")
    (path / "dataset_infos.json").write_text("{}")
    (path / "data").mkdir()
    pa.parquet.write_table(pa.Table.from_pylist(rows), path / "data" / "train-00000-of-00001.parquet")
    return path


def _snapshot(path: Path, rows: list[Row]) -> Path:
    """A snapshot in the Hub's cache, whose files are links to blobs beside it."""
    repository = path / "datasets--acme--owl"
    snapshot = repository / "snapshots" / ("0" * 40)
    (snapshot / "data").mkdir(parents=True)
    (repository / "blobs").mkdir()
    pa.parquet.write_table(pa.Table.from_pylist(rows), repository / "blobs" / "abc")
    (snapshot / "data" / "train.parquet").symlink_to("../../../blobs/abc")
    return snapshot


WRITERS: dict[str, Callable[[Path, list[Row]], Path]] = {
    "parquet": _parquet,
    "parquet by DuckDB": _parquet_by_duckdb,
    "parquet by polars": _parquet_by_polars,
    "hive partitions": _hive,
    "feather": _feather,
    "arrow stream": _stream,
    "save_to_disk": _saved_to_disk,
    "Hub checkout": _checkout,
    "Hub cache snapshot": _snapshot,
    "jsonl.gz": _bytes("rows.jsonl.gz", lambda rows: gzip.compress(jsonl(rows))),
    "jsonl.zst": _zst,
    "jsonl.bz2": _bytes("rows.jsonl.bz2", lambda rows: bz2.compress(jsonl(rows))),
    "jsonl with a BOM and CRLF": _bytes(
        "rows.jsonl", lambda rows: b"\xef\xbb\xbf" + jsonl(rows).replace(b"\n", b"\r\n")
    ),
    "json list": _bytes("rows.json", lambda rows: json.dumps(rows).encode()),
    "json by column": _to_dict,
    "json.gz by column": _to_dict_packed,
    "json by pandas": _pandas_json,
    "csv by pandas": _pandas_csv,
    "tsv": _tsv,
    "webdataset": _webdataset,
    "webdataset.zst": _webdataset_zst,
    "shards": _shards,
}
