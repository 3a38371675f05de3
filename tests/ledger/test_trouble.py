import errno
import sqlite3
from pathlib import Path

import pytest

from lastmile.errors import LedgerError
from lastmile.ledger.trouble import describe


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


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device"),
            "the disk is full. Paid tiers are off and nothing is written down; make room",
        ),
        (full(), "the disk is full. Paid"),
        (PermissionError(errno.EACCES, "Permission denied"), "Permission denied. Paid tiers are off"),
        (PermissionError(errno.EACCES, "Permission denied"), "set LASTMILE_LEDGER"),
        (OSError("odd"), "odd. Paid"),
        (FileNotFoundError(), "removed or replaced"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "readonly database. Paid"),
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
