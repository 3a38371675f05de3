"""Work that no request waits for: who holds it, and who hears when it fails.

A task that nobody holds may vanish in the middle, and one that nobody awaits fails in silence.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Hashable
from typing import Any

from attrs import define, field

logger = logging.getLogger(__name__)

_MOST = 256
"""Tasks at once. Each open document has one at most, each question to the person another."""


@define(eq=False)
class Background:
    """Holds background tasks; those with a name replace each other."""

    _tasks: dict[Hashable, asyncio.Task[None]] = field(factory=dict)

    def __len__(self) -> int:
        """Count the tasks that run."""
        return len(self._tasks)

    def start(self, work: Coroutine[Any, Any, None], *, name: Hashable = None) -> None:
        """Run ``work``, instead of what still runs under the same name; dropped where too much runs already."""
        slot = name if name is not None else object()
        self.cancel(slot)
        if len(self._tasks) >= _MOST:
            work.close()
            logger.error("Too much work is waiting (%s tasks); some was dropped.", _MOST)
            return
        task = asyncio.get_running_loop().create_task(work)
        self._tasks[slot] = task
        task.add_done_callback(lambda done: self._ended(slot, done))

    def cancel(self, name: Hashable) -> None:
        """End what runs under the name, if anything does."""
        task = self._tasks.pop(name, None)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """End everything and wait until it has ended."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, slot: Hashable, task: asyncio.Task[None]) -> None:
        if self._tasks.get(slot) is task:
            del self._tasks[slot]
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("Background work failed.", exc_info=error)
