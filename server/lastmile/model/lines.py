"""Lines to the model's host: HTTP over its socket or port, one request at a time on each, kept for the next one.

Our own host is all that it speaks with, so it knows of HTTP/1.1 what that one writes. What a general
client does beside that takes as long as the rest of the way (benchmarks/host.py). Nothing here knows
what is asked.

Beside them one line says nothing but that somebody is there (`host/attending.py`): the others are hung up
when an answer is cut off, and the host must not take that for nobody's being there.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from attrs import define, field

from lastmile.errors import ModelGoneError
from lastmile.model.host.address import connected
from lastmile.model.host.starting import Host

_MOST_IDLE = 8
"""Lines that are kept."""

_ATTEND = "GET /attend HTTP/1.1\r\nLastmile-Process: {}\r\n{}\r\n"
_SOME = 4096
"""Bytes."""


_DYING = 0.5
"""Seconds: a line that broke sooner, without an answer, was to a host that was about to go."""

_TROUBLE = (OSError, EOFError, ValueError, asyncio.LimitOverrunError)
"""What a line that breaks raises, and what is no answer of our host's."""


class BrokenLineError(ModelGoneError):
    """The host went away before its answer was complete."""

    why: str
    """How it broke, without a subject and a full stop."""

    def __init__(self, error: Exception, cause: str = "") -> None:
        """Say how, and what the host itself said of it."""
        self.why = cause or _words(error)
        super().__init__(f"The connection to the model's host broke: {self.why}.")


def _words(error: Exception) -> str:
    match error:
        case EOFError() | ConnectionResetError() | BrokenPipeError():
            return "it went away in the middle of the answer"
        case OSError(strerror=str(said)):
            return said
    return str(error) or type(error).__name__


@define(eq=False)
class Lines:
    """The lines of one process to a host."""

    host: Host
    clock: Callable[[], float] = time.monotonic
    _address: Path | None = field(default=None, init=False)
    _idle: list[_Line] = field(factory=list, init=False)
    _presence: asyncio.Task[None] | None = field(default=None, init=False)
    """Tells the host that we are there, until it goes; begins with a request."""

    async def ask(self, method: str, target: str, body: bytes = b"", *, start: bool = True) -> Answer:
        """Send a request and give what is answered; close that. The host is started where nobody listens, if wanted.

        Raises `ModelError` where it cannot be started, `BrokenLineError` where it goes away.
        """
        head, began = f"{method} {target} HTTP/1.1\r\nContent-Length: {len(body)}\r\n", self.clock()
        try:
            return await self._answer(await self._line(), head, body)
        except (FileNotFoundError, ConnectionRefusedError) as error:
            if not start:
                raise BrokenLineError(error) from error
        except _TROUBLE as error:
            if self.clock() - began > _DYING or not start:
                raise BrokenLineError(error, await asyncio.to_thread(self.host.cause)) from error
        self.close()
        await self.host.start()
        try:
            return await self._answer(await self._line(), head, body)
        except _TROUBLE as error:
            raise BrokenLineError(error, await asyncio.to_thread(self.host.cause)) from error

    def close(self) -> None:
        """Close what is not in use, and be there no longer."""
        if self._presence is not None:
            self._presence.cancel()
            self._presence = None
        for line in self._idle:
            line.close()
        self._idle.clear()

    async def _line(self) -> _Line:
        while self._idle:
            line = self._idle.pop()
            if not line.reader.at_eof():
                self._attend()
                return line
            line.close()
        if self._address is None:
            self._address = (await asyncio.to_thread(self.host.places)).address
        way = await connected(self._address)
        self._attend()
        return _Line(way.reader, way.writer, way.headers)

    def _attend(self) -> None:
        """Be there, again where that broke."""
        if self._address is not None and (self._presence is None or self._presence.done()):
            self._presence = asyncio.ensure_future(_be_there(self._address))

    async def _answer(self, line: _Line, head: str, body: bytes) -> Answer:
        try:
            status, headers = await line.head(f"{head}{line.headers}\r\n".encode("ascii") + body)
        except BaseException:
            line.close()  # however the wait ended, whoever listens there is to hear that nobody waits
            raise
        return Answer(status, headers, self, line)

    def back(self, line: _Line) -> None:
        """Take a line whose answer was read, or will not be."""
        if line.left or line.reader.at_eof() or len(self._idle) >= _MOST_IDLE:
            line.close()
        else:
            self._idle.append(line)


async def _be_there(address: Path) -> None:
    """Hold a connection that says that this process lives, until the host goes."""
    with suppress(*_TROUBLE):
        way = await connected(address)
        try:
            way.writer.write(_ATTEND.format(os.getpid(), way.headers).encode("ascii"))
            while await way.reader.read(_SOME):
                pass
        finally:
            way.writer.transport.abort()


@define(eq=False)
class Answer:
    """What the host says to one request."""

    status: int
    headers: dict[str, str]
    """By names in small letters."""

    _lines: Lines
    _line: _Line | None

    async def piece(self) -> bytes:
        """Give more of the body as it comes; nothing where it is complete. Raises `BrokenLineError`.

        Who gives up waiting may ask again, and misses nothing.
        """
        try:
            return b"" if self._line is None else await self._line.piece()
        except _TROUBLE as error:
            raise BrokenLineError(error) from error

    async def whole(self) -> bytes:
        """Give the rest of the body. Raises `BrokenLineError`."""
        body = bytearray()
        while piece := await self.piece():
            body += piece
        return bytes(body)

    def close(self) -> None:
        """Give the line back, or hang up where not all was read."""
        line, self._line = self._line, None
        if line is not None:
            self._lines.back(line)


@define(eq=False)
class _Line:
    """One connection. Its methods raise what `_TROUBLE` names."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    headers: str
    """Lines that each request has to have."""

    left: int = 0
    """Whether more of a body is to come: its bytes, or -1 for chunks to the last one."""

    _size: int = field(default=-1, init=False)
    """Bytes of the chunk whose size was read last; -1 where its size is to come."""

    async def head(self, request: bytes) -> tuple[int, dict[str, str]]:
        """Send a request; gives the status and the headers of the answer."""
        self.writer.write(request)
        await self.writer.drain()
        first, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        chunked = headers.get("transfer-encoding") == "chunked"
        self.left = -1 if chunked else int(headers.get("content-length", "0"))
        return int(first.partition(" ")[2][:3]), headers

    async def piece(self) -> bytes:
        """Give more of the body; nothing where it is complete. Who gives up may ask again, and misses nothing."""
        if self.left >= 0:
            piece = await self.reader.readexactly(self.left)
            self.left = 0
            return piece
        if self._size < 0:
            self._size = int(await self.reader.readuntil(b"\r\n"), 16)
        piece = (await self.reader.readexactly(self._size + 2))[: self._size]
        self._size = -1
        self.left = -1 if piece else 0
        return piece

    def close(self) -> None:
        """Hang up."""
        self.writer.transport.abort()
