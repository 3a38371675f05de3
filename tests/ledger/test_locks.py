"""A ledger's file that another program holds, or that another process makes, and a ledger that is closed."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from tests.support.ledger import PLENTY, attempt, opened, spent, task
from tests.support.ledger_file import PROJECT, check_works_without_money, reserve

from lastmile.errors import LedgerError
from lastmile.ledger.store import Ledger


async def test_a_lock_that_another_program_holds_refuses_money_but_is_no_damage(path: Path) -> None:
    async with opened(path, patience=0.05) as ledger:
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="another program holds the ledger"):
            await reserve(ledger.bank(PLENTY, PROJECT), 0.01)
        holder.execute("ROLLBACK")
        holder.close()
        assert ledger.problem == ""
        await reserve(ledger.bank(PLENTY, PROJECT), 0.01)


async def test_what_another_program_holds_up_is_written_when_it_lets_go(path: Path) -> None:
    async with opened(path, patience=0.05) as ledger:
        bank = ledger.bank(PLENTY, PROJECT)
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        for cost in (0.25, 0.5):
            await bank.record(task(), attempt(cost=cost))
        assert ledger.problem == ""
        holder.execute("ROLLBACK")
        holder.close()
        await bank.record(task(), attempt(cost=1.0))
        assert await spent(path) == pytest.approx(1.75)
        assert ledger.problem == ""


@pytest.mark.parametrize("lock", ["BEGIN EXCLUSIVE", "BEGIN; SELECT * FROM sqlite_master"])
async def test_a_file_that_another_program_locks_is_waited_for_and_then_told(path: Path, lock: str) -> None:
    path.parent.mkdir()
    holder = sqlite3.connect(path, isolation_level=None)
    for statement in lock.split("; "):
        holder.execute(statement).fetchall()
    async with opened(path, patience=0.05) as ledger:
        assert "database is locked" in ledger.problem
        await check_works_without_money(ledger)
    holder.close()
    assert await spent(path) == 0


async def test_a_file_that_another_process_is_just_making_is_waited_for(path: Path) -> None:
    path.parent.mkdir()
    maker = sqlite3.connect(path, isolation_level=None)
    maker.execute("BEGIN IMMEDIATE")
    ledger = Ledger.open(path)
    with pytest.raises(TimeoutError):  # SQLite itself would have refused at once
        await asyncio.wait_for(ledger.ready(), 0.2)
    maker.execute("ROLLBACK")
    assert await ledger.ready() == ""
    await ledger.aclose()
    maker.close()


async def test_a_closed_ledger_promises_nothing_and_raises_nothing_else(path: Path) -> None:
    ledger = Ledger.open(path)
    bank = ledger.bank(PLENTY, PROJECT)
    await ledger.aclose()
    await ledger.aclose()
    with pytest.raises(LedgerError, match="closed"):
        await reserve(bank, 0.01)
    await bank.record(task(), attempt())
    await bank.settle("x")
    assert await bank.past_escalations("fix") == 0.0
