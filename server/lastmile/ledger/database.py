"""Opens the ledger's file, or a ledger in memory where there can be no file, or none to write.

The file is the user's alone (mode 0600, its folder 0700), in WAL mode, so that readers and writers
of several processes do not stand in each other's way. Nothing here knows what the tables mean.
"""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lastmile.errors import LedgerError
from lastmile.ledger.copying import copy
from lastmile.ledger.schema import migrate

_MEMORY_PAGES = 8192
"""How far a ledger in memory may grow, in pages of 4 KiB: 32 MiB, some 100,000 attempts."""

_PAUSE = 0.01
"""Seconds between two tries to open a file that another process is making."""

_log = logging.getLogger(__name__)


def open_file(path: Path, *, patience: float) -> sqlite3.Connection:
    """Open the ledger, making what is missing and bringing its tables up to date.

    ``patience`` is how many seconds a statement waits for another process's lock, and how long it is
    tried again where SQLite does not wait: several processes that turn a new file into a WAL one at
    the same moment could wait for each other for ever, so all but one of them are refused at once.

    Raises `OSError`, `sqlite3.Error` or `LedgerError`, also for a file that cannot be written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # SQLite gives its side files the mode of the main one, so that is made first.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    if not path.is_file():
        raise LedgerError("it is no regular file: set LASTMILE_LEDGER to a file of its own")  # whose mode is let be
    with suppress(PermissionError):
        path.chmod(0o600)
    last = time.monotonic() + patience
    while True:
        try:
            return _prepared(path, patience)
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > last:
                raise
        time.sleep(_PAUSE)


def _prepared(path: Path, patience: float) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=patience, isolation_level=None)
    try:
        # A file system without shared memory keeps its own journal, which is as safe and only slower.
        connection.execute("PRAGMA journal_mode = WAL")
        # Losing the last records with the power is safe: their calls then count their worst case.
        connection.execute("PRAGMA synchronous = NORMAL")
        migrate(connection)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except BaseException:
        connection.close()  # nobody else knows of it yet, and it may hold a lock; what broke it off goes on
        raise
    return connection


def open_memory() -> sqlite3.Connection:
    """Open an empty ledger that ends with the process and holds a bounded number of rows."""
    return _bounded(_in_memory())


def open_copy(path: Path) -> sqlite3.Connection | None:
    """Open what a file that cannot be written holds, as a ledger in memory; None where it cannot be read."""
    connection = _in_memory()
    try:
        if copy(path, connection):
            return _bounded(connection)
    except (sqlite3.Error, LedgerError):
        _log.info("The ledger %s could be read, and is not what it should be.", path, exc_info=True)
    connection.close()
    return None


def _in_memory() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    # What sorting takes would otherwise go to a disk that is perhaps full.
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def _bounded(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Bring the tables up to date, and let them grow so far and no further."""
    held: int = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {held + _MEMORY_PAGES}")
    migrate(connection)
    return connection


def free_room(path: Path) -> int | None:
    """Give the bytes that are free on a file's disk; None where nobody can tell."""
    try:
        return shutil.disk_usage(path.parent).free
    except OSError:
        return None


def identity(path: Path) -> tuple[int, int]:
    """Tell which file lies at the path; raises `OSError` where there is none.

    A deleted file goes on taking writes from those who have it open, and nobody else sees them.
    """
    found = path.stat()
    return found.st_dev, found.st_ino


def is_busy(error: BaseException) -> bool:
    """Tell whether another process merely held its lock for too long."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


@contextmanager
def durable(connection: sqlite3.Connection) -> Iterator[None]:
    """Write what is committed inside to the disk before going on, as money must be."""
    connection.execute("PRAGMA synchronous = FULL")
    try:
        yield
    finally:
        connection.execute("PRAGMA synchronous = NORMAL")
