"""Stops a task's deadline while the person is being asked: their time is not the tiers'."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused(limit: asyncio.Timeout) -> Iterator[None]:
    """Stop an entered timeout within the block; what is left of it counts on afterwards.

    Whatever is waited for in the block needs a deadline of its own.
    """
    now = asyncio.get_running_loop().time
    end = limit.when()
    left = 0.0 if end is None else end - now()
    limit.reschedule(None)
    try:
        yield
    finally:
        if end is not None:
            limit.reschedule(now() + left)
