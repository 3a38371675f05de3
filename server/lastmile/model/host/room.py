"""Room in memory for a model: where it is short, the hosts of others are asked to put theirs away.

Only models that nobody asks anything are put away, and only to make room; each comes back when it is asked
something. Nothing here loads a model, and nothing knows which is worth more.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path

from attrs import frozen

from lastmile.config.local import LocalModel
from lastmile.errors import ModelError
from lastmile.model.header import read
from lastmile.model.host.address import FILE, SOCKET, connected
from lastmile.model.host.locking import locked
from lastmile.model.memory import available
from lastmile.model.shelf.weighing import needed_by

_ANSWERING = 5.0
"""Seconds for another host to put its model away."""

_PATIENCE = 20.0
"""Seconds for another host to come to the end of what it is asked: a draft takes about so long at the most."""

_PAUSE = 0.1
_LONGEST_LOAD = 60.0
"""Seconds."""

_LOADING = "loading"
"""The name of the file that is held by who loads."""

_ASK = "POST /rest HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n"


@frozen
class Space:
    """What is free; None where that is not known, or, of accelerators, where none computes."""

    memory: int | None
    accelerated: int | None = None


def space(model: LocalModel) -> Space:
    """Look at what is free for a model. Blocks; raises `ModelError` where llama.cpp cannot be loaded."""
    from lastmile.model.engine.devices import accelerated  # noqa: PLC0415 - the library is loaded when a model is

    return Space(available(), accelerated() if model.gpu_layers else None)


def fits(model: LocalModel, look: Callable[[LocalModel], Space] = space) -> bool | None:
    """Tell whether a model fits into what is free, by an estimate; None where what is free is not known. Blocks.

    Of one that is on accelerators in part, each part has to fit. What cannot be loaded anyway fits.
    """
    try:
        header = read(model.file)
        needs = needed_by(model.file, header, model.context + model.completion_context)
        free = look(model)
    except (ModelError, OSError):
        return True
    layers = header.number("block_count") + 1  # and the output's, as llama.cpp counts
    share = min(1.0, model.gpu_layers / layers) if model.gpu_layers >= 0 else 1.0
    share = 0.0 if free.accelerated is None else share
    if needs * share > (free.accelerated or 0):
        return False
    if share == 1:
        return True
    return None if free.memory is None else needs * (1 - share) <= free.memory


async def made(own: Path, fit: Callable[[], bool | None] = lambda: True) -> int:
    """Ask the other hosts beside one's own address to put their models away; gives how many did.

    While the model is known not to ``fit``, those that are being asked something are waited for.
    """
    deadline, count = time.monotonic() + _PATIENCE, 0
    while True:
        others = await asyncio.to_thread(_others, own)
        answers = await asyncio.gather(*map(_rested, others))
        count += sum(answer is True for answer in answers)
        if False not in answers or time.monotonic() > deadline or await asyncio.to_thread(fit) is not False:
            return count
        await asyncio.sleep(_PAUSE)


@asynccontextmanager
async def turn(own: Path) -> AsyncIterator[None]:
    """Wait until no other host beside one's own address is loading a model: what is free is known only then.

    For so long at the most as it takes to load a large one; then it is loaded all the same.
    """
    with ExitStack() as held:
        deadline = time.monotonic() + _LONGEST_LOAD
        while not await asyncio.to_thread(lambda: held.enter_context(locked(own.with_name(_LOADING)))):
            if time.monotonic() > deadline:
                break
            await asyncio.sleep(_PAUSE)
        yield


def _others(own: Path) -> Sequence[Path]:
    found = (path for kind in (SOCKET, FILE) for path in own.parent.glob(f"model-*{kind}"))
    return sorted(path for path in found if not _same(path, own))


def _same(path: Path, own: Path) -> bool:
    with suppress(OSError):
        return path.samefile(own)
    return path == own


async def _rested(path: Path) -> bool | None:
    """Ask one: whether it put its model away, or is being asked something; None where it has none.

    A host that does not answer has no say.
    """
    try:
        async with asyncio.timeout(_ANSWERING):
            way = await connected(path)
            try:
                way.writer.write(f"{_ASK}{way.headers}\r\n".encode("ascii"))
                said = await way.reader.read()
                return True if b'"rested":true' in said else False if b'"busy":true' in said else None
            finally:
                way.writer.close()
    except (OSError, TimeoutError):
        return None
