"""Room in memory for a model: where it is short, the hosts of others are asked to put theirs away.

Only models that nobody asks anything are put away, and only to make room; each comes back when it is asked
something. Nothing here loads a model, and nothing knows which is worth more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from lastmile.config.local import LocalModel
from lastmile.errors import ModelError
from lastmile.model.header import read
from lastmile.model.host.address import FILE, SOCKET, connected
from lastmile.model.shelf.weighing import needed_by

_MEMORY = Path("/proc/meminfo")
_PATIENCE = 5.0
"""Seconds for another host to put its model away."""

_ASK = "POST /rest HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n"


def is_short(model: LocalModel) -> bool:
    """Tell whether a model may not fit into what memory is free. Blocks; where that is not known, it may not."""
    try:
        needs = needed_by(model.file, read(model.file), model.context + model.completion_context)
    except (ModelError, OSError):
        return False  # then it cannot be loaded either
    free = available()
    return free is None or needs > free


def available(table: Path = _MEMORY) -> int | None:
    """Give the bytes of memory that may be taken without swapping; None where the system does not say it so."""
    try:
        lines = table.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = (line.split() for line in lines if line.startswith("MemAvailable:"))
    return next((int(words[1]) * 1024 for words in found), None)


async def made(own: Path) -> int:
    """Ask the other hosts beside one's own address to put their models away; gives how many did."""
    others = await asyncio.to_thread(_others, own)
    return sum(await asyncio.gather(*map(_rested, others)))


def _others(own: Path) -> Sequence[Path]:
    found = (path for kind in (SOCKET, FILE) for path in own.parent.glob(f"model-*{kind}"))
    return sorted(path for path in found if not _same(path, own))


def _same(path: Path, own: Path) -> bool:
    with suppress(OSError):
        return path.samefile(own)
    return path == own


async def _rested(path: Path) -> bool:
    """Ask one; a host that does not answer has no say."""
    try:
        async with asyncio.timeout(_PATIENCE):
            way = await connected(path)
            try:
                way.writer.write(f"{_ASK}{way.headers}\r\n".encode("ascii"))
                return b'"rested":true' in await way.reader.read()
            finally:
                way.writer.close()
    except (OSError, TimeoutError):
        return False
