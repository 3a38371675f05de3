"""The tasks of a session: somebody holds them, hears when they fail, and ends them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from attrs import define, field

from lastmile.errors import ToolError

R = TypeVar("R")
logger = logging.getLogger(__name__)


@define(eq=False)
class Running:
    """Holds tasks until they end."""

    _tasks: set[asyncio.Task[Any]] = field(factory=set)

    def start(self, work: Coroutine[Any, Any, R]) -> asyncio.Task[R]:
        """Run something; a failure that nobody awaits is logged."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def close(self) -> None:
        """End everything and wait until it has ended."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None and not isinstance(error, ToolError):
            logger.error("Completing failed.", exc_info=error)
