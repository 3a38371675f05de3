"""The lock that says which process is the host of a model, and the locks that ended hosts left behind."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_OLD = 3600.0
"""Seconds. A lock that was taken so long ago and is held by nobody is of a host that ended."""

_TRIES, _PAUSE = 10, 0.01
"""How often a lock is tried, and the seconds between: whoever tidies holds one for less than a millisecond."""


@contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Hold the lock for as long as the block lasts; the kernel lets go of it however the process ends."""
    with _held(path) as file:
        if file is not None:
            file.truncate(0)
            file.write(f"{os.getpid()}\n".encode())
            file.flush()
        yield file is not None


def tidy(folder: Path) -> None:
    """Delete the locks and sockets of hosts that ended long ago. Whoever is about to take one is not disturbed."""
    for path in folder.glob("model-*.lock"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _OLD:
                _delete(path)


def _delete(path: Path) -> None:
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # It raises where a host holds it.
        if _is_at(file, path):
            path.with_suffix(".sock").unlink(missing_ok=True)
            path.unlink()


@contextmanager
def _held(path: Path) -> Iterator[IO[bytes] | None]:
    """Hold the lock, or give None where somebody else does."""
    for _ in range(_TRIES):
        with path.open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
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
