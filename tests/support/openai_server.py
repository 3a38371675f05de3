"""A stand-in for a server of the OpenAI chat API: real HTTP on loopback, scripted by the test.

It answers each request with the next scripted answer, streamed as server-sent events, and keeps
what it was sent and how each exchange ended. It runs on the test's own event loop.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Self

from attrs import define, field, frozen
from tests.support.patience import PATIENCE


@frozen
class Answer:
    """What one request is answered with."""

    pieces: Sequence[str] = ()
    """The content, one piece an event."""

    thoughts: Sequence[str] = ()
    """Sent before the pieces as ``reasoning_content``."""

    finish: str = "stop"
    """The reason of the last choice; empty for an answer that breaks off without one."""

    usage: Any = None
    """The usage of the final chunk; none is sent for None."""

    hold_after: int | None = None
    """After so many pieces the answer waits for `OpenAIServer.release`."""

    status: int = 200
    body: bytes | None = None
    """Sent as it is in place of the stream."""

    content_type: str = "application/json"
    raw_events: Sequence[str] = ()
    """Data of events sent as they are, before the pieces."""

    reset: bool = False
    """Whether the connection breaks after the pieces."""

    done: bool = True
    """Whether ``[DONE]`` is sent."""


def error(status: int, message: str, **more: object) -> Answer:
    """Make an error as llama-server and OpenAI shape it."""
    return Answer(status=status, body=json.dumps({"error": {"message": message, **more}}).encode())


@define(eq=False)
class Exchange:
    """One request, and how its answer ended."""

    method: str
    path: str
    headers: dict[str, str]
    raw: bytes
    ended: asyncio.Future[str] = field(factory=lambda: asyncio.get_running_loop().create_future())
    """``answered``, ``reset`` or ``client`` (the other side closed the connection first)."""

    @property
    def body(self) -> Any:  # noqa: ANN401 - JSON of any shape
        """The parsed JSON."""
        return json.loads(self.raw)


class OpenAIServer:
    """The server; an async context manager that listens from its start to its end."""

    def __init__(self, *, models: Sequence[str] = ("tiny",), key: str = "") -> None:
        self.models: Answer | Sequence[str] = models
        self.key = key
        self.chats: list[Exchange] = []
        self.listings: list[Exchange] = []
        self.connections = 0
        self.port = 0
        self._answers: deque[Answer] = deque()
        self._arrived = asyncio.Condition()
        self._released = asyncio.Event()
        self._open: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """What the settings name."""
        return f"http://127.0.0.1:{self.port}/v1"

    def enqueue(self, *answers: Answer) -> None:
        """Script the next answers, each for one request."""
        self._answers.extend(answers)

    def release(self) -> None:
        """Let the answers that wait go on."""
        self._released.set()

    async def received(self, count: int) -> Exchange:
        """Wait until that many chat requests have come, and give the last of them."""
        async with self._arrived:
            enough = self._arrived.wait_for(lambda: len(self.chats) >= count)
            await asyncio.wait_for(enough, PATIENCE)
        return self.chats[count - 1]

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await self._server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._exchange(reader, writer)
        finally:
            self._open.discard(task)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve the one request of a connection."""
        exchange = await _read(reader)
        if exchange.path.endswith("/models"):
            self.listings.append(exchange)
            answer = self._listing()
        else:
            answer = self._answers.popleft() if self._answers else Answer(["hi"])
            async with self._arrived:
                self.chats.append(exchange)
                self._arrived.notify_all()
        if self.key and exchange.headers.get("authorization") != f"Bearer {self.key}":
            answer = error(401, "Invalid API Key")
        gone = asyncio.ensure_future(reader.read(1))
        try:
            how = await self._answer(answer, writer, gone)
        except ConnectionError:
            how = "client"
        exchange.ended.set_result(how)
        gone.cancel()

    def _listing(self) -> Answer:
        if isinstance(self.models, Answer):
            return self.models
        return Answer(body=json.dumps({"object": "list", "data": [{"id": name} for name in self.models]}).encode())

    async def _answer(self, answer: Answer, writer: asyncio.StreamWriter, gone: asyncio.Future[bytes]) -> str:
        if answer.body is not None:
            head = f"HTTP/1.1 {answer.status} X\r\nContent-Type: {answer.content_type}\r\n"
            writer.write(
                f"{head}Content-Length: {len(answer.body)}\r\nConnection: close\r\n\r\n".encode() + answer.body
            )
            await writer.drain()
            return "answered"
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n")
        writer.write(b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
        for number, event in enumerate(_events(answer)):
            held = answer.hold_after is not None and number >= answer.hold_after
            if held and await self._held(gone):
                return "client"
            data = f"data: {event}\n\n".encode()
            writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            await writer.drain()
        if answer.reset:
            writer.transport.abort()
            return "reset"
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return "answered"

    async def _held(self, gone: asyncio.Future[bytes]) -> bool:
        """Wait for the release; tell whether the other side went away instead."""
        released = asyncio.ensure_future(self._released.wait())
        either: set[asyncio.Future[Any]] = {released, gone}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        released.cancel()
        return gone.done()


def _events(answer: Answer) -> list[str]:
    """Give the data of the events, held ones counted from the first."""
    events = list(answer.raw_events)
    events += [_chunk({"reasoning_content": thought}) for thought in answer.thoughts]
    events += [_chunk({"content": piece}) for piece in answer.pieces]
    if answer.finish:
        events.append(_chunk({}, answer.finish))
    if answer.usage is not None:
        events.append(json.dumps({"choices": [], "usage": answer.usage}))
    return [*events, "[DONE]"] if answer.done else events


def _chunk(delta: dict[str, str], finish: str | None = None) -> str:
    return json.dumps({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}], "object": "chunk"})


async def _read(reader: asyncio.StreamReader) -> Exchange:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, path, _ = head[0].split(" ", 2)
    pairs = (line.split(":", 1) for line in head[1:] if line)
    headers = {name.lower(): value.strip() for name, value in pairs}
    raw = await reader.readexactly(int(headers.get("content-length", 0)))
    return Exchange(method, path, headers, raw)
