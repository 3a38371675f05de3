"""A ledger's file that cannot be used, or that breaks while it is: no money, and the work goes on."""

import os
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from tests.support.ledger import PLENTY, accepted, attempt, opened, task
from tests.support.ledger_file import PROJECT, check_works_without_money, reserve

from lastmile.errors import LedgerError
from lastmile.ledger.schema import MIGRATIONS
from lastmile.ledger.store import Ledger


def a_folder_in_its_place(path: Path) -> None:
    path.mkdir(parents=True)


def a_file_in_place_of_its_folder(path: Path) -> None:
    path.parent.write_text("not a folder")


def a_pipe_in_its_place(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path, 0o644)


def garbage(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"garbage " * 1000)


def a_torn_file(path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    os.truncate(path, 2048)


def a_newer_ledger(path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()


def another_programs_database(path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE bookmarks (url)")
    connection.close()


@pytest.mark.parametrize(
    ("trouble", "what", "remedy"),
    [
        (a_folder_in_its_place, "Is a directory", "a file in a folder of yours"),
        (a_file_in_place_of_its_folder, "exists", "a file in a folder of yours"),
        (a_pipe_in_its_place, "no regular file", "a file of its own"),
        (garbage, "damaged (file is not a database)", "move it away"),
        (a_torn_file, "damaged (database disk image is malformed)", "move it away"),
        (
            a_newer_ledger,
            f"a newer Lastmile wrote it (version 99, this one knows {len(MIGRATIONS)})",
            "update Lastmile",
        ),
        (another_programs_database, "another program's database", "set LASTMILE_LEDGER"),
    ],
)
async def test_a_file_that_cannot_be_used_is_told_and_the_work_goes_on_without_money(
    path: Path, trouble: Callable[[Path], None], what: str, remedy: str
) -> None:
    trouble(path)
    async with opened(path) as ledger:
        assert what in ledger.problem
        assert remedy in ledger.problem
        assert str(path) in ledger.problem
        assert "\n" not in ledger.problem
        await check_works_without_money(ledger)


def removed(path: Path) -> None:
    path.unlink()


def replaced(path: Path) -> None:
    path.rename(path.with_suffix(".old"))
    path.write_bytes(path.with_suffix(".old").read_bytes())


def emptied_of_tables(path: Path) -> None:
    connection = sqlite3.connect(path)
    for table in ("attempts", "reservations", "outcomes"):
        connection.execute(f"DROP TABLE {table}")
    connection.commit()
    connection.close()


async def reserves(ledger: Ledger) -> None:
    with pytest.raises(LedgerError):
        await reserve(ledger.bank(PLENTY, PROJECT), 0.01)


async def records(ledger: Ledger) -> None:
    await ledger.bank(PLENTY, PROJECT).record(task(), attempt())


async def settles(ledger: Ledger) -> None:
    await ledger.bank(PLENTY, PROJECT).settle("some reservation")


async def closes(ledger: Ledger) -> None:
    await ledger.bank(PLENTY, PROJECT).close(accepted(task(), attempt()))


async def reads(ledger: Ledger) -> None:
    await ledger.bill()


async def looks_back(ledger: Ledger) -> None:
    await ledger.bank(PLENTY, PROJECT).past_escalations("fix")


@pytest.mark.parametrize(
    ("trouble", "message"),
    [(removed, "removed or replaced"), (replaced, "removed or replaced"), (emptied_of_tables, "no such table")],
)
@pytest.mark.parametrize("first", [reserves, records, settles, closes, reads, looks_back])
async def test_a_file_that_breaks_while_it_is_used_stops_the_money_and_nothing_else(
    path: Path, trouble: Callable[[Path], None], message: str, first: Callable[[Ledger], Awaitable[None]]
) -> None:
    async with opened(path) as ledger:
        await ledger.bank(PLENTY, PROJECT).record(task(), attempt())
        assert ledger.problem == ""
        trouble(path)
        await first(ledger)
        assert message in ledger.problem
        await check_works_without_money(ledger)
