"""Brings to its end what a cancellation must not cut off: the record of money that was spent.

Only short work goes here, such as a write to the ledger. Whoever cancels waits for it as long as it
is short; where another program holds the ledger, it is written down behind them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

R = TypeVar("R")


_PATIENCE = 0.05
"""Seconds that a cancelled caller waits: cancelling has to take less than 0.1 s, and two things may be written."""


async def finish(work: Coroutine[Any, Any, R]) -> R:
    """Await the work, however often the caller is cancelled; then the cancellation goes on.

    A cancelled caller waits no longer than is not felt: the work goes on behind it.
    """
    task = asyncio.ensure_future(work)
    await _wait(task, patience=None)
    return task.result()


async def see_off(work: Coroutine[Any, Any, None]) -> None:
    """Begin the work of a caller that was cancelled already, and wait for it no longer than is not felt."""
    await _wait(asyncio.ensure_future(work), patience=_PATIENCE)


async def _wait(task: asyncio.Task[Any], *, patience: float | None) -> None:
    cancelled: asyncio.CancelledError | None = None
    waited = False
    while not (task.done() or waited):
        try:
            await asyncio.wait([task], timeout=patience)
            waited = patience is not None
        except asyncio.CancelledError as error:
            cancelled, patience = error, _PATIENCE
    if cancelled is not None:
        raise cancelled
