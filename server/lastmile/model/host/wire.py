"""HTTP on a connection of the host: a short way for the requests of our own client, and uvicorn's for all others.

A parser of all of HTTP takes as long for a request as the rest of the way (benchmarks/host_served.py). What
`lines.py` writes has one form, and comes whole; whatever has another form, or comes in parts, goes to uvicorn
as it came. What a request means is not known here.
"""

from __future__ import annotations

import asyncio
import re
from http import HTTPStatus
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

# All that one may hold, in this order: anything else could change what its body is, or what is to be answered.
_HEAD = re.compile(
    rb"POST (/[a-z0-9/]+) HTTP/1\.1\r\n"
    rb"Content-Length: ([0-9]{1,9})\r\nHost: ([!-~]+)\r\n(?:Authorization: ([ -~]+)\r\n)?\r\n"
)
_FIELDS = (b"content-length", b"host", b"authorization")
_MOST_EARLY = 1_000_000
"""Bytes that may come before the answer to what came first is complete: our client sends none."""

_CLOSE = (b"connection", b"close")


class Wire(H11Protocol):
    """A connection."""

    _early = b""
    """What came while an answer was being written the short way."""

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        if isinstance(self.cycle, _Answer) and not self.cycle.response_complete:
            self._early += data
            if len(self._early) > _MOST_EARLY:
                self.transport.abort()
        elif not self._fresh() or (found := _HEAD.match(data)) is None or len(data) - found.end() != int(found[2]):
            super().data_received(data)
        else:
            self._unset_keepalive_if_required()
            self._begin(found, data[found.end() :])

    def on_response_complete(self) -> None:
        """Go on with what came meanwhile."""
        super().on_response_complete()
        early, self._early = self._early, b""
        if early and not self.transport.is_closing():
            self.data_received(early)

    def _fresh(self) -> bool:
        """Tell whether nothing is under way on the connection."""
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete:
            return False
        idle = self.conn.our_state is h11.IDLE and self.conn.their_state is h11.IDLE
        return idle and not self.conn.trailing_data[0]

    def _begin(self, found: re.Match[bytes], body: bytes) -> None:
        path = found[1]
        self.headers = [(name, value) for name, value in zip(_FIELDS, found.groups()[1:], strict=True) if value]
        scope: Any = {
            "type": "http",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": "1.1",
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme,
            "method": "POST",
            "root_path": "",
            "path": path.decode("ascii"),
            "raw_path": path,
            "query_string": b"",
            "headers": self.headers,
            "state": {},
        }
        self.scope = scope
        self.cycle = _Answer(
            scope=scope,
            conn=self.conn,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=[],
            message_event=asyncio.Event(),
            on_response=self.on_response_complete,
        )
        self.cycle.body += body
        self.cycle.more_body = False
        self.cycle.message_event.set()
        task = self.loop.create_task(self.cycle.run_asgi(self.app))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)


class _Answer(RequestResponseCycle):
    """An answer that is written the short way, its head together with what comes first of its body."""

    _head = b""
    """What is to be sent before the next part of the body."""

    _chunked = False

    async def send(self, message: Any) -> None:  # noqa: ANN401 - ASGI's own type is not public in uvicorn
        """Send what the application says."""
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        if message["type"] == "http.response.start":
            self.response_started = True
            self._head = self._begun(message["status"], list(message.get("headers", ())))
        elif message["type"] == "http.response.body":
            self._write(message.get("body", b""), last=not message.get("more_body", False))

    def _begun(self, status: int, headers: list[tuple[bytes, bytes]]) -> bytes:
        self._chunked = all(name != b"content-length" for name, _ in headers)
        self.keep_alive &= _CLOSE not in headers
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode("ascii")]
        lines += [name + b": " + value for name, value in headers]
        lines += [b"transfer-encoding: chunked"] if self._chunked else []
        return b"\r\n".join([*lines, b"", b""])

    def _write(self, body: bytes, *, last: bool) -> None:
        head, self._head = self._head, b""
        if self._chunked:
            body = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            body += b"0\r\n\r\n" if last else b""
        self.transport.write(head + body)
        if last:
            self.response_complete = True
            self.message_event.set()
            if not self.keep_alive:
                self.transport.close()
            self.on_response()
