"""Keeps the engine: loads it when something is first asked, gives its memory back when nothing is.

It lives on the host's event loop; what blocks runs in threads.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext

from attrs import define, field

from lastmile.errors import ModelError
from lastmile.model.values import Ask, Engine, Failed, Heard, Usage

_LOG = logging.getLogger(__name__)

_PAUSE = 0.005
"""Seconds between two looks at what a request has to say.

To send a piece takes a fifth of a millisecond of the interpreter that the engine needs as well. Models
of use are slower than this; of one that is not, several tokens are sent together, sooner than a screen shows them.
"""


_OF_MEMORY = re.compile("memory|alloc", re.IGNORECASE)
"""What llama.cpp says where something did not fit."""


@define
class Counts:
    """What was done since the host began."""

    requests: int = 0
    failures: int = 0
    cancelled: int = 0
    loads: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0

    def add(self, heard: Heard) -> None:
        """Count how a request ended."""
        if isinstance(heard, Failed):
            self.failures += 1
        if isinstance(heard, Usage):
            self.prompt_tokens += heard.prompt
            self.cached_tokens += heard.cached
            self.completion_tokens += heard.completion


@define(eq=False)
class Keeper:
    """Owns the engine of a host."""

    open_engine: Callable[[], Engine]
    """Loads the model; blocks, and raises `ModelError`."""

    idle: float
    """Seconds without a request after which the memory is given back."""

    clock: Callable[[], float] = time.monotonic
    pause: float = _PAUSE
    short: Callable[[], bool] = bool
    """Sees whether memory is short for the model; blocks."""

    make_room: Callable[[], Awaitable[int]] | None = None
    """Has others put their models away, and says how many did; None where there are no others."""

    turn: Callable[[], AbstractAsyncContextManager[None]] = nullcontext
    """Waits until no other is loading, which is held for as long as this one loads."""

    counts: Counts = field(factory=Counts, init=False)
    running: int = field(default=0, init=False)
    """Requests that are not done."""

    last: float = field(default=0.0, init=False)
    """When the last request ended."""

    _engine: Engine | None = field(default=None, init=False)
    _loading: bool = field(default=False, init=False)
    _opening: float | None = field(default=None, init=False)
    """Since when the library loads; the turn of another and the making of room do not count."""

    _changing: asyncio.Lock = field(factory=asyncio.Lock, init=False)

    @property
    def state(self) -> str:
        """``cold``, ``loading`` or ``ready``."""
        return "ready" if self._engine is not None else "loading" if self._loading else "cold"

    @property
    def stuck(self) -> float:
        """Seconds for which the engine has been in one step; 0 between steps and without an engine."""
        return 0.0 if self._engine is None else self._engine.stuck()

    @property
    def opening(self) -> float:
        """Seconds for which the library has been loading the model; 0 where it is not."""
        return 0.0 if self._opening is None else self.clock() - self._opening

    async def hear(self, ask: Ask) -> AsyncGenerator[list[Heard], None]:
        """Give what comes of a request, what is there at once together; closing the generator cancels it.

        Raises `ModelError`.
        """
        self.counts.requests += 1
        self.running += 1
        ended = False
        try:
            engine = await self._ready()
            async with aclosing(_heard(engine, ask, pause=self.pause)) as stream:
                async for heard in stream:
                    ended = isinstance(heard[-1], Usage | Failed)
                    self.counts.add(heard[-1])
                    yield heard
        except ModelError:
            ended = True
            self.counts.failures += 1
            raise
        finally:
            self.counts.cancelled += not ended
            self.running -= 1
            self.last = self.clock()

    async def rest(self) -> None:
        """Give the memory back where nothing was asked for long enough."""
        if self._engine is None or self.running or self.clock() - self.last < self.idle:
            return
        _LOG.warning("The model is put away after %g s without a request.", self.idle)
        await self.close()

    async def give_way(self) -> bool:
        """Give the memory back at once where nobody is asking anything; tells whether there was any to give."""
        if self._engine is None or self.running:
            return False
        _LOG.warning("The model is put away to make room for another.")
        await self.close()
        return True

    async def close(self) -> None:
        """End all requests and give the memory back."""
        async with self._changing:
            engine, self._engine = self._engine, None
            if engine is not None:
                await asyncio.to_thread(engine.close)

    async def _ready(self) -> Engine:
        """Give the engine, loading it where it is not there. Whoever gives up meanwhile does not stop that."""
        if self._engine is not None:
            return self._engine
        return await asyncio.shield(asyncio.ensure_future(self._load()))

    async def _load(self) -> Engine:
        async with self._changing:
            if self._engine is not None:
                return self._engine
            began, self._loading = self.clock(), True
            try:
                engine = await self._opened()
            finally:
                self._loading = False
            self._engine = engine
            self.counts.loads += 1
            self.last = self.clock()
            _LOG.warning("The model was loaded in %.2f s.", self.clock() - began)
            return engine

    async def _opened(self) -> Engine:
        """Load the model, alone where memory is short: what an accelerator has left shows when it fails."""
        if self.make_room is None:
            return await self._open()
        async with self.turn():
            if await asyncio.to_thread(self.short):
                await self.make_room()
            try:
                return await self._open()
            except ModelError as error:
                if not _OF_MEMORY.search(str(error)) or not await self.make_room():
                    raise
                return await self._open()

    async def _open(self) -> Engine:
        self._opening = self.clock()
        try:
            return await asyncio.to_thread(self.open_engine)
        finally:
            self._opening = None


async def _heard(engine: Engine, ask: Ask, *, pause: float) -> AsyncGenerator[list[Heard], None]:
    """Bring what the engine's thread says onto the loop. At most as much waits there as was asked for."""
    mail = Mail(asyncio.get_running_loop(), pause)
    cancel = engine.submit(ask, mail.put)
    try:
        while True:
            heard = await mail.take()
            yield heard
            if isinstance(heard[-1], Usage | Failed):
                return
    finally:
        cancel()
        mail.close()


@define(eq=False)
class Mail:
    """What one thread says to a loop, which looks when something new is there, but seldom, or when all was said."""

    _loop: asyncio.AbstractEventLoop
    _pause: float
    _held: list[Heard] = field(factory=list, init=False)
    _pausing: bool = field(default=False, init=False)
    """Whether only the last word is worth a look."""

    _there: asyncio.Event = field(factory=asyncio.Event, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False)
    _next: asyncio.TimerHandle | None = field(default=None, init=False)
    """When it looks next."""

    def put(self, heard: Heard) -> None:
        """Say something; from any thread."""
        with self._lock:
            self._held.append(heard)
            first = len(self._held) == 1 and not self._pausing
        if first or isinstance(heard, Usage | Failed):
            self._loop.call_soon_threadsafe(self._there.set)

    async def take(self) -> list[Heard]:
        """Wait until something was said, and give all of it."""
        await self._there.wait()
        with self._lock:
            held, self._held, self._pausing = self._held, [], True
            self._there.clear()
        self.close()
        self._next = self._loop.call_later(self._pause, self._look)
        return held

    def close(self) -> None:
        """Look no more."""
        if self._next is not None:
            self._next.cancel()

    def _look(self) -> None:
        with self._lock:
            self._pausing = False
            if self._held:
                self._there.set()
