"""Children of a process, side by side: each bounded in time and in what it says, and ended with what it started."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import tempfile
import time
from contextlib import suppress
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

from ..child import _harmless, _limit, _open

_CHUNK = 1 << 16
_MOST_SAID = 16 << 20
_STANDARD = 2
_CROWDED = 0.02
"""Seconds until another process is tried where one text has started too many."""

_LONGEST = 0.5
"""Seconds that are waited at most before the clock is looked at."""

Work = Callable[[Any], None]


class Child:
    """A running child, what it wrote so far, and when it is killed."""

    def __init__(self, at: int, work: Work, limits: Dict[str, int], seconds: float, wall: float) -> None:
        self.at = at
        self.folder = os.path.join("/tmp", f"lastmile-{at}")  # noqa: S108 - the sandbox's own
        self.until = time.monotonic() + wall
        self.late = False
        self._said = b""
        self.pipe, writing = os.pipe()
        try:
            self.pid = os.fork()
        except OSError:
            os.close(self.pipe)
            os.close(writing)
            raise
        if self.pid == 0:
            _be(work, writing, limits, seconds, self.folder)
        os.close(writing)

    def kill(self) -> None:
        """End it; its group goes with it when it is finished."""
        os.kill(self.pid, signal.SIGKILL)

    def take(self) -> bool:
        """Read what there is; tells whether it may say more."""
        data = os.read(self.pipe, _CHUNK)
        self._said += data
        return bool(data) and len(self._said) <= _MOST_SAID

    def finish(self) -> Tuple[List[Dict[str, Any]], int]:
        """End it, and give the rows that it wrote and how it ended."""
        os.close(self.pipe)
        status = _ended(self.pid)
        if status is None:
            self.kill()
            _pid, status = os.waitpid(self.pid, 0)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)
        return list(_rows(self._said)), status


def several(waiting: Iterator[Callable[[], Child]], jobs: int, until: float) -> Iterator[Tuple[str, Child]]:
    """Run children side by side, each to its own deadline, all to a common one; says when one begins and ends."""
    running: Dict[int, Child] = {}
    while True:
        while len(running) < jobs and time.monotonic() < until:
            make = next(waiting, None)
            if make is None:
                break
            child = _made(make, until)
            if child is None:
                break
            running[child.pipe] = child
            yield "begun", child
        if not running:
            return
        soonest = min(min(child.until, until) for child in running.values()) - time.monotonic()
        ready = select.select(list(running), [], [], max(0.005, min(_LONGEST, soonest)))[0]
        for child in list(running.values()):
            child.late = time.monotonic() > min(child.until, until)
            if child.late or (child.pipe in ready and not child.take()):
                yield "ended", running.pop(child.pipe)


def _made(make: Callable[[], Child], until: float) -> Optional[Child]:
    """Make a child as soon as there is room for another process."""
    while time.monotonic() < until:
        with suppress(OSError):
            return make()
        time.sleep(_CROWDED)
    return None


def enter(keep: List[int], limits: Dict[str, int], seconds: float) -> None:
    """Keep these descriptors alone, forget what is printed, and take on the limits; for good."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(_STANDARD + 1):
        os.dup2(nothing, descriptor)
    for descriptor in _open():
        if descriptor > _STANDARD and descriptor not in keep:
            with suppress(OSError):  # the one that listed them is closed already
                os.close(descriptor)
    _limit(limits, seconds)


def _be(work: Work, writing: int, limits: Dict[str, int], seconds: float, folder: str) -> None:
    """Be the child; never returns."""
    try:
        os.setpgid(0, 0)
        enter([writing], limits, seconds)
        _harmless(isolated=False)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        _settle(folder)
        with os.fdopen(writing, "w") as out:
            work(out)
    finally:
        os._exit(0)


def _settle(folder: str) -> None:
    """Have temporary files made in a folder of its own."""
    os.makedirs(folder, 0o700, exist_ok=True)
    os.environ["TMPDIR"] = os.environ["PYTEST_DEBUG_TEMPROOT"] = tempfile.tempdir = folder


def _ended(pid: int) -> Any:
    """Give how a process ended by itself, if it is ending; None where it has to be killed."""
    for _ in range(20):
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return status
        time.sleep(0.0005)
    return None


def _rows(said: bytes) -> Iterator[Dict[str, Any]]:
    for line in said.split(b"\n")[:-1]:
        with suppress(ValueError):
            row = json.loads(line)
            if isinstance(row, dict):
                yield row
