"""Objects in a store (`s3://`, `gs://`) or behind a URL (`https://`): found, pinned by ETag, and read by ranges.

Only what the user names is asked for. DuckDB reads through fsspec, which reads S3 and GCS through pyarrow; a footer costs
a footer, and nothing is downloaded whole. The ETag pins what was read, as a digest would pin a file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from provenance_audit.dataset.files import DataFile, container_of, is_rows
from provenance_audit.dataset.ranges import RangeHandle
from provenance_audit.errors import MissingInputError, UnreadableError, UsageError

_SCHEME = re.compile(r"^(s3|gs|gcs|https?)://", re.I)
_WILDCARD = re.compile(r"[*?\[]")
# What lies behind a URL is fetched whole up to this size: one request, and any server can answer it.
_WHOLE_BYTES = 1024 * 1024
_GONE = (404, 410)


def is_remote(name: str) -> bool:
    """Whether a name is a URI of an object store, or a URL."""
    return bool(_SCHEME.match(name))


def find(name: str) -> list[DataFile]:
    """The objects of rows behind a URI, a prefix or a glob pattern, in a stable order.

    Raises UsageError without the extra that reads them, MissingInputError where there is nothing, UnreadableError where the
    store does not answer.
    """
    scheme = _scheme(name)
    filesystem = _filesystem(scheme)
    key = name if scheme == "https" else name.split("://", 1)[1]
    try:
        if scheme != "https":
            # fsspec takes a store that does not answer for an empty one; pyarrow does not.
            filesystem.fs.get_file_info(_WILDCARD.split(key, maxsplit=1)[0].rstrip("/"))
        if scheme == "https":
            keys = [key]
        elif _WILDCARD.search(key):
            keys = sorted(filesystem.glob(key))
        elif filesystem.isfile(key):
            keys = [key]
        else:
            keys = sorted(one for one in filesystem.find(key) if is_rows(PurePosixPath(one)))
        found = [_object(filesystem, scheme, key) for key in keys]
    except UnreadableError:
        raise
    except Exception as error:  # every store has its own errors
        cause = error.__cause__ if isinstance(error, FileNotFoundError) and error.__cause__ else error
        if (cause is error and isinstance(error, FileNotFoundError)) or getattr(cause, "status", 0) in _GONE:
            raise MissingInputError(
                f"{name} does not exist", remedy="check the URI; nothing was read"
            ) from error
        reason = str(cause).splitlines()[0] if str(cause) else type(cause).__name__
        raise UnreadableError(
            f"{name} cannot be reached: {reason}",
            file=name,
            remedy="check the URI, the credentials and the network",
        ) from error
    if not found:
        raise MissingInputError(f"{name} holds no data file", remedy="check the URI; nothing was read")
    return found


def filesystems(files: Iterable[DataFile]) -> list[Any]:
    """What the engine needs to open the remote ones among these files."""
    return [
        _filesystem(scheme)
        for scheme in dict.fromkeys(_scheme(one.path) for one in files if is_remote(one.path))
    ]


def _scheme(name: str) -> str:
    scheme = name.split("://", 1)[0].lower()
    return {"gcs": "gs", "http": "https"}.get(scheme, scheme)


def _object(filesystem: Any, scheme: str, key: str) -> DataFile:
    url = key if scheme == "https" else f"{'gcs' if scheme == 'gs' else scheme}://{key}"
    container = container_of(PurePosixPath(unquote(urlsplit(url).path) if scheme == "https" else key))
    if container is None:
        raise UnreadableError(
            f"{url} is no container that paudit knows",
            file=url,
            remedy="name it by what it is: .parquet, .jsonl, …",
        )
    if scheme == "https":
        info = filesystem.info(key)
        size, etag = info.get("size"), info.get("ETag", "")
        _refuse_without_ranges(filesystem, url, size)
    else:
        with filesystem.fs.open_input_file(key) as stream:
            size = stream.size()
        with filesystem.fs.open_input_stream(key) as stream:
            etag = (stream.metadata() or {}).get("ETag", b"")
    text = etag.decode() if isinstance(etag, bytes) else str(etag)
    return DataFile(url, url, container, int(size), text.strip('"'))


@cache
def _filesystem(scheme: str) -> Any:
    """One filesystem for each scheme, made when it is first asked for."""
    try:
        from fsspec.implementations.arrow import ArrowFSWrapper

        if scheme == "https":
            from fsspec.implementations.http import HTTPFileSystem

            class Http(HTTPFileSystem):  # type: ignore[misc]
                def open(self, path: str, mode: str = "rb", **_: Any) -> RangeHandle:
                    size = self.info(path).get("size") or 0
                    file = _http_file(self, path, size)
                    if size > _WHOLE_BYTES:
                        return RangeHandle(partial(_fetch, file), size)
                    content = _fetch(file, 0, size)
                    return RangeHandle(lambda start, end: content[start:end], size)

                def modified(self, _: str) -> datetime:
                    """What the engine asks for, and servers seldom say: the ETag pins the object instead."""
                    return datetime(1970, 1, 1, tzinfo=UTC)

            return Http()
        from pyarrow import fs

        class Ranged(ArrowFSWrapper):  # type: ignore[misc]
            def open(self, path: str, mode: str = "rb", **_: Any) -> RangeHandle:
                stream = self.fs.open_input_file(self._strip_protocol(path))
                return RangeHandle(
                    lambda start, end: bytes(stream.read_at(end - start, start)), stream.size()
                )

    except ImportError as error:
        raise UsageError(
            f"reading {scheme}:// needs an extra ({error.name} is not installed)",
            remedy="pip install 'provenance-audit[remote]'",
        ) from error
    if scheme == "gs":
        return Ranged(fs.GcsFileSystem())
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    if endpoint is None:
        return Ranged(fs.S3FileSystem())
    parts = urlsplit(endpoint)
    return Ranged(fs.S3FileSystem(endpoint_override=parts.netloc, scheme=parts.scheme))


def _http_file(filesystem: Any, url: str, size: int) -> Any:
    """A file behind a URL, of which ranges can be fetched from any thread."""
    from fsspec.asyn import sync
    from fsspec.implementations.http import HTTPFile

    session = sync(filesystem.loop, filesystem.set_session)
    return HTTPFile(filesystem, url, session=session, size=size, loop=filesystem.loop, cache_type="none")


def _fetch(file: Any, start: int, end: int) -> bytes:
    """The bytes of one range. Raises ValueError where the server sends only whole files."""
    return bytes(file._fetch_range(start, end))


def _refuse_without_ranges(filesystem: Any, url: str, size: int | None) -> None:
    """A server that says no size, or sends only whole files, cannot be read by ranges."""
    reason = None
    if size is None:
        reason = "the server does not say how large it is"
    elif size > _WHOLE_BYTES:
        try:
            _fetch(_http_file(filesystem, url, size), 1, 2)
        except ValueError:
            reason = "the server sends it only whole, not by ranges"
    if reason:
        raise UnreadableError(f"{url}: {reason}", file=url, remedy="download it, and scan the file")
