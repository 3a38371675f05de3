import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.ledger import opened

from lastmile.errors import LedgerError, StaleError
from lastmile.ledger.schema import MIGRATIONS, migrate, transaction

VERSION_1 = (Path(__file__).parent / "version_1.sql").read_text()


@pytest.fixture
def old(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Give a file that version 1 wrote."""
    connection = sqlite3.connect(tmp_path / "ledger.sqlite3", isolation_level=None)
    connection.executescript(VERSION_1)
    yield connection
    connection.close()


def tables(connection: sqlite3.Connection) -> set[tuple[object, ...]]:
    rows = connection.execute(
        "SELECT m.name, c.name, c.type, c.[notnull] FROM sqlite_master m, pragma_table_info(m.name) c"
    )
    return {tuple(row) for row in rows}


def version(connection: sqlite3.Connection) -> int:
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return found


def test_a_ledger_of_version_1_becomes_what_a_new_one_is(old: sqlite3.Connection) -> None:
    new = sqlite3.connect(":memory:", isolation_level=None)
    migrate(new)
    migrate(old)
    assert version(old) == version(new) == len(MIGRATIONS)
    assert tables(old) == tables(new)
    new.close()


async def test_what_version_1_wrote_is_in_the_bill(old: sqlite3.Connection, tmp_path: Path) -> None:
    async with opened(tmp_path / "ledger.sqlite3", clock=lambda: 1795450000.0) as ledger:
        assert ledger.problem == ""
        bill = await ledger.bill()
    assert bill.total.spent == pytest.approx(0.009 + 0.05)
    assert (bill.total.attempts, bill.total.tasks, bill.total.lost_calls, bill.total.kept) == (1, 1, 1, 1)
    assert bill.total.top_cost == pytest.approx(0.015)
    assert bill.earlier == pytest.approx(2.0)
    assert version(old) == len(MIGRATIONS)


LATER = "ALTER TABLE attempts ADD COLUMN mood TEXT NOT NULL DEFAULT 'fine';\nUPDATE attempts SET mood = 'good';\n"
FAILING = "UPDATE no_such_table SET x = 1;\n"


def test_a_later_version_keeps_the_data(old: sqlite3.Connection) -> None:
    migrate(old, (*MIGRATIONS, LATER))
    assert version(old) == len(MIGRATIONS) + 1
    assert old.execute("SELECT task, cost, mood FROM attempts").fetchall() == [("t1", 9_000_000, "good")]
    migrate(old, (*MIGRATIONS, LATER))
    assert version(old) == len(MIGRATIONS) + 1


def test_a_migration_that_fails_leaves_the_version_before_it(old: sqlite3.Connection) -> None:
    migrate(old)
    before = tables(old)
    with pytest.raises(sqlite3.OperationalError):
        migrate(old, (*MIGRATIONS, LATER + FAILING))
    assert (version(old), tables(old)) == (len(MIGRATIONS), before)


def test_a_newer_version_is_refused_and_left_alone(old: sqlite3.Connection) -> None:
    old.execute("PRAGMA user_version = 12")
    before = tables(old)
    with pytest.raises(LedgerError, match=r"version 12.*: update Lastmile"):
        migrate(old)
    assert (version(old), tables(old)) == (12, before)


def test_a_transaction_is_all_or_nothing(old: sqlite3.Connection) -> None:
    def change() -> None:
        with transaction(old):
            old.execute("DELETE FROM attempts")
            raise StaleError("the document changed")

    with pytest.raises(StaleError):
        change()
    assert old.execute("SELECT count(*) FROM attempts").fetchone() == (1,)
    assert not old.in_transaction
