"""Says on standard error which test a command waits for, so that one that hangs is no silence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import click

from lastmile.testing.underway import Watch, watched

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
    while True:
        await asyncio.sleep(_EVERY)
        if words := watch.words():
            click.echo(words, err=True)
