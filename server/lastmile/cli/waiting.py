"""Says on standard error what a command waits for, a test or the ledger, so that one that hangs is no silence."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import click

from lastmile.testing.underway import Watch, watched

_LOOK = 1.0
"""Seconds from one look to the next."""

_EVERY = 5.0
"""Seconds from one line to the next."""


@asynccontextmanager
async def told() -> AsyncIterator[None]:
    """Say which test runs, once one takes long, until the block ends."""
    with watched() as watch:
        telling = asyncio.create_task(_tell(watch))
        try:
            yield
        finally:
            telling.cancel()


async def _tell(watch: Watch) -> None:
    now = asyncio.get_running_loop().time
    last = now() - _EVERY
    while True:
        await asyncio.sleep(_LOOK)
        if now() - last >= _EVERY and (words := watch.words()):
            click.echo(words, err=True)
            last = now()


async def opened(ledger: Awaitable[str]) -> str:
    """Wait until a ledger is open, as its `ready` or `readable` does, and say so once that takes long."""
    words = "Waiting for the ledger, which another program may be holding."
    saying = asyncio.get_running_loop().call_later(_LOOK, functools.partial(click.echo, words, err=True))
    try:
        return await ledger
    finally:
        saying.cancel()
