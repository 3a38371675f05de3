"""Whether a host has its model loaded, as an editor's status shows it. Nothing is started by looking."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import orjson

from lastmile.errors import ModelError
from lastmile.model.host.address import connected
from lastmile.model.host.starting import Host

COLD = "cold"
"""Nobody has the model loaded."""

_SECONDS = 2.0
_MOST = 1 << 16
_WORDS = {"ready": "warm", "loading": "loading"}


async def state(host: Host) -> str:
    """Say whether the host has its model loaded: ``cold``, ``loading`` or ``warm``; also cold where none answers."""
    with suppress(OSError, TimeoutError, ValueError, ModelError):
        async with asyncio.timeout(_SECONDS):
            return _WORDS.get(str((await _asked(host)).get("state")), COLD)
    return COLD


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
