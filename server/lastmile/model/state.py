"""Whether a host has its model loaded, as an editor's status shows it. Nothing is started by looking."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import orjson

from lastmile.errors import ModelError
from lastmile.model.host.address import connected
from lastmile.model.host.starting import Host

COLD = "cold"
"""Nobody has the model loaded."""

WORKING = "working"
"""Somebody is being answered, or the host has no moment to say anything."""

_ORDER = (COLD, "loading", "warm", WORKING)
_SECONDS = 2.0
_MOST = 1 << 16
_WORDS = {"ready": "warm", "loading": "loading"}


async def state(hosts: Iterable[Host]) -> str:
    """Say how far the furthest of some is: ``cold``, ``loading``, ``warm`` or ``working``; cold where none answers."""
    return max(await asyncio.gather(*map(_state, hosts)), key=_ORDER.index, default=COLD)


async def _state(host: Host) -> str:
    try:
        async with asyncio.timeout(_SECONDS):
            said = await _asked(host)
    except TimeoutError:
        return WORKING
    except (OSError, ValueError, ModelError):
        return COLD
    return WORKING if said.get("running") else _WORDS.get(str(said.get("state")), COLD)


async def _asked(host: Host) -> dict[str, object]:
    way = await connected((await asyncio.to_thread(host.places)).address)
    try:
        way.writer.write(f"GET /status HTTP/1.1\r\n{way.headers}Connection: close\r\n\r\n".encode("ascii"))
        answer = await way.reader.read(_MOST)
        while more := await way.reader.read(_MOST - len(answer)):
            answer += more
    finally:
        way.writer.close()
    value = orjson.loads(answer.partition(b"\r\n\r\n")[2])
    return value if isinstance(value, dict) else {}
