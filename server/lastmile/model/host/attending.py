"""Who is there: each program that asks the host keeps one connection open for as long as it lives.

What it asks comes over others, and those close when an answer is cut off, so by them nobody knows who is
still there. With the process the connection goes, however that ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from attrs import define, field
from starlette.types import Receive, Scope, Send

PATH = "/attend"
PROCESS = "lastmile-process"
"""A header: the id of the process that is there, which may hold several such connections."""

_LOOK = 0.25
"""Seconds between two looks at whether the host ends: who is there is not to hold that up."""

_LONGEST = 32


@define(eq=False)
class Attendance:
    """Holds the connections: an ASGI application whose answer ends with the host or with who asked."""

    over: Callable[[], bool]
    """Tells whether the host ends."""

    _there: dict[int, bytes] = field(factory=dict, init=False)
    """The process of each connection."""

    def count(self) -> int:
        """Give how many programs are there."""
        return len(set(self._there.values()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold one connection."""
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"here\n", "more_body": True})
        key, headers = id(scope), dict(scope["headers"])
        self._there[key] = headers.get(PROCESS.encode(), b"")[:_LONGEST]
        left = asyncio.ensure_future(gone(receive))
        try:
            while not self.over() and not left.done():
                await asyncio.wait({left}, timeout=_LOOK)
        finally:
            del self._there[key]
            left.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def gone(receive: Receive) -> None:
    """Wait until whoever asked hangs up."""
    while (await receive())["type"] != "http.disconnect":
        pass
