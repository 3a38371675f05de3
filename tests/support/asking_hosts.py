"""A host that is asked to fill a gap, and what is waited for there."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.support.chain_gguf import words
from tests.support.hosting import Caller
from tests.support.patience import PATIENCE

from lastmile.model.client import HostFiller
from lastmile.model.host.starting import Host
from lastmile.model.values import Fill

GAP = Fill(f"# {words(20, 1)}", "\nprint()\n")


@asynccontextmanager
async def filling(host: Host) -> AsyncIterator[HostFiller]:
    filler = HostFiller(host)
    try:
        yield filler
    finally:
        await filler.close()


async def filled(filler: HostFiller, fill: Fill = GAP, *, most: int = 2) -> str:
    return "".join([piece async for piece in filler.fill(fill, most=most, document="a")])


async def until(caller: Caller, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        while not is_so(status := await caller.status()):
            pass
    return status


def copied(file: Path, to: Path, *, most: int | None = None) -> None:
    to.write_bytes(file.read_bytes()[:most])


async def ended(pid: int) -> int:
    """Wait until a host that this process started is gone."""
    _, status = await asyncio.wait_for(asyncio.to_thread(os.waitpid, pid, 0), PATIENCE)
    return os.waitstatus_to_exitcode(status)
