"""Says in one line what is wrong with the ledger's file and what a person can do about it."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

from lastmile.errors import LedgerError

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_FULL = ("the disk is full", "make room")
_WRITABLE = "make it writable, or set LASTMILE_LEDGER to a file that can be"


def describe(path: Path, error: Exception) -> str:
    """Describe a ledger that cannot be used, for the error that said so."""
    what, remedy = _by_type(error)
    return (
        f"The ledger {path} cannot be used: {what}. Paid tiers are off and nothing is written down; "
        f"{remedy}, then start Lastmile again."
    )


def _by_type(error: Exception) -> tuple[str, str]:
    match error:
        case LedgerError():
            what, _, remedy = str(error).partition(": ")
            return what, remedy
        case sqlite3.Error():
            return _by_code(error)
        case FileNotFoundError():
            return "the file was removed or replaced while it was in use", "leave it in its place"
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return _FULL
        case _:
            return getattr(error, "strerror", None) or str(error), _WRITABLE


def _by_code(error: sqlite3.Error) -> tuple[str, str]:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _DAMAGED:
        return f"it is damaged ({error})", "move it away to begin a new one, which will not know what was spent"
    return _FULL if code == sqlite3.SQLITE_FULL else (str(error), _WRITABLE)
