"""Brings to its end what a cancellation must not cut off: the record of money that was spent.

Only short work goes here, such as a write to the ledger; whoever cancels waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

R = TypeVar("R")


async def finish(work: Coroutine[Any, Any, R]) -> R:
    """Await the work to its end, however often the caller is cancelled; then the cancellation goes on."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
    return task.result()
