"""An event loop with a clock to turn: a deadline passes at once, and at no other time than the test says."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

R = TypeVar("R")


class Turned(asyncio.SelectorEventLoop):
    """A loop that can be ahead of the time."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = 0.0
        """Seconds."""

    def time(self) -> float:
        """Tell the time."""
        return super().time() + self.ahead


def turned(work: Coroutine[Any, Any, R]) -> R:
    """Do work on a loop that it may turn."""
    with asyncio.Runner(loop_factory=Turned) as runner:
        return runner.run(work)


def turn(seconds: float) -> None:
    """Let so much time have passed for all that waits on this loop."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, Turned)
    loop.ahead += seconds
