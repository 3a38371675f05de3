"""Ctrl-c and SIGTERM for a command that has work to leave in order: either one cancels its task.

The loop and its tasks are asyncio's; what a cancelled command then does is its own.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import FrameType

from attrs import define


def run(work: Callable[[], Awaitable[int]]) -> int:
    """Run work that ends in an exit code as `asyncio.run` does, which leaves ctrl-c to us.

    asyncio takes the signal over only once it has made the task: ctrl-c before that would leave a
    loop and a coroutine behind that Python complains about.
    """
    ctrl_c = _CtrlC()
    before = signal.signal(signal.SIGINT, ctrl_c)
    try:
        return asyncio.run(_begun(work, ctrl_c))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        signal.signal(signal.SIGINT, before)


@define
class _CtrlC:
    """What ctrl-c does: it cancels what has begun, or is kept until then; a second one ends at once."""

    cancel: Callable[[], object] | None = None
    came: bool = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        """Take the signal, as `signal.signal` has it."""
        if self.came and self.cancel is not None:
            raise KeyboardInterrupt
        self.came = True
        if self.cancel is not None:
            self.cancel()


async def _begun(work: Callable[[], Awaitable[int]], ctrl_c: _CtrlC) -> int:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    if task is not None:
        with suppress(NotImplementedError):  # Windows sends no SIGTERM.
            loop.add_signal_handler(signal.SIGTERM, task.cancel)
        cancel = task.cancel
        ctrl_c.cancel = lambda: loop.call_soon_threadsafe(cancel)
        if ctrl_c.came:
            task.cancel()
    return await work()
