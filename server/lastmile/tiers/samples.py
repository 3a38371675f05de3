"""Runs several samples of one prompt, each handed out as it finishes, and stops the rest at once.

The first sample runs alone until the gate opens: a server that has read the prompt once answers it
again from its cache, and where a hard oracle judges, the others may never be needed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import TypeVar

from lastmile.errors import TierError

T = TypeVar("T")


async def finished(makers: Sequence[Callable[[], Awaitable[T]]], gate: asyncio.Event) -> AsyncGenerator[T, None]:
    """Give the results in the order in which they come.

    The first maker starts at once, the others when ``gate`` is set: by whoever holds it, or here
    once the first result was taken and more are asked for. A failure of the first is raised; one of
    the others only where nothing came. Closing the iterator cancels what still runs.
    """

    async def gated(make: Callable[[], Awaitable[T]]) -> T:
        await gate.wait()
        return await make()

    tasks = [asyncio.ensure_future(makers[0]()), *(asyncio.ensure_future(gated(make)) for make in makers[1:])]
    try:
        waiting = set(tasks)
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in (task for task in tasks if task in done):
                if task is tasks[0] or not isinstance(task.exception(), TierError):
                    yield task.result()
            gate.set()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
