"""Which hosts live: each is asked how it is. None is started, and none is disturbed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from lastmile.model.host.address import FILE, SOCKET, connected, read
from lastmile.model.host.places import folder_of

_ANSWERING = 5.0
"""Seconds for a host to say how it is; it may be loading a model, but not on its loop."""

_ASK = "GET /status HTTP/1.1\r\nConnection: close\r\n"


async def living(env: Mapping[str, str]) -> list[dict[str, Any]]:
    """Give what each host says of itself, with its ``address``."""
    found = await asyncio.gather(*map(_asked, await asyncio.to_thread(_addresses, env)))
    return [each for each in found if each is not None]


def _addresses(env: Mapping[str, str]) -> Sequence[Path]:
    folder = folder_of(env)
    return sorted(path for kind in (SOCKET, FILE) for path in folder.glob(f"model-*{kind}"))


async def _asked(path: Path) -> dict[str, Any] | None:
    """Ask one; None where nobody answers: it ended, and left its address behind."""
    try:
        async with asyncio.timeout(_ANSWERING):
            way = await connected(path)
            try:
                way.writer.write(f"{_ASK}{way.headers}\r\n".encode("ascii"))
                body = (await way.reader.read()).partition(b"\r\n\r\n")[2]
            finally:
                way.writer.close()
            said = orjson.loads(body)
            return {"address": await asyncio.to_thread(_address, path), **said} if isinstance(said, dict) else None
    except (OSError, EOFError, TimeoutError, ValueError):
        return None


def _address(path: Path) -> str:
    return str(path) if path.suffix == SOCKET else read(path).url
