"""Runs pure functions in a process of their own, so that neither the loop nor a crash waits on them.

Parsing and compiling hold the interpreter's lock and can overflow its stack on hostile input. Here
they run in a worker that is killed at its deadline and replaced. Only module-level functions of
picklable values can be sent; nothing in the worker keeps state between calls.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from lastmile.errors import ToolError

P = ParamSpec("P")
R = TypeVar("R")


class Offload:
    """A small pool of worker processes, started at the first call."""

    def __init__(self, *, workers: int = 1, deadline: float = 10.0) -> None:
        self._workers = workers
        self._deadline = deadline
        self._pool: ProcessPool | None = None

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run ``function`` in a worker.

        Raises `ToolError` where the worker dies or passes the deadline; whatever the function
        itself raises comes out as it is. Cancelling the caller kills the worker.
        """
        future = self._running().schedule(function, args=args, kwargs=kwargs, timeout=self._deadline)
        try:
            return await asyncio.wrap_future(future)
        except ProcessExpired as error:
            message = f"The worker died in {function.__name__} ({error}); the input may be too deeply nested."
            raise ToolError(message) from error
        except TimeoutError as error:
            message = f"{function.__name__} did not end within {self._deadline:g} s."
            raise ToolError(message) from error

    def _running(self) -> ProcessPool:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPool(max_workers=self._workers, context=context)
        return self._pool

    def close(self) -> None:
        """Kill the workers; a later call starts new ones."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call] # pebble leaves it out
            self._pool.join()
            self._pool = None
