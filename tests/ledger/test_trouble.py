import errno
import sqlite3
from pathlib import Path

import pytest

from lastmile.errors import LedgerError
from lastmile.ledger.trouble import LEAST_ROOM, ReplacedError, describe


def full() -> sqlite3.Error:
    """Give the error of a database that may not grow."""
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA max_page_count = 1")
    try:
        connection.execute("CREATE TABLE t (x)")
    except sqlite3.Error as error:
        return error
    finally:
        connection.close()
    raise AssertionError


def coded(code: int) -> sqlite3.Error:
    """Give an error of SQLite's of a class that no test can bring about."""
    error = sqlite3.OperationalError("so it is")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device"),
            "the disk is full. Paid tiers are off and nothing is written down; make room",
        ),
        (full(), "the disk is full. Paid"),
        (PermissionError(errno.EACCES, "Permission denied"), "Permission denied). Paid tiers are off"),
        (OSError(errno.EROFS, "Read-only file system"), "read-only. Paid"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "your quota on the disk is used up. Paid"),
        (FileNotFoundError(errno.ENOENT, "No such file or directory"), "its folder is not there and cannot be made."),
        (PermissionError(errno.EACCES, "Permission denied"), "set LASTMILE_LEDGER"),
        (OSError("odd"), "odd. Paid"),
        (ReplacedError(), "removed or replaced"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "readonly database. Paid"),
        (coded(sqlite3.SQLITE_READONLY_DIRECTORY), "it is read-only (so it is). Paid"),
        (coded(sqlite3.SQLITE_IOERR_WRITE), "the disk failed to read or to write (so it is). Paid"),
        (coded(sqlite3.SQLITE_IOERR_WRITE), "your quota is used up or the disk is broken"),
        (coded(sqlite3.SQLITE_CANTOPEN), "a file that SQLite keeps beside it, cannot be opened (so it is). Paid"),
        (coded(sqlite3.SQLITE_BUSY_RECOVERY), "another program holds it (so it is). Paid"),
        (coded(sqlite3.SQLITE_PROTOCOL), "its locks do not work"),
        (coded(sqlite3.SQLITE_CORRUPT_INDEX), "it is damaged (so it is). Paid"),
        (coded(sqlite3.SQLITE_PERM), "you may not write it (so it is). Paid"),
        (
            LedgerError("it is strange: do this"),
            "it is strange. Paid tiers are off and nothing is written down; do this, then",
        ),
    ],
)
def test_a_problem_says_what_happened_and_what_to_do(error: Exception, expected: str) -> None:
    told = describe(Path("/state/ledger.sqlite3"), error)
    assert told.startswith("The ledger /state/ledger.sqlite3 cannot be used: ")
    assert expected in told
    assert told.endswith("then start Lastmile again.")


@pytest.mark.parametrize(
    ("code", "room", "full"),
    [
        (sqlite3.SQLITE_IOERR_SHMSIZE, LEAST_ROOM - 1, True),
        (sqlite3.SQLITE_CANTOPEN, 0, True),
        (sqlite3.SQLITE_IOERR_SHMSIZE, LEAST_ROOM, False),
        (sqlite3.SQLITE_IOERR_SHMSIZE, None, False),
        (sqlite3.SQLITE_READONLY, 0, False),
    ],
)
def test_a_disk_without_room_is_full_by_whatever_name_sqlite_has_for_it(
    code: int, room: int | None, *, full: bool
) -> None:
    assert ("the disk is full" in describe(Path("/state/l"), coded(code), room=room)) == full
