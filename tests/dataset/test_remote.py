"""Objects in a store: found, read by ranges, pinned by their ETag. The store is a real server of the S3 protocol."""

from __future__ import annotations

import gzip
import hashlib
import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.fs
import pyarrow.parquet
import pytest

import provenance_audit
from provenance_audit.dataset import remote
from provenance_audit.dataset.ranges import RangeHandle
from provenance_audit.describe import describe
from provenance_audit.errors import MissingInputError, UnreadableError
from tests.dataset.writers import ROWS, jsonl

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@dataclass
class Store:
    """An S3 server that counts the bytes it sends."""

    filesystem: Any
    sent: list[int] = field(default_factory=list)

    def put(self, name: str, content: bytes) -> str:
        with self.filesystem.open_output_stream(f"bucket/{name}", compression=None) as stream:
            stream.write(content)
        return f"s3://bucket/{name}"


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    sent: list[int] = []
    inner = DomainDispatcherApplication(create_backend_app)

    def counting(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        body = b"".join(inner(environ, start))
        if environ["REQUEST_METHOD"] == "GET":
            sent.append(len(body))
        return [body]

    server = make_server("127.0.0.1", 0, counting, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        remote._filesystem.cache_clear()
        filesystem = pyarrow.fs.S3FileSystem(
            endpoint_override=f"127.0.0.1:{server.server_port}", scheme="http", allow_bucket_creation=True
        )
        filesystem.create_dir("bucket")
        yield Store(filesystem, sent)
        remote._filesystem.cache_clear()
    server.shutdown()


def parquet(rows: list[dict[str, object]], **more: pa.Array) -> bytes:
    table = pa.Table.from_pylist(rows)
    for name, column in more.items():
        table = table.append_column(name, column)
    sink = io.BytesIO()
    pa.parquet.write_table(table, sink, compression="none", use_dictionary=False)
    return sink.getvalue()


def test_objects_prefixes_and_patterns_are_read(store: Store) -> None:
    for number in range(3):
        store.put(f"shards/{number}.parquet", parquet(ROWS[number::3]))
    store.put("shards/README.md", b"a card")
    for name in ("s3://bucket/shards/", "s3://bucket/shards/*.parquet"):
        seen = describe((name,))
        assert (seen["rows"], len(seen["files"])) == (len(ROWS), 3)
    assert describe((store.put("rows.jsonl", jsonl(ROWS)),))["makers"][0]["rows"] == 40


def test_a_scan_pins_what_it_read_by_its_etag(store: Store) -> None:
    name = store.put("pinned.parquet", parquet(ROWS))
    report = provenance_audit.scan(name, student="google/gemma-2-9b")
    (read,) = report.inputs
    assert (read.path, read.rows, read.sha256) == (name, len(ROWS), None)
    assert read.etag
    store.put("pinned.parquet", parquet(ROWS[1:]))
    assert provenance_audit.scan(name).inputs[0].etag != read.etag


def test_columns_that_nobody_needs_are_not_downloaded(store: Store) -> None:
    ballast = pa.array([bytes([n % 251]) * 100_000 for n in range(len(ROWS))])
    content = parquet(ROWS, ballast=ballast)
    name = store.put("heavy.parquet", content)
    store.sent.clear()
    assert describe((name,))["rows"] == len(ROWS)
    assert sum(store.sent) < len(content) / 10


def test_what_is_not_there_is_said(store: Store) -> None:
    for name in ("s3://bucket/none.parquet", "s3://bucket/none/", "s3://bucket/*.none"):
        with pytest.raises((MissingInputError, UnreadableError)) as caught:
            describe((name,))
        assert caught.value.exit_code == 3
        assert name in caught.value.message


def test_what_is_broken_is_said_and_the_rest_is_read(store: Store) -> None:
    good = store.put("mixed/a.parquet", parquet(ROWS))
    bad = store.put("mixed/b.parquet", parquet(ROWS)[:500])
    tar = store.put("mixed/c.tar", b"x")
    report = provenance_audit.scan([good, bad, tar])
    assert {one.subject["file"] for one in report.findings if one.id == "PA001"} == {"b.parquet", "c.tar"}
    assert report.dataset.trained_rows == len(ROWS)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a web server of a folder, which knows no ranges."""

    class Quiet(SimpleHTTPRequestHandler):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(folder))

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_a_url_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_bytes(jsonl(ROWS))
    with served(tmp_path) as address:
        seen = describe((f"{address}/rows.jsonl",))
        with pytest.raises(MissingInputError, match="does not exist"):
            describe((f"{address}/none.jsonl",))
    assert seen["rows"] == len(ROWS)


def test_a_server_without_ranges_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_bytes(jsonl(ROWS) * 400)
    with served(tmp_path) as address, pytest.raises(UnreadableError, match="only whole") as caught:
        describe((f"{address}/rows.jsonl",))
    assert caught.value.remedy
    assert "download" in caught.value.remedy


@pytest.mark.parametrize("path", ["rows.parquet", "data/", "data/*.parquet"])
def test_a_store_that_does_not_answer_is_no_empty_one(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    remote._filesystem.cache_clear()
    try:
        with pytest.raises(UnreadableError, match="cannot be reached"):
            describe((f"s3://bucket/{path}",))
    finally:
        remote._filesystem.cache_clear()


def test_a_web_server_that_does_not_answer_is_said() -> None:
    with pytest.raises(UnreadableError, match="cannot be reached"):
        describe(("http://127.0.0.1:9/rows.jsonl",))


def test_threads_that_share_a_handle_read_the_same_rows(store: Store) -> None:
    rows = [
        {"prompt": f"p{n}", "completion": hashlib.sha512(bytes([n % 251, n % 241])).hexdigest()}
        for n in range(60_000)
    ]
    sink = io.BytesIO()
    pa.parquet.write_table(pa.Table.from_pylist(rows), sink, compression="none", row_group_size=2_000)
    name = store.put("many/groups.parquet", sink.getvalue())
    for _ in range(5):
        assert describe((name,))["rows"] == len(rows)


def test_a_compressed_object_is_read_in_turn_by_several_threads(store: Store) -> None:
    line = b'{"prompt": "p", "completion": "' + b"word " * 400 + b'"}\n'
    name = store.put("large.jsonl.gz", gzip.compress(line * 60_000, 1))
    assert describe((name,))["rows"] == 60_000


def test_a_place_that_one_thread_sought_is_its_own() -> None:
    content = bytes(range(256))
    handle = RangeHandle(lambda start, end: content[start:end], len(content))

    def elsewhere(action: Callable[[], object]) -> None:
        other = threading.Thread(target=action)
        other.start()
        other.join()

    handle.seek(10)
    elsewhere(lambda: handle.seek(200))
    assert handle.read(2) == content[10:12]
    handle.seek(0)
    elsewhere(lambda: handle.read(4))
    assert handle.read(4) == content[4:8], "in turn, whoever reads"
    assert handle.seek(-2, 2) == 254
    assert handle.read() == content[254:]
    assert handle.read(1) == b""
