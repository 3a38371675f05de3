"""Does once what is asked for twice at the same time, and gives both the result.

An editor that resolves one action twice, for a preview and then to apply it, wants one edit and
pays for one. What has ended is forgotten: asked for again, it is done again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

from attrs import define, field

T = TypeVar("T")


@define(eq=False)
class _Flight(Generic[T]):
    task: asyncio.Task[T]
    waiting: int = 0


@define(eq=False)
class Flights(Generic[T]):
    """What is under way, by what was asked for."""

    _open: dict[Hashable, _Flight[T]] = field(factory=dict)

    async def join(self, key: Hashable, begin: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Begin the work, or wait for the same that is under way; raises what it raises.

        It is cancelled when nobody waits for it any more, and has ended when this raises for that.
        """
        flight = self._open.get(key)
        if flight is None:
            flight = self._open[key] = _Flight(asyncio.get_running_loop().create_task(begin()))
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiting -= 1
            if not flight.waiting:
                del self._open[key]
                flight.task.cancel()
                await asyncio.wait({flight.task})
                if not flight.task.cancelled():
                    flight.task.exception()  # whoever waited has it too; nobody else has to hear of it
