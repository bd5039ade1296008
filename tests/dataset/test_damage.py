"""What cannot be read says so in one line: file, row where it is known, remedy; the rest is still scanned."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import json
import os
import random
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import provenance_audit
from provenance_audit.dataset import zstd
from provenance_audit.dataset.containers import ipc
from provenance_audit.describe import describe
from provenance_audit.errors import MissingInputError, UnreadableError
from provenance_audit.findings import Verdict
from tests.dataset.writers import ROWS, jsonl

GOOD = jsonl(ROWS)
LINES = GOOD.splitlines(keepends=True)


def tar_of(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def tar_of_rows() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for number, line in enumerate(LINES):
            member = tarfile.TarInfo(f"sample{number:04}.json")
            member.size = len(line)
            archive.addfile(member, io.BytesIO(line))
    return buffer.getvalue()


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 0x40]) + content[place + 1 :]


def parquet_of(columns: dict[str, list[str]]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def stream_of(table: pa.Table, compression: str | None = None, rows: int = 10, file: bool = False) -> bytes:
    sink = io.BytesIO()
    opened = pa.ipc.new_file if file else pa.ipc.new_stream
    with opened(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(table, max_chunksize=rows)
    return sink.getvalue()


def cut_between_batches(content: bytes) -> bytes:
    """The stream without its last batch and its end mark."""
    return content[: content.rindex(b"\xff\xff\xff\xff", 0, -8)]


TABLE_OF_TEXT = b"prompt,completion\n" + b"a,b\n" * 50
TABLE = pa.Table.from_pylist(ROWS)
ZEROS = pa.table({"prompt": ["q"] * 40, "completion": ["0" * (10 << 20)] * 40})


DAMAGED = {
    "empty.jsonl": (b"", None, "is empty"),
    "truncated.jsonl.gz": (gzip.compress(GOOD)[:-40], ..., "ends early"),
    "truncated.jsonl.zst": (pa.compress(GOOD * 50, codec="zstd", asbytes=True)[:-40], None, ""),
    "truncated.jsonl.bz2": (bz2.compress(GOOD)[:-20], None, "ends early"),
    "broken.jsonl": (
        b"".join([*LINES[:4], b'{"prompt": "q", "completion\n', *LINES[5:]]),
        5,
        "not valid JSON",
    ),
    "latin.jsonl": (
        b"".join([*LINES[:2], '{"prompt": "q", "completion": "é"}\n'.encode("latin-1")]),
        3,
        "not UTF-8",
    ),
    "half.jsonl": (
        GOOD + b'{"prompt": "q", "completion": "\\ud800 lone"}\n',
        len(LINES) + 1,
        "half a character",
    ),
    "utf16.jsonl": (GOOD.decode().encode("utf-16"), 1, "UTF-16"),
    "list.jsonl": (
        b"".join([*LINES, b'{"prompt": "q", "completion": ["a"]}\n']),
        len(LINES) + 1,
        "a list or an object",
    ),
    "deep.jsonl": (b'{"prompt": "q", "completion": ' + b"[" * 5000 + b"]" * 5000 + b"}\n", 1, ""),
    "large.jsonl": (
        json.dumps({"prompt": "q", "completion": "x" * (17 << 20)}).encode() + b"\n",
        1,
        "over 16 MiB",
    ),
    "wide.jsonl": (
        json.dumps({"prompt": "q", "completion": "a", **{f"c{n}": n for n in range(200_000)}}).encode()
        + b"\n",
        None,
        "more than 10,000 different columns",
    ),
    "wide.csv": (b"prompt," * 20_000 + b"completion\n", None, "more than 10,000 different columns"),
    "nothing.jsonl": (b'{"a": 1, "b": "x"}\n', None, "no schema matches"),
    "chopped.json": (b"[" + b",".join(LINES)[:-60], None, ""),
    "text.parquet": (
        b"this is no parquet file, whatever its name says" * 9,
        None,
        "not a whole Parquet file",
    ),
    "between.arrow": (cut_between_batches(stream_of(TABLE)), None, "not a whole Arrow file"),
    "unfinished.arrow": (stream_of(TABLE, "zstd")[:-8], None, "not a whole Arrow file"),
    "cut.feather": (stream_of(TABLE, "lz4", file=True)[:-30], None, "not a whole Arrow file"),
    "bomb.arrow": (stream_of(ZEROS, "zstd", 1), None, "more than 200 times"),
    "bomb.feather": (stream_of(ZEROS, "zstd", 40, file=True), None, "more than 200 times"),
    "text.arrow": (b"ARROW1 and then nothing of the kind" * 9, None, ""),
    "ragged.csv": (b'prompt,completion\n"unclosed,1\n' + b"a,b\n" * 9, 1, "a quote is not closed"),
    "utf16.csv": ("prompt,completion\na,b\n".encode("utf-16"), None, "encoded as UTF-16"),
    "latin.csv": (
        TABLE_OF_TEXT + "a,é\n".encode("latin-1"),
        None,
        "not UTF-8 (byte 0xe9 in line 52, column 3)",
    ),
    "cells.csv": (TABLE_OF_TEXT + b"a,b,c\n", 51, "3 cells (line 52), where the header has 2"),
    "twice.csv": (b"prompt,completion,Prompt\nq,a,r\n", None, "names column 'prompt' twice"),
    "quote.csv": (TABLE_OF_TEXT + b'"a,b\n' + b"a,b\n" * 5, 51, "a quote is not closed"),
    "nothing.json": (b"[]", None, "holds no rows"),
    "space.jsonl": (b"\n\n", None, "holds no rows"),
    "nothing.jsonl.zst": (pa.compress(b"", codec="zstd", asbytes=True), None, "holds no rows"),
    "picture.tar": (tar_of("a.png", b"x"), None, "no .json member"),
    "member.tar": (tar_of("s/a.json", b'{"prompt" "q"}'), None, "its member 's/a.json' is not valid JSON"),
    "reasoning.parquet": (
        parquet_of({"prompt": ["p", "q"], "completion": ["4", f"<think>{'so ' * (6 << 20)}</think>4"]}),
        ...,
        "16",
    ),
    "lfs.parquet": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", None, "Git LFS"),
    "outside.tar": (
        tar_of("../../etc/x.json", b'{"prompt": "q", "completion": "a"}'),
        None,
        "points out of it",
    ),
    "half.tar": (tar_of("a.json", GOOD)[:700], None, "not a whole tar"),
    "cut.tar": (tar_of_rows()[: 1024 * (len(LINES) // 2)], None, "after its member 'sample0039.json'"),
    "flipped.tar": (flipped(tar_of_rows(), 1024 * 30 + 3), None, "after its member 'sample0029.json'"),
    "cut.tar.gz": (gzip.compress(tar_of_rows())[:-300], None, "not a whole tar"),
    "cut.tar.zst": (pa.compress(tar_of_rows(), codec="zstd", asbytes=True)[:-9], None, "ends early"),
    "cut.csv.zst": (
        pa.compress(b"prompt,completion\n" + b"a,b\n" * 300_000, codec="zstd", asbytes=True)[:-3],
        None,
        "ends early",
    ),
    "text.jsonl.zst": (GOOD, None, "not a Zstandard file"),
    "bomb.jsonl.gz": (gzip.compress(b"\n" * (300 << 20), 9), None, "more than 200 times"),
    "bomb.csv.zst": (
        pa.compress(b"\n" * (300 << 20), codec="zstd", asbytes=True),
        None,
        "more than 200 times",
    ),
    "bomb.jsonl.bz2": (bz2.compress(b"\n" * (300 << 20)), None, "more than 200 times"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_one_line_names_file_row_and_remedy(name: str, tmp_path: Path) -> None:
    content, row, says = DAMAGED[name]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableError) as caught:
        provenance_audit.scan(path)
    error = caught.value
    assert error.exit_code == 3
    assert str(path) in error.message
    assert says in error.message
    assert error.remedy
    assert "\n" not in error.message
    assert row is ... or error.row == row


@pytest.mark.parametrize("name", DAMAGED)
def test_the_other_files_are_still_scanned(name: str, tmp_path: Path) -> None:
    good = tmp_path / "good.jsonl"
    good.write_bytes(GOOD)
    (tmp_path / name).write_bytes(DAMAGED[name][0])
    report = provenance_audit.scan([good, tmp_path / name], student="google/gemma-2-9b", fail_on="none")
    assert report.dataset.trained_rows == len(ROWS)
    found = [finding for finding in report.findings if finding.id == "PA001"]
    assert [finding.subject["file"] for finding in found] == [name]
    assert (report.verdict, report.exit_code) == (Verdict.INCOMPLETE, 3)
    lenient = provenance_audit.scan(
        [good, tmp_path / name], student="google/gemma-2-9b", fail_on="none", on_incomplete="warn"
    )
    assert (lenient.verdict, lenient.exit_code) == (Verdict.INCOMPLETE, 0)


def test_what_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.jsonl", tmp_path / "*.jsonl", tmp_path):
        with pytest.raises(MissingInputError) as caught:
            provenance_audit.scan(path)
        assert caught.value.exit_code == 3
        assert str(tmp_path) in caught.value.message


AWKWARD = {
    "ten megabytes in a cell": "x1 " * ((10 << 20) // 3),
    "a NUL": "a\x00b",
    "terminal escapes": "\x1b[31mred\x1b[0m \x07",
    "markup": "<script>alert(1)</script>",
    "other lines": "a\r\nb\u2028c\x85d",
    "a lone surrogate's escape": "\\ud800",
}


@pytest.mark.parametrize("text", AWKWARD.values(), ids=AWKWARD.keys())
def test_awkward_text_is_simply_read(text: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"prompt": "q", "completion": text[: 10 << 20]}) + "\n")
    assert provenance_audit.scan(path).dataset.trained_rows == 1


def test_thousands_of_columns_are_no_hindrance(tmp_path: Path) -> None:
    path = tmp_path / "wide.jsonl"
    wide = {"prompt": "q", "completion": "a", **{f"c{n}": n for n in range(5_000)}}
    path.write_text(json.dumps(wide) + "\n")
    assert provenance_audit.scan(path).dataset.trained_rows == 1


def test_links_of_half_a_download_are_no_silence(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(GOOD)
    (tmp_path / "b.jsonl").symlink_to(tmp_path / "blobs" / "0123")
    for name in (tmp_path, tmp_path / "*.jsonl"):
        report = provenance_audit.scan(name)
        assert report.dataset.trained_rows == len(ROWS)
        assert [one.subject["file"] for one in report.findings if one.id == "PA001"] == ["b.jsonl"]
        assert report.verdict is Verdict.INCOMPLETE
    (tmp_path / "a.jsonl").unlink()
    with pytest.raises(UnreadableError, match="not there"):
        provenance_audit.scan(tmp_path)


@pytest.mark.parametrize("size", [0, 1, 5, 200_000])
@pytest.mark.parametrize("level", [1, 19])
def test_the_frames_of_a_whole_file_are_walked_to_their_end(size: int, level: int, tmp_path: Path) -> None:
    path = tmp_path / "rows.zst"
    content = random.Random(size).randbytes(size // 2) + b"x" * (size - size // 2)
    packed = pa.Codec("zstd", level).compress(content, asbytes=True)
    path.write_bytes(packed + packed)
    assert zstd.most_unpacked(path) >= 2 * size
    for cut in range(1, len(packed), max(1, len(packed) // 50)):
        path.write_bytes(packed + packed[:-cut])
        with pytest.raises(EOFError):
            zstd.most_unpacked(path)


@pytest.mark.parametrize("file", [True, False])
@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
def test_what_a_batch_unpacks_to_is_known_before(compression: str | None, file: bool, tmp_path: Path) -> None:
    path = tmp_path / "rows.arrow"
    table = pa.table({"a": ["x" * 10_000] * 40, "b": pa.array(["y"] * 40).dictionary_encode()})
    path.write_bytes(stream_of(table, compression, 10, file))
    found = ipc.unpacked(path)
    if compression is None:
        assert found == ipc.Unpacked(0, 0)
    else:
        assert 400_000 <= found.total < 405_000
        assert 100_000 <= found.largest < 101_000


@given(
    place=st.integers(0, 10_000),
    bit=st.integers(0, 7),
    file=st.booleans(),
    compression=st.sampled_from([None, "zstd"]),
)
def test_no_header_of_arrow_breaks_the_walk(
    place: int, bit: int, file: bool, compression: str | None
) -> None:
    content = bytearray(stream_of(TABLE, compression, 40, file))
    content[place % len(content)] ^= 1 << bit
    with tempfile.NamedTemporaryFile() as written:
        written.write(content)
        written.flush()
        with contextlib.suppress(EOFError, ValueError):
            ipc.unpacked(Path(written.name))


def test_a_compressed_stream_is_unpacked_a_batch_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "rows.arrow"
    text = random.Random(1).randbytes(60_000).hex()
    table = pa.table({"prompt": ["q"] * 1500, "completion": [text + str(n) for n in range(1500)]})
    path.write_bytes(stream_of(table, "zstd", 50))
    code = (
        "import sys, pyarrow as pa; from provenance_audit.describe import describe;"
        "assert describe((sys.argv[1],))['rows'] == 1500; print(pa.default_memory_pool().max_memory())"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert int(done.stdout) < table.nbytes / 3


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    for name in ("rows.jsonl", "rows"):
        os.mkfifo(tmp_path / name)
        with pytest.raises(UnreadableError, match="a pipe or a device"):
            provenance_audit.scan(tmp_path / name)


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
@pytest.mark.parametrize("which", [0, 1, 79])
@pytest.mark.parametrize("rows", [1, 3_000])
def test_one_broken_shard_of_many_is_the_only_one_that_is_not_read(
    tmp_path: Path, suffix: str, which: int, rows: int
) -> None:
    for number in range(80):
        if suffix == "jsonl":
            lines = ['{"prompt": "q", "completion": "a"}'] * (rows + 1)
        else:
            lines = ["prompt,completion", *["q,a"] * (rows + 1)]
        if number == which:
            lines[-1] = '{"prompt": "q", "comp' if suffix == "jsonl" else 'q,"never closed'
        (tmp_path / f"{number:02}.{suffix}").write_text("\n".join(lines) + "\n")
    seen = describe((str(tmp_path),))
    assert seen["rows"] == 79 * (rows + 1)
    assert len(seen["unreadable"]) == 1
    assert f"{which:02}.{suffix}" in seen["unreadable"][0]


def test_arrow_text_that_is_no_utf8_is_one_unread_file(tmp_path: Path) -> None:
    table = pa.table({"prompt": [f"p{n}" for n in range(50)], "completion": ["one two"] * 50})
    (tmp_path / "0.arrow").write_bytes(stream_of(table, None, 50, True))
    broken = stream_of(table, None, 50, True).replace(b"one two", b"one \xff\xfeo", 1)
    (tmp_path / "1.arrow").write_bytes(broken)
    report = provenance_audit.scan(tmp_path)
    unread = next(one for one in report.findings if one.id == "PA001")
    assert "1.arrow" in unread.message
    assert "Invalid UTF8" in unread.message
    assert sum(one.rows or 0 for one in report.inputs) == 50
