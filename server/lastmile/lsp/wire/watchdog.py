"""Ends the server when its client is gone, and ends it for certain when it has to end.

An editor that is killed cannot say goodbye, and its pipes may stay open in other processes of its.
The watching thread is a daemon and needs no event loop, so a stuck loop does not keep it.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from threading import Thread, Timer
from time import sleep

logger = logging.getLogger(__name__)

EVERY = 2.0
"""Seconds between two looks at the client's process."""

GRACE = 3.0
"""Seconds that the server has for leaving by itself."""


def watch(pid: int, *, gone: Callable[[], None], every: float = EVERY) -> bool:
    """Call ``gone`` from a thread once the process has ended; False where it cannot be watched.

    A client's process that cannot be seen now, while the client talks to us, lives somewhere else:
    in another container, or on another machine. It is not watched.
    """
    if not alive(pid):
        logger.info("The client's process %s is not on this machine; it is not watched.", pid)
        return False
    Thread(target=_watch, args=(pid, gone, every), name="lastmile-watchdog", daemon=True).start()
    return True


def leave_for_certain(status: int, *, seconds: float = GRACE) -> None:
    """End the process with ``status`` after ``seconds``, whatever still runs in it then."""
    timer = Timer(seconds, os._exit, (status,))
    timer.daemon = True
    timer.start()


def alive(pid: int) -> bool:
    """Tell whether the process runs."""
    if sys.platform == "win32":
        return _alive_on_windows(pid)
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # it belongs to somebody else
    return True


def _watch(pid: int, gone: Callable[[], None], every: float) -> None:
    while alive(pid):
        sleep(every)
    gone()


if sys.platform == "win32":

    def _alive_on_windows(pid: int) -> bool:
        # os.kill ends a process on Windows, whatever the signal: its handle is asked instead.
        import ctypes  # noqa: PLC0415 - of use on Windows alone

        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(0x00100000, False, pid)  # noqa: FBT003 - SYNCHRONIZE, not inherited
        if not handle:
            return False
        still = kernel.WaitForSingleObject(handle, 0) == 0x102  # WAIT_TIMEOUT  # noqa: PLR2004
        kernel.CloseHandle(handle)
        return bool(still)
