"""A small Hub on this machine: `/api/models/ID`, and files by commit, as the real one answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@contextmanager
def hub(repositories: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, list[str]]]:
    """Serve repositories (id -> file name -> text). Yields the endpoint, and the paths that were asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self, *, body: bool) -> None:
            path = self.path.partition("?")[0]
            asked.append(path)
            parts = path.strip("/").split("/")
            if parts[:2] == ["api", "models"]:
                id = "/".join(parts[2:4])
                files = repositories.get(id)
                if files is None:
                    self._send(
                        404, b'{"error":"Repository not found"}', {"X-Error-Code": "RepoNotFound"}, body=body
                    )
                    return
                info = {
                    "id": id, "modelId": id, "sha": COMMIT, "private": False, "disabled": False, "downloads": 0,
                    "likes": 0, "tags": [], "siblings": [{"rfilename": name} for name in files],
                }  # fmt: skip
                self._send(200, json.dumps(info).encode(), {"Content-Type": "application/json"}, body=body)
                return
            id, name = "/".join(parts[:2]), "/".join(parts[4:])
            text = repositories.get(id, {}).get(name)
            if text is None or parts[2] != "resolve":
                self._send(404, b"", {"X-Error-Code": "EntryNotFound"}, body=body)
                return
            headers = {"X-Repo-Commit": COMMIT, "ETag": f'"{hash(text) & 0xFFFFFFFF:x}"'}
            self._send(200, text.encode(), headers, body=body)

        def _send(self, code: int, content: bytes, headers: Mapping[str, str], *, body: bool) -> None:
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if body:
                self.wfile.write(content)

        def do_GET(self) -> None:
            self._answer(body=True)

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
