"""Sees when an event loop stands still, and where.

A thread asks the loop for a sign of life every few milliseconds. Time in which the loop's thread
could not run because the machine was busy does not count, where the kernel tells it; and the limit
is that of a machine of the usual speed: what computes more slowly, or is traced, has as much more.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import FrameType

from attrs import define, field

LIMIT = 0.05
_EVERY = 0.005
_STARVED = 4
_WORK = 100_000
"""Additions by which the speed is measured."""

_USUAL = 0.003
"""Seconds of a processor that they take with CPython 3.11 at some 3 GHz."""


@define
class Stall:
    """One time that the loop stood still."""

    seconds: float
    where: str
    """The stack of the loop's thread in the middle of it."""


@define
class LoopWatch:
    """Watches the running loop until it is stopped."""

    limit: float = LIMIT
    stalls: list[Stall] = field(factory=list)
    _stop: threading.Event = field(factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        loop, ident, native = asyncio.get_running_loop(), threading.get_ident(), threading.get_native_id()
        self._thread = threading.Thread(target=self._watch, args=(loop, ident, native), daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)

    def _watch(self, loop: asyncio.AbstractEventLoop, ident: int, native: int) -> None:
        while not self._stop.wait(_EVERY):
            alive = threading.Event()
            began, queued = time.monotonic(), _queued(native)
            try:
                loop.call_soon_threadsafe(alive.set)
            except RuntimeError:  # the loop is closed
                return
            where = ""
            if not alive.wait(self.limit):
                where = _stack(sys._current_frames().get(ident))
                alive.wait()
            seconds = time.monotonic() - began - (_queued(native) - queued)
            if where and seconds > self.limit * (_STARVED if _is_starved(where) else 1) * _slowness():
                self.stalls.append(Stall(seconds, where))


@asynccontextmanager
async def no_stall(limit: float = LIMIT) -> AsyncIterator[LoopWatch]:
    """Fail where the running loop stands still for longer than ``limit`` seconds within the block.

    What thousands of tests before this one left alive is taken from the collector's sight, as the
    server does with what its start left: to walk over it takes a third of a second.
    """
    gc.collect()
    gc.freeze()
    watch = LoopWatch(limit)
    watch.start()
    try:
        yield watch
    finally:
        await watch.stop()
        gc.unfreeze()
    worst = max(watch.stalls, key=lambda stall: stall.seconds, default=None)
    assert worst is None, f"The loop stood still for {worst.seconds * 1000:.0f} ms:\n{worst.where}"


def _is_starved(where: str) -> bool:
    """Tell whether the loop was held by other threads, whose turns a full machine and tracing put off.

    One that waits for events runs nothing of ours: another thread has the interpreter's lock. One
    that starts a thread waits for the first turn of that thread.
    """
    return where.rstrip().endswith("self._selector.poll(timeout, max_ev)") or "self._started.wait()" in where


def _slowness() -> float:
    """Give how many times longer this machine computes at the moment than one of the usual speed; 1 at least."""
    total, began = 0, time.thread_time()
    for number in range(_WORK):
        total += number
    return max(1.0, (time.thread_time() - began) / _USUAL)


def _queued(native: int) -> float:
    """Give the seconds that a thread has waited for a processor so far; 0 where the kernel does not tell."""
    try:
        return int(Path(f"/proc/self/task/{native}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


def _stack(frame: FrameType | None) -> str:
    return "" if frame is None else "".join(traceback.format_stack(frame)[-12:])
