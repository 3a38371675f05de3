"""Whether what runs here is waited for by nobody, so that it has to stand behind what somebody waits for.

`offload` and `process` look at it: they give such work a worker of its own and the least priority
that the system has. It goes along with a task and with what the task starts, as context variables do.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

_BEHIND: ContextVar[bool] = ContextVar("behind", default=False)
_LEAST = 19
"""The niceness of what gets a processor when nothing else wants it."""


def is_behind() -> bool:
    """Tell whether nobody waits for what runs in this context."""
    return _BEHIND.get()


@contextmanager
def behind(*, yes: bool = True) -> Iterator[None]:
    """Have what runs in the block stand behind everything else, or no longer."""
    token = _BEHIND.set(yes)
    try:
        yield
    finally:
        _BEHIND.reset(token)


def lower(process: int = 0) -> None:
    """Give a process the least priority, our own where none is named; where it has gone, that is all the same."""
    if sys.platform != "win32":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process, _LEAST)
