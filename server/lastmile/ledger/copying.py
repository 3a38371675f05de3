"""Copies a ledger that cannot be written into memory: on a disk that is full, read-only or somebody else's.

SQLite writes even to read: beside the file it keeps what was written last (``-wal``) and an index of
that (``-shm``), which it makes anew. Here each way that does with less is tried in turn, from the one
that minds other processes to those for files that nobody can write. The file itself is never changed.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from attrs import frozen

_PATIENCE = 0.5
"""Seconds to wait for another program's lock, in each way."""

_MOST = 256 * 1024 * 1024
"""Bytes of the largest ledger that is copied: a million attempts and more."""

_NO_LOCKS = "win32-none" if os.name == "nt" else "unix-none"
"""SQLite's name for files as they are, without locks."""


@frozen
class _Way:
    """How the file is opened."""

    query: str
    alone: bool = False
    """Whether to keep the index of what was written last in memory, as SQLite does for who has the file alone."""


def copy(path: Path, into: sqlite3.Connection) -> bool:
    """Copy the ledger over an empty database; False where it cannot be read either, or is too large."""
    try:
        if not 0 < path.stat().st_size <= _MOST:
            return False
        ways = [*_ways(path)]
    except OSError:
        return False
    return any(_copied(path, way, into) for way in ways)


def _ways(path: Path) -> Iterator[_Way]:
    # Who has the file open has made its index, so this one reads beside them.
    yield _Way("mode=ro")
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        # Nobody has it open, or the lock is refused.
        yield _Way("mode=rw", alone=True)
        return
    # Where nothing can be made or deleted in the folder, closing cannot take away what others write.
    late = path.with_name(f"{path.name}-wal")
    yield _Way(f"mode=ro&vfs={_NO_LOCKS}", alone=True) if late.exists() else _Way("immutable=1")


def _copied(path: Path, way: _Way, into: sqlite3.Connection) -> bool:
    try:
        uri = f"{path.absolute().as_uri()}?{way.query}"
        with closing(sqlite3.connect(uri, uri=True, timeout=_PATIENCE, isolation_level=None)) as source:
            if way.alone:
                source.execute("PRAGMA locking_mode = EXCLUSIVE")
            source.backup(into)
    except sqlite3.Error:
        return False
    return True
