"""The tables of the ledger, and the way from each version of them to the next.

`PRAGMA user_version` holds the version. Migrations only go forwards, one transaction each, so a
process that is killed on the way leaves a whole older version behind. Nothing here opens a file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from lastmile.errors import LedgerError

APPLICATION = 0x4C4D4C47
"""Marks an SQLite file as a ledger of ours ("LMLG"), by ``PRAGMA application_id``."""

_VERSION_1 = f"""
PRAGMA application_id = {APPLICATION};

-- Money set aside for calls that are under way. Settling removes the row; one that stays belongs to
-- a call that was lost, and counts its worst case. Amounts are in billionths of a US dollar.
CREATE TABLE reservations (
    id          TEXT PRIMARY KEY,
    task        TEXT NOT NULL,
    at          REAL NOT NULL,
    day         TEXT NOT NULL,
    project     TEXT NOT NULL,
    kind        TEXT NOT NULL,
    tier        TEXT NOT NULL,
    worst_case  INTEGER NOT NULL
) WITHOUT ROWID;

-- One row an attempt. The day is that of its reservation, where it has one, so that a call over
-- midnight counts against the budget that was asked for it.
CREATE TABLE attempts (
    id              INTEGER PRIMARY KEY,
    task            TEXT NOT NULL,
    reservation     TEXT,
    at              REAL NOT NULL,
    day             TEXT NOT NULL,
    project         TEXT NOT NULL,
    file            TEXT NOT NULL,
    kind            TEXT NOT NULL,
    tier            TEXT NOT NULL,
    model           TEXT NOT NULL,
    escalation      TEXT NOT NULL,
    input           INTEGER NOT NULL,
    cache_write     INTEGER NOT NULL,
    cache_write_1h  INTEGER NOT NULL,
    cache_read      INTEGER NOT NULL,
    output          INTEGER NOT NULL,
    estimated       INTEGER NOT NULL,
    cost            INTEGER NOT NULL,
    prices          TEXT NOT NULL,
    seconds         REAL NOT NULL,
    passed          INTEGER NOT NULL,
    refused_by      TEXT NOT NULL,
    code            TEXT NOT NULL,
    failure         TEXT NOT NULL
);
CREATE INDEX attempts_by_task ON attempts (task);
CREATE INDEX attempts_by_time ON attempts (at);
CREATE INDEX attempts_by_reservation ON attempts (reservation) WHERE reservation IS NOT NULL;
CREATE INDEX attempts_that_cost ON attempts (day, cost) WHERE cost > 0;

-- One row a task that ended. The top_ columns estimate one call to the top tier for the same work.
CREATE TABLE outcomes (
    task          TEXT PRIMARY KEY,
    at            REAL NOT NULL,
    day           TEXT NOT NULL,
    project       TEXT NOT NULL,
    kind          TEXT NOT NULL,
    status        TEXT NOT NULL,
    reason        TEXT NOT NULL,
    cleared_by    TEXT NOT NULL,
    cleared_free  INTEGER NOT NULL,
    tried_free    INTEGER NOT NULL,
    seconds       REAL NOT NULL,
    top_tier      TEXT,
    top_input     INTEGER,
    top_output    INTEGER,
    top_cost      INTEGER,
    kept          INTEGER
) WITHOUT ROWID;
CREATE INDEX outcomes_by_kind ON outcomes (kind, at);
CREATE INDEX outcomes_by_time ON outcomes (at);

-- What is left of attempts and lost calls older than the ledger keeps.
CREATE TABLE months (
    month     TEXT NOT NULL,
    tier      TEXT NOT NULL,
    attempts  INTEGER NOT NULL,
    cost      INTEGER NOT NULL,
    PRIMARY KEY (month, tier)
) WITHOUT ROWID;
"""

_VERSION_2 = """
-- One row a completion that was shown, written over as more of its fate is known.
CREATE TABLE completions (
    id          TEXT PRIMARY KEY,
    at          REAL NOT NULL,
    day         TEXT NOT NULL,
    project     TEXT NOT NULL,
    language    TEXT NOT NULL,
    characters  INTEGER NOT NULL,
    lines       INTEGER NOT NULL,
    seconds     REAL NOT NULL,
    source      TEXT NOT NULL,
    fate        TEXT NOT NULL,
    taken       INTEGER NOT NULL,
    kept_early  INTEGER,
    kept_late   INTEGER
) WITHOUT ROWID;
CREATE INDEX completions_by_time ON completions (at);
"""

_VERSION_3 = """
-- How sure a model was of its draft: the geometric mean of its tokens' probabilities, 0 to 1, where it was told.
ALTER TABLE attempts ADD COLUMN confidence REAL;
"""

_VERSION_4 = """
-- What was made before anybody asked counts once a person took it: then `applied` is set. What a person
-- undid because it was wrong is `undone`, and `words` is what they said of it, which stays in this file.
-- A receipt is our own words on an accepted edit, without a text of the document's.
ALTER TABLE attempts ADD COLUMN ahead INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outcomes ADD COLUMN ahead INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outcomes ADD COLUMN applied INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outcomes ADD COLUMN undone INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outcomes ADD COLUMN words TEXT NOT NULL DEFAULT '';
ALTER TABLE outcomes ADD COLUMN receipt TEXT NOT NULL DEFAULT '';
CREATE INDEX outcomes_ahead ON outcomes (task) WHERE ahead;
"""

MIGRATIONS: tuple[str, ...] = (_VERSION_1, _VERSION_2, _VERSION_3, _VERSION_4)
"""The statements that lead from version n to version n + 1, in order; never changed once released."""


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold the write lock, and keep all of what is done under it or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def migrate(connection: sqlite3.Connection, migrations: Sequence[str] = MIGRATIONS) -> None:
    """Bring the tables to the newest version.

    Raises `LedgerError` for a ledger that a newer Lastmile wrote, and for another program's file.
    """
    if _version(connection, migrations) == len(migrations):
        return
    with transaction(connection):
        # Another process may have done it while this one waited for the lock.
        for number in range(_version(connection, migrations), len(migrations)):
            for statement in _statements(migrations[number]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number + 1}")


def _version(connection: sqlite3.Connection, migrations: Sequence[str]) -> int:
    version = int(_value(connection, "PRAGMA user_version"))
    if version > len(migrations):
        message = f"a newer Lastmile wrote it (version {version}, this one knows {len(migrations)}): update Lastmile"
        raise LedgerError(message)
    begun = version or int(_value(connection, "SELECT count(*) FROM sqlite_master"))
    if begun and _value(connection, "PRAGMA application_id") != APPLICATION:
        raise LedgerError("it is another program's database: set LASTMILE_LEDGER to a file of its own")
    return version


def _statements(script: str) -> Iterator[str]:
    """Split a script into statements; `executescript` would commit before the first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _value(connection: sqlite3.Connection, query: str) -> int:
    value: int = connection.execute(query).fetchone()[0]
    return value
