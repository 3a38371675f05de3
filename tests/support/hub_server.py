"""A hub as huggingface_hub asks one: it says a file's hash and size, sends you elsewhere for it, and knows ranges."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from attrs import define, field

COMMIT = "c" * 40


@define(eq=False)
class Hub:
    """What it has and does."""

    files: dict[str, bytes] = field(factory=dict)
    """By ``OWNER/NAME/resolve/REVISION/FILE``."""

    cuts: list[int] = field(factory=list)
    """After how many bytes each of the next answers breaks off; a negative one is refused."""

    sha256: str = ""
    """What it says that any file's hash is, in place of the right one."""

    bytes: int = 0
    """The same of the size."""

    seen: list[tuple[str, str, str]] = field(factory=list)
    """Of each request the method, the path and the range."""

    pause: int = 0
    """After how many bytes an answer stands still, until it may go on; 0 for never."""

    paused: threading.Event = field(factory=threading.Event)
    go_on: threading.Event = field(factory=threading.Event)
    headers: list[dict[str, str]] = field(factory=list)
    url: str = ""


class _Handler(BaseHTTPRequestHandler):
    state: Hub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        self.state.seen.append((self.command, self.path, self.headers.get("Range", "")))
        self.state.headers.append(dict(self.headers))
        name = self.path.removeprefix("/elsewhere").removeprefix("/")
        if name not in self.state.files:
            self._head(404, {"X-Error-Code": "EntryNotFound", "Content-Length": "0"})
        elif self.path.startswith("/elsewhere"):
            self._send(self.state.files[name])
        else:
            self._redirect(name)

    def _redirect(self, name: str) -> None:
        data = self.state.files[name]
        headers = {
            "X-Repo-Commit": COMMIT,
            "X-Linked-Etag": f'"{self.state.sha256 or hashlib.sha256(data).hexdigest()}"',
            "X-Linked-Size": str(self.state.bytes or len(data)),
            "Location": f"{self.state.url.replace('127.0.0.1', 'localhost')}/elsewhere/{name}",
            "Content-Length": "0",
        }
        self._head(302, headers)

    def _send(self, data: bytes) -> None:
        begin = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
        cut = self.state.cuts.pop(0) if self.state.cuts else len(data)
        if cut < 0:
            self._head(403, {"Content-Length": "0"})
            return
        ranges = {"Content-Range": f"bytes {begin}-{len(data) - 1}/{len(data)}"} if begin else {}
        self._head(206 if begin else 200, {"Content-Length": str(len(data) - begin), **ranges})
        body = memoryview(data)[begin : begin + cut]
        if self.state.pause:
            self.wfile.write(body[: self.state.pause])
            body = body[self.state.pause :]
            self.state.paused.set()
            self.state.go_on.wait(60)
        with suppress(ConnectionError):  # Whoever asked may be gone.
            self.wfile.write(body)
        self.close_connection = True

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for header in headers.items():
            self.send_header(*header)
        self.end_headers()


@contextmanager
def hub(**settings: Any) -> Iterator[Hub]:  # noqa: ANN401 - the fields of a hub
    """Serve for as long as the block lasts."""
    state = Hub(**settings)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"state": state}))
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
