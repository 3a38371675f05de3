"""Runs pure functions in a process of their own, so that neither the loop nor a crash waits on them.

Parsing and compiling hold the interpreter's lock and can overflow its stack on hostile input. Here
they run in a worker that is killed at its deadline and replaced. Only module-level functions of
picklable values can be sent; nothing in the worker keeps state between calls.

What nobody waits for (`behind`) has a worker of its own with the least priority, so that nobody
stands in a queue behind it. Giving it up kills no worker: its calls are short, and starting another
would take more than their end does.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import resource_tracker
from typing import Any, ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool
from pebble.common.types import RemoteTraceback

from lastmile.errors import ToolError
from lastmile.tools.behind import behind, is_behind, lower

P = ParamSpec("P")
R = TypeVar("R")

# A call may wait for others before its own deadline begins. One that waits for so many deadlines
# waits for a worker that hangs in a place where pebble does not look.
_PATIENCE = 4

_STOPPED = "The worker was stopped."

IDLE = 30.0
"""Seconds without a call after which the workers are ended.

Pebble's threads look for work by the clock, twenty times a second for each pool, as long as it is there; to start
a worker anew takes some tenths of a second.
"""


class Offload:
    """A small pool of worker processes, started at the first call and ended where none comes for a while."""

    def __init__(self, *, workers: int = 1, deadline: float = 10.0, low: bool = False, idle: float = IDLE) -> None:
        self._workers = workers
        self._deadline = deadline
        self._low = low
        self._idle = idle
        self._end: asyncio.TimerHandle | None = None
        """Ends the workers, unless a call comes before."""

        self._second: Offload | None = None
        """The worker for what nobody waits for."""

        self._pool: ProcessPool | None = None
        self._waiting: set[Future[Any]] = set()
        self._closings = 0

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run ``function`` in a worker.

        Raises `ToolError` where the worker dies or passes the deadline; whatever the function
        itself raises comes out as it is. Cancelling the caller kills the worker, unless nobody waits for it.
        """
        if is_behind():
            return await self._run_behind(function, *args, **kwargs)
        closings = self._closings
        try:
            return await self._once(function, *args, **kwargs)
        except BrokenProcessPool:
            if self._closings != closings:
                raise ToolError(_STOPPED) from None
            # A worker died between two calls, so the call that met it need not be to blame.
            try:
                return await self._once(function, *args, **kwargs)
            except BrokenProcessPool as error:
                message = f"No worker stays alive for {function.__name__} ({error})."
                raise ToolError(message) from error

    async def _run_behind(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        if self._second is None:
            self._second = Offload(deadline=self._deadline, low=True, idle=self._idle)
        with behind(yes=False):  # the second worker has no second
            work = asyncio.ensure_future(self._second.run(function, *args, **kwargs))
        work.add_done_callback(_heard)
        return await asyncio.shield(work)

    async def _once(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        self._stay()
        pool = await self._running()
        try:
            future: Future[R] = pool.schedule(function, args=args, kwargs=kwargs, timeout=self._deadline)
        except RuntimeError as error:
            message = "it ended before it took up the call"
            raise BrokenProcessPool(message) from error
        self._waiting.add(future)
        patience = asyncio.timeout(_PATIENCE * self._deadline)
        try:
            async with patience:
                return await asyncio.wrap_future(future)
        except (ProcessExpired, TimeoutError) as error:
            stuck = patience.expired()
            if stuck:
                self._discard()
            elif _came_from_the_function(future):
                raise
            raise ToolError(self._why(function.__name__, error, stuck=stuck)) from error
        finally:
            self._waiting.discard(future)
            self._rest()

    def _stay(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None

    def _rest(self) -> None:
        """Have the workers end in a while, where nothing waits for them."""
        self._stay()
        if not self._waiting:
            self._end = asyncio.get_running_loop().call_later(self._idle, self._rested)

    def _rested(self) -> None:
        if not self._waiting:
            self._discard()

    def _why(self, name: str, error: Exception, *, stuck: bool) -> str:
        if stuck:
            return f"The worker took up no call for {_PATIENCE * self._deadline:g} s; {name} was given up."
        if isinstance(error, ProcessExpired):
            return f"The worker died in {name} ({error}); the input may be too deeply nested."
        return f"{name} did not end within {self._deadline:g} s."

    async def _running(self) -> ProcessPool:
        if self._pool is not None and not self._pool.active:
            self._discard()
        if self._pool is not None:
            return self._pool
        context, ready = multiprocessing.get_context("spawn"), lower if self._low else None
        self._pool = pool = ProcessPool(max_workers=self._workers, context=context, initializer=ready)
        # Asking starts it, and starting a process holds up the loop for some 10 ms.
        await asyncio.to_thread(_start, pool)
        return pool

    def _discard(self) -> None:
        """Leave a pool that is of no use any more; the calls that wait for it go to the next one."""
        pool, waiting = self._pool, self._waiting
        self._pool, self._waiting = None, set()
        if pool is not None:
            error = BrokenProcessPool("the worker was given up")
            asyncio.get_running_loop().run_in_executor(None, _stop, pool, waiting, error)

    def close(self) -> None:
        """Kill the workers; what waits for them raises `ToolError`, and a later call starts new ones."""
        self._closings += 1
        self._stay()
        if self._second is not None:
            self._second.close()
        if self._pool is not None:
            _stop(self._pool, self._waiting, ToolError(_STOPPED))
            self._pool = None


def _start(pool: ProcessPool) -> None:
    """Start the workers deaf to ctrl-c, which a terminal sends to all of its processes: to end them is ours.

    A worker that was still importing would print a traceback. The mask goes on to its threads and processes.
    """
    if sys.platform == "win32":
        _ = pool.active
        return
    resource_tracker.ensure_running()  # it takes ctrl-c out of the mask once it has started
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        _ = pool.active
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _heard(work: asyncio.Future[Any]) -> None:
    """Take note of a failure that nobody waits for any more."""
    if not work.cancelled():
        work.exception()


def _came_from_the_function(future: Future[Any]) -> bool:
    """Tell whether what was raised was raised in the worker, and not by pebble over it."""
    error = future.exception()
    return error is not None and isinstance(error.__cause__, RemoteTraceback)


def _stop(pool: ProcessPool, waiting: Iterable[Future[Any]], error: Exception) -> None:
    """Kill the workers and answer whoever waits, which pebble does not do."""
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
    for future in tuple(waiting):
        if not future.done():
            future.set_exception(error)
