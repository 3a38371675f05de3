"""The lock that says which process is the host of a model, and the locks that ended hosts left behind."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from lastmile.model.host.address import FILE, SOCKET

if sys.platform == "win32":
    import msvcrt

    _FAR = 2**30
    """A byte that is never there: what is locked on Windows others cannot read."""

    def _hold(file: IO[bytes]) -> None:
        file.seek(_FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _hold(file: IO[bytes]) -> None:
        """Lock a file. Raises `OSError` where somebody else has."""
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


_OLD = 3600.0
"""Seconds. A lock that was taken so long ago and is held by nobody is of a host that ended."""

_TRIES, _PAUSE = 10, 0.01
"""How often a lock is tried, and the seconds between: whoever tidies holds one for less than a millisecond."""


@contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Hold the lock for as long as the block lasts; the kernel lets go of it however the process ends."""
    with _held(path) as file:
        if file is not None:
            with suppress(OSError):  # On a full disk it is held all the same, without the number for a person.
                file.truncate(0)
                os.write(file.fileno(), f"{os.getpid()}\n".encode())
        yield file is not None


def tidy(folder: Path) -> None:
    """Delete the locks and sockets of hosts that ended long ago. Whoever is about to take one is not disturbed."""
    for path in folder.glob("model-*.lock"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _OLD:
                _delete(path)


def _delete(path: Path) -> None:
    with path.open("ab") as file:
        _hold(file)  # It raises where a host holds it.
        if _is_at(file, path):
            for kind in (SOCKET, FILE):
                path.with_suffix(kind).unlink(missing_ok=True)
            if sys.platform != "win32":
                path.unlink()
    if sys.platform == "win32":
        path.unlink()  # It raises while anybody has it open.


@contextmanager
def _held(path: Path) -> Iterator[IO[bytes] | None]:
    """Hold the lock, or give None where somebody else does."""
    for _ in range(_TRIES):
        with path.open("ab") as file:
            try:
                _hold(file)
            except (BlockingIOError, PermissionError):  # as Linux and macOS, and as Windows say it
                time.sleep(_PAUSE)
                continue
            # What was deleted between the two calls is nobody's lock any more.
            if _is_at(file, path):
                yield file
                return
    yield None


def _is_at(file: IO[bytes], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
