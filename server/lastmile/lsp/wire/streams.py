"""The pipes to the client, private to the protocol and never waited on by the event loop.

The protocol gets duplicates of standard input and output. What prints to standard output after
that, Python or native code, prints to standard error, and what reads standard input finds its end:
neither can break the stream. A thread reads and a thread writes, because a pipe may be full or
empty for long. Both are daemons: a blocked one does not keep the process alive.

Nothing here knows what a message is.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from queue import SimpleQueue
from threading import Event, Lock, Thread

from attrs import frozen

logger = logging.getLogger(__name__)

_CHUNK = 1 << 16
_MOST_UNREAD = 1 << 20
_MOST_UNSENT = 1 << 28
"""Bytes that may wait for a client that does not read: far more than an editor lets pile up."""

_FLUSH_SECONDS = 2.0


@frozen
class Pipes:
    """File descriptors that only the protocol knows."""

    incoming: int
    outgoing: int


def claim() -> Pipes:
    """Take standard input and output for the protocol alone; call it once, before anything prints."""
    pipes = Pipes(os.dup(0), os.dup(1))
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    try:
        os.dup2(2, 1)
    except OSError:  # started without a standard error, as windowed programs on Windows are
        os.dup2(nothing, 1)
    os.close(nothing)
    return pipes


class _Valve(asyncio.ReadTransport):
    """Lets the stream hold back the reading thread while much lies unread."""

    def __init__(self) -> None:
        super().__init__()
        self.open = Event()
        self.open.set()

    def pause_reading(self) -> None:
        self.open.clear()

    def resume_reading(self) -> None:
        self.open.set()


class Incoming:
    """What the client sends, as a stream; made on the running loop."""

    def __init__(self, descriptor: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._valve = _Valve()
        self._descriptor = descriptor
        self._over = False
        self.stream = asyncio.StreamReader(limit=_MOST_UNREAD)
        self.stream.set_transport(self._valve)
        Thread(target=self._read, name="lastmile-reads", daemon=True).start()

    def end(self) -> None:
        """End the stream, from any thread."""
        self._hand(b"")

    def _read(self) -> None:
        data = b"-"
        while data:
            self._valve.open.wait()
            try:
                data = os.read(self._descriptor, _CHUNK)
            except OSError:
                data = b""
            self._hand(data)

    def _hand(self, data: bytes) -> None:
        try:
            self._loop.call_soon_threadsafe(self._take, data)
        except RuntimeError:  # the loop is closed, and nobody wants it any more
            logger.debug("The loop ended before the stream did.")

    def _take(self, data: bytes) -> None:
        if self._over:
            return
        if data:
            self.stream.feed_data(data)
        else:
            self._over = True
            self.stream.feed_eof()


class Outgoing:
    """Sends to the client in order, from a thread of its own."""

    def __init__(self, descriptor: int, *, lost: Callable[[], None], most: int = _MOST_UNSENT) -> None:
        self._descriptor = descriptor
        self._lost = lost
        self._most = most
        self._queue: SimpleQueue[bytes] = SimpleQueue()
        self._lock = Lock()
        self._unsent = 0
        self._closed = False
        self._thread = Thread(target=self._send, name="lastmile-writes", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Queue a message; dropped where the client is gone."""
        if self._closed:
            return
        with self._lock:
            self._unsent += len(data)
        if self._unsent > self._most:
            logger.error("The client has stopped reading; the server ends.")
            self._gone()
        else:
            self._queue.put(data)

    def close(self) -> None:
        """Send what is queued, for two seconds at most, and take no more."""
        self._closed = True
        self._queue.put(b"")
        self._thread.join(_FLUSH_SECONDS)

    def _send(self) -> None:
        while data := self._queue.get():
            rest = memoryview(data)
            try:
                while rest:
                    rest = rest[os.write(self._descriptor, rest) :]
            except OSError:
                self._gone()
                return
            with self._lock:
                self._unsent -= len(data)

    def _gone(self) -> None:
        self._closed = True
        self._lost()
