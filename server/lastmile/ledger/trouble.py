"""Says in one line what is wrong with the ledger's file and what a person can do about it.

It knows the errors that the operating system and SQLite have for a file; it looks at no file itself.
"""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

from lastmile.errors import LedgerError

LEAST_ROOM = 64 * 1024
"""Bytes: with less on the disk, what failed to be written failed for that. SQLite's side file alone takes 32 KiB."""

_ELSEWHERE = "set LASTMILE_LEDGER to a file that can be written"
_WRITABLE = "make it writable, or set LASTMILE_LEDGER to a file that can be"
_FULL = ("the disk is full", "make room")
_PLACE = "set LASTMILE_LEDGER to a file in a folder of yours"
_AWAY = "move it away to begin a new one, which will not know what was spent"

_BY_ERRNO = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: ("your quota on the disk is used up", "make room"),
    errno.EROFS: ("its file system is read-only", _ELSEWHERE),
    errno.EACCES: ("you may not write it (Permission denied)", _WRITABLE),
    errno.EPERM: ("you may not write it (Operation not permitted)", _WRITABLE),
    errno.ENOENT: ("its folder is not there and cannot be made", _PLACE),
    errno.ENOTDIR: ("what should be its folder is a file", _PLACE),
    errno.EISDIR: ("it is a folder (Is a directory)", _PLACE),
    errno.EEXIST: ("a file is in the place of its folder (File exists)", _PLACE),
    errno.ENAMETOOLONG: ("its name is too long", _PLACE),
    errno.ELOOP: ("its path is a ring of links", _PLACE),
    errno.EMFILE: ("this process has too many files open", "close some"),
    errno.ENFILE: ("this machine has too many files open", "end some programs"),
}

_BY_CODE = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_PERM: ("you may not write it ({error})", _WRITABLE),
    sqlite3.SQLITE_AUTH: ("you may not write it ({error})", _WRITABLE),
    sqlite3.SQLITE_READONLY: ("it is read-only ({error})", _WRITABLE),
    sqlite3.SQLITE_CANTOPEN: (
        "it, or a file that SQLite keeps beside it, cannot be opened ({error})",
        "see that its folder is there, is writable and has room, or " + _ELSEWHERE,
    ),
    sqlite3.SQLITE_IOERR: (
        "the disk failed to read or to write ({error})",
        "see whether the disk has room, your quota is used up or the disk is broken, or " + _ELSEWHERE,
    ),
    sqlite3.SQLITE_CORRUPT: ("it is damaged ({error})", _AWAY),
    sqlite3.SQLITE_NOTADB: ("it is damaged ({error})", _AWAY),
    sqlite3.SQLITE_BUSY: ("another program holds it ({error})", "end what holds it"),
    sqlite3.SQLITE_LOCKED: ("another program holds it ({error})", "end what holds it"),
    sqlite3.SQLITE_PROTOCOL: ("its locks do not work, as on some network disks ({error})", _ELSEWHERE),
    sqlite3.SQLITE_NOLFS: ("its file system has no place for a file as large ({error})", _ELSEWHERE),
    sqlite3.SQLITE_NOMEM: ("this machine has no memory left", "end some programs"),
    sqlite3.SQLITE_ERROR: ("a part of it is not what it should be ({error})", _AWAY),
}

_READABLE_YET = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOLFS,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
}


class ReplacedError(OSError):
    """The ledger's file is no longer the one that was opened; what is written there, nobody else sees."""


def describe(path: Path, error: Exception, *, room: int | None = None, copied: bool = False) -> str:
    """Describe a ledger that cannot be used, or only be read, for the error that said so.

    ``room`` is how many bytes its disk has free, where that is known; ``copied`` says that what is in
    it could be read all the same.
    """
    what, remedy = _by_type(error, room)
    state = "can only be read" if copied else "cannot be used"
    return (
        f"The ledger {path} {state}: {what}. Paid tiers are off and nothing is written down; "
        f"{remedy}, then start Lastmile again."
    )


def may_be_read(error: Exception) -> bool:
    """Tell whether the file may be whole and only not be there for writing."""
    if isinstance(error, sqlite3.Error):
        return _code(error) in _READABLE_YET
    return isinstance(error, OSError) and not isinstance(error, ReplacedError)


def _by_type(error: Exception, room: int | None) -> tuple[str, str]:
    match error:
        case LedgerError():
            what, _, remedy = str(error).partition(": ")
            return what, remedy
        case sqlite3.Error():
            return _by_code(error, room)
        case ReplacedError():
            return "the file was removed or replaced while it was in use", "leave it in its place"
        case _:
            said = getattr(error, "strerror", None) or str(error)
            return _BY_ERRNO.get(getattr(error, "errno", None) or 0, (said, _WRITABLE))


def _by_code(error: sqlite3.Error, room: int | None) -> tuple[str, str]:
    code = _code(error)
    if code in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN} and room is not None and room < LEAST_ROOM:
        return _FULL  # SQLite has its own word for that only where a write into the file itself is refused
    what, remedy = _BY_CODE.get(code, ("{error}", _WRITABLE))
    return what.format(error=error), remedy


def _code(error: sqlite3.Error) -> int:
    """Give the class of the error; its finer code is in the upper bytes."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
