"""Asks a model's host how it is, where there is one: nothing is started for that, and no model is loaded."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import orjson

from lastmile.errors import ModelError
from lastmile.model.host.starting import Host

COLD = "cold"
"""Nobody has the model loaded."""

_SECONDS = 2.0
_MOST = 1 << 16
_QUESTION = b"GET /status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
_WORDS = {"ready": "warm", "loading": "loading"}


async def state(host: Host) -> str:
    """Say whether the host has its model loaded: ``cold``, ``loading`` or ``warm``; also cold where none answers."""
    with suppress(OSError, TimeoutError, ValueError, ModelError):
        async with asyncio.timeout(_SECONDS):
            found = await asyncio.to_thread(host.places)
            return _WORDS.get(str((await _asked(str(found.socket))).get("state")), COLD)
    return COLD


async def _asked(socket: str) -> dict[str, object]:
    reader, writer = await asyncio.open_unix_connection(socket)
    try:
        writer.write(_QUESTION)
        answer = await reader.read(_MOST)
        while more := await reader.read(_MOST - len(answer)):
            answer += more
    finally:
        writer.close()
    value = orjson.loads(answer.partition(b"\r\n\r\n")[2])
    return value if isinstance(value, dict) else {}
