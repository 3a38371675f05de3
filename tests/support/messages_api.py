"""A stand-in for the Messages API: a real HTTP server on loopback, scripted by the test.

It runs on a thread of its own, so the code under test may block, run in another process or on any
event loop. It keeps what it was sent and how each connection ended. For tests that cannot hold a
Python object, an editor's for example, the same server runs as a program:

    python -m tests.support.messages_api --port-file F --script S.json [--history H.jsonl]

The script is ``{"replies": [...], "default": {...}, "keys": [...]}`` with the fields of `Reply`; the
port file, and then the output, gets the port once the server listens; every finished exchange is a line of the history.
It ends when its standard input does.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import struct
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import cattrs
from attrs import define, field
from tests.support.messages_wire import (
    ERROR_TYPES,
    Break,
    PromptCache,
    Reply,
    complaint,
    count,
    error_body,
    events,
    question,
    refused,
)
from tests.support.patience import PATIENCE

_LONGEST_HEAD = 1 << 16
_VERTEX = ":streamRawPredict"
"""How the paths of Vertex end; the model stands before it, and the stream is the same."""


@define(eq=False)
class Exchange:
    """One request, and how its answer ended."""

    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""

    raw: bytes
    connection: int
    """Which connection it came on, counted from 0."""

    body: Any = None
    """The parsed JSON; None where it is none."""

    sent: int = 0
    """Events that went out."""

    began: float = field(factory=time.monotonic)
    closed: Future[str] = field(factory=Future)
    """``answered``, ``server`` (it broke off as scripted) or ``client`` (the other side closed)."""

    @property
    def key(self) -> str:
        """The API key that came with it."""
        return self.headers.get("authorization", "").removeprefix("Bearer ")

    async def ended(self) -> str:
        """Wait until the answer is over; say how it ended."""
        return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(self.closed)), PATIENCE)

    def end(self, how: str) -> None:
        if not self.closed.done():
            self.closed.set_result(how)


class MessagesApi:
    """The server; a context manager that listens from its start to its end."""

    def __init__(self, *, keys: Iterable[str] | None = None, models: Iterable[str] | None = None) -> None:
        self.keys: Iterable[str] | None = keys
        """The keys that it takes; None for any. `models` likewise."""

        self.models: Iterable[str] | None = models
        self.default: Reply | None = None
        self.cache = PromptCache()
        self.requests: list[Exchange] = []
        self.on_end: Callable[[Exchange], None] = lambda _exchange: None
        self.port = 0
        self._script: deque[Reply] = deque()
        self._arrived = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="messages-api", daemon=True)
        self._connections = 0
        self._open: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """What the base URL of a client is set to."""
        return f"http://127.0.0.1:{self.port}"

    def enqueue(self, *replies: Reply) -> None:
        """Script the next answers, each for one request."""
        self._script.extend(replies)

    def reset(self) -> None:
        """Forget the script, the history and the cache, as a fresh server would have none."""
        self._script.clear()
        self.requests.clear()
        self.cache.clear()
        self.default = self.keys = self.models = None

    async def received(self, number: int) -> Exchange:
        """Wait for the request of that number, from 1."""
        return await asyncio.to_thread(self.wait_for, number)

    def wait_for(self, number: int) -> Exchange:
        """Wait, blocking, for the request of that number, from 1."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.requests) >= number, PATIENCE):
                message = f"request {number} did not come; {len(self.requests)} did"
                raise TimeoutError(message)
            return self.requests[number - 1]

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=_LONGEST_HEAD)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        self._server.close()
        for task in tuple(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await self._server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        number, self._connections = self._connections, self._connections + 1
        try:
            while exchange := await _request(reader, number):
                with self._arrived:
                    self.requests.append(exchange)
                    self._arrived.notify_all()
                if not await self._serve(exchange, reader, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # The other side went away, or the test is over.
        finally:
            self._open.discard(task)
            writer.close()

    async def _serve(self, exchange: Exchange, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request, watching for the other side to close; tell whether the connection goes on."""
        answer = asyncio.ensure_future(self._answer(exchange, writer))
        gone = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait({answer, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            broken = not answer.done() or answer.cancelled() or answer.exception() is not None
            how = "client" if broken else answer.result()
            answer.cancel()
            gone.cancel()
            exchange.end(how)
            self.on_end(exchange)
            await asyncio.gather(answer, gone, return_exceptions=True)
        return how == "answered"

    async def _answer(self, exchange: Exchange, writer: asyncio.StreamWriter) -> str:
        reply = self._choose(exchange)
        if reply.gate is not None and reply.gate_after == 0:
            await reply.gate.passed()
        if reply.ends is not None and reply.ends.after < 0:
            return await _break_off(reply.ends, writer)
        if reply.status != 200 or reply.body is not None:
            return await _plain(reply, writer)
        return await self._stream(exchange, reply, writer)

    def _choose(self, exchange: Exchange) -> Reply:
        if self.keys is not None and exchange.key not in self.keys:
            return refused(401, "API key is invalid.")
        path = exchange.path.partition("?")[0]
        if path.endswith(_VERTEX) and isinstance(exchange.body, dict):
            exchange.body["model"] = path.rpartition("/")[2].removesuffix(_VERTEX)
            path = "/v1/messages"
        if path == "/v1/messages/count_tokens":
            asked = json.dumps(exchange.body)
            return Reply(body=json.dumps({"input_tokens": count(asked)}))
        if path != "/v1/messages":
            return refused(404, f"no such path: {path}")
        if wrong := complaint(exchange.body):
            return refused(400, wrong)
        if self.models is not None and exchange.body["model"] not in self.models:
            return refused(404, f"model: {exchange.body['model']}")
        return self._scripted(exchange)

    def _scripted(self, exchange: Exchange) -> Reply:
        asked = question(exchange.body)
        for reply in tuple(self._script):
            if reply.when in asked:
                self._script.remove(reply)
                return reply
        return self.default if self.default is not None else refused(400, "the test scripted no reply for this request")

    async def _stream(self, exchange: Exchange, reply: Reply, writer: asyncio.StreamWriter) -> str:
        extra = "".join(f"{name}: {value}\r\n" for name, value in reply.headers.items())
        head = f"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n{extra}\r\n"
        writer.write(head.encode())
        await writer.drain()
        counted = self.cache.bill(exchange.body, exchange.key)
        for name, data in events(reply, exchange.body, counted):
            if reply.gate is not None and exchange.sent == reply.gate_after > 0:
                await reply.gate.passed()
            if reply.ends is not None and exchange.sent == reply.ends.after:
                return await _break_off(reply.ends, writer)
            await _chunk(writer, _event(name, data))
            exchange.sent += 1
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return "answered"


async def _request(reader: asyncio.StreamReader, connection: int) -> Exchange | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if name
    }
    raw = await reader.readexactly(int(headers.get("content-length", "0")))
    exchange = Exchange(method, path, headers, raw, connection)
    with suppress(ValueError):
        exchange.body = json.loads(raw)
    return exchange


def _event(name: str, data: object) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


async def _chunk(writer: asyncio.StreamWriter, text: str) -> None:
    data = text.encode()
    writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
    await writer.drain()


async def _plain(reply: Reply, writer: asyncio.StreamWriter) -> str:
    body = reply.body
    if body is None:
        body = json.dumps(error_body(ERROR_TYPES.get(reply.status, "api_error"), reply.message))
    data = body.encode()
    headers = {"content-type": "application/json", "content-length": str(len(data)), **reply.headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"HTTP/1.1 {reply.status} Scripted\r\n{lines}\r\n".encode() + data)
    await writer.drain()
    return "answered"


async def _break_off(end: Break, writer: asyncio.StreamWriter) -> str:
    match end.how:
        case "reset":
            connection = writer.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        case "drop":
            writer.close()
        case "error":
            await _chunk(writer, _event("error", error_body(end.error, f"scripted {end.error}")))
        case "raw":
            await _chunk(writer, end.raw)
    if end.how in ("end", "error", "raw"):
        writer.write(b"0\r\n\r\n")
        await writer.drain()
    return "server"


def _main() -> None:
    parser = argparse.ArgumentParser(description="A scripted stand-in for the Messages API.")
    parser.add_argument("--port-file", type=Path, required=True)
    parser.add_argument("--script", type=Path, required=True)
    parser.add_argument("--history", type=Path)
    options = parser.parse_args()
    script = json.loads(options.script.read_text(encoding="utf-8"))
    with MessagesApi(keys=script.get("keys"), models=script.get("models")) as api:
        api.enqueue(*cattrs.structure(script.get("replies", []), list[Reply]))
        api.default = cattrs.structure(script["default"], Reply) if "default" in script else None
        if options.history is not None:
            api.on_end = lambda exchange: _write(options.history, exchange)
        fresh = options.port_file.with_suffix(".new")
        fresh.write_text(str(api.port), encoding="utf-8")
        fresh.replace(options.port_file)
        sys.stdout.write(f"{api.port}\n")
        sys.stdout.flush()
        sys.stdin.read()


def _write(path: Path, exchange: Exchange) -> None:
    line = {"path": exchange.path, "key": exchange.key, "body": exchange.body, "ended": exchange.closed.result()}
    with path.open("a", encoding="utf-8") as history:
        history.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    _main()
