import asyncio
import sqlite3
from pathlib import Path

import pytest
from tests.support.ledger import PLENTY, Clock, accepted, attempt, opened, task

from lastmile.ledger.retention import DAYS, UNASKED_DAYS

DAY = 86_400.0


async def write(path: Path, clock: Clock, *, lost: bool = False) -> None:
    """Write a task with a free and a paid attempt of a cent, and perhaps a call of 5 that is lost."""
    work, free, paid = task(), attempt("rules"), attempt("sonnet", cost=0.01)
    async with opened(path, clock=clock) as ledger:
        bank = ledger.bank(PLENTY, "/home/ada/shop")
        await bank.record(work, free)
        held = await bank.reserve(work, tier="sonnet", worst_case=0.05)
        await bank.record(work, paid, reservation=held)
        if not lost:
            await bank.settle(held)
        await bank.close(accepted(work, free, paid))


def months(path: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT month, tier, attempts, cost FROM months ORDER BY month, tier").fetchall()
    connection.close()
    return found


async def test_what_is_older_than_the_ledger_keeps_becomes_monthly_totals(tmp_path: Path) -> None:
    path, clock = tmp_path / "ledger.sqlite3", Clock.at("2025-01-10 12:00")
    await write(path, clock)
    await write(path, clock, lost=True)
    clock.turn("2025-02-10 12:00")
    await write(path, clock)
    clock.seconds += DAYS * DAY + 1
    await write(path, clock)
    async with opened(path, clock=clock) as ledger:
        bill = await ledger.bill()
        recent = await ledger.bill(since=clock.seconds - DAY)
    assert (bill.total.tasks, bill.total.attempts, bill.total.lost_calls) == (1, 2, 0)
    assert bill.total.spent == pytest.approx(0.01)
    assert bill.earlier == pytest.approx(0.02 + 0.04 + 0.01)
    assert recent.earlier == 0
    assert months(path) == [
        ("2025-01", "rules", 2, 0),
        ("2025-01", "sonnet", 2, 60_000_000),
        ("2025-02", "rules", 1, 0),
        ("2025-02", "sonnet", 1, 10_000_000),
    ]


async def test_a_second_pruning_adds_to_the_same_month(tmp_path: Path) -> None:
    path, clock = tmp_path / "ledger.sqlite3", Clock.at("2025-01-10 12:00")
    await write(path, clock)
    clock.turn("2025-01-20 12:00")
    await write(path, clock)
    for later in (DAYS * DAY - 5 * DAY, 10 * DAY):
        clock.seconds += later
        async with opened(path, clock=clock):
            pass
    assert months(path) == [("2025-01", "rules", 2, 0), ("2025-01", "sonnet", 2, 20_000_000)]


async def test_what_is_young_enough_stays(tmp_path: Path) -> None:
    path, clock = tmp_path / "ledger.sqlite3", Clock.at("2025-01-10 12:00")
    await write(path, clock, lost=True)
    clock.seconds += DAYS * DAY - 1
    async with opened(path, clock=clock) as ledger:
        assert (await ledger.bill()).total.attempts == 2
    assert months(path) == []


@pytest.mark.slow
async def test_a_ledger_in_memory_is_bounded(tmp_path: Path) -> None:
    broken = tmp_path / "ledger.sqlite3"
    broken.mkdir()
    work = task()
    long = attempt(failure="x" * 500, model="y" * 200)
    async with opened(broken) as ledger:
        problem = ledger.problem
        bank = ledger.bank(PLENTY, "/" + "p" * 4096, plain_paths=True)
        for _ in range(10):
            await asyncio.gather(*(bank.record(work, long) for _ in range(800)))
        assert 0 < (await ledger.bill()).total.attempts < 8000
        assert ledger.problem == problem


async def test_what_nobody_asked_for_goes_after_a_month(tmp_path: Path) -> None:
    path, clock = tmp_path / "ledger.sqlite3", Clock.at("2026-01-10 12:00")
    works = [task(ahead=True), task(ahead=True), task()]
    async with opened(path, clock=clock) as ledger:
        for work in works:
            await ledger.bank(PLENTY, "/home/ada/shop").record(work, attempt())
            await ledger.bank(PLENTY, "/home/ada/shop").close(accepted(work, attempt()))
        ledger.mark_applied(works[0].id)
    for days, unasked in ((UNASKED_DAYS - 1, 1), (2, 0)):
        clock.seconds += days * DAY
        async with opened(path, clock=clock) as ledger:
            bill = await ledger.bill()
        assert (bill.total.tasks, bill.total.attempts, bill.unasked) == (2, 2, unasked)
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM attempts").fetchone() == (2,)
    connection.close()
