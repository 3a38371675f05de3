"""What a budget carries: whose day and month it is, and what is held while a call is under way."""

import asyncio
from pathlib import Path

import pytest
from tests.support.ledger import PLENTY, Clock, attempt, opened, spent, task
from tests.support.ledger_file import PROJECT, reserve, row

from lastmile.config.tree import Budget
from lastmile.errors import BudgetError, LedgerError


@pytest.mark.parametrize(
    ("budget", "name"),
    [
        (Budget(task=0.30, day=9, month=9), "task"),
        (Budget(task=9, day=0.30, month=9), "day"),
        (Budget(task=9, day=9, month=0.30), "month"),
    ],
)
async def test_a_budget_carries_as_many_calls_as_fit_and_says_what_would_be_needed(
    path: Path, budget: Budget, name: str
) -> None:
    work = task()
    async with opened(path) as ledger:
        bank = ledger.bank(budget, PROJECT)
        for _ in range(3):
            await bank.reserve(work, tier="sonnet", worst_case=0.1)
        with pytest.raises(BudgetError) as refusal:
            await bank.reserve(work, tier="sonnet", worst_case=0.015)
    assert str(refusal.value) == (
        f"the {name}'s budget of $0.30 has $0.00 left and one call to sonnet could cost $0.015: "
        f"raise `budget.{name}` to 0.32 to allow it"
    )


async def test_what_a_call_did_not_use_is_given_back(path: Path) -> None:
    budget = Budget(task=1.0, day=0.30, month=1.0)
    async with opened(path) as ledger:
        bank = ledger.bank(budget, PROJECT)
        held = await reserve(bank, 0.20)
        with pytest.raises(BudgetError):
            await reserve(bank, 0.20)
        await bank.record(task(), attempt("sonnet", cost=0.05), reservation=held)
        with pytest.raises(BudgetError):  # the reservation still stands for its worst case
            await reserve(bank, 0.20)
        await bank.settle(held)
        await reserve(bank, 0.25)
        with pytest.raises(BudgetError):
            await reserve(bank, 0.01)


async def test_a_call_that_cost_more_than_its_worst_case_counts_what_it_cost(path: Path) -> None:
    async with opened(path) as ledger:
        bank = ledger.bank(PLENTY, PROJECT)
        held = await reserve(bank, 0.10)
        await bank.record(task(), attempt("sonnet", cost=0.15), reservation=held)
        assert (await ledger.bill()).total.spent == pytest.approx(0.15)


@pytest.mark.parametrize(
    ("spent_at", "asked_at", "allowed"),
    [
        ("2026-11-23 00:00", "2026-11-23 23:59", False),
        ("2026-11-23 23:59", "2026-11-24 00:00", True),
        ("2026-11-24 00:00", "2026-11-23 23:59", True),
    ],
)
async def test_a_day_ends_at_midnight_where_the_person_is(
    path: Path, spent_at: str, asked_at: str, *, allowed: bool
) -> None:
    await check_budget(path, Budget(task=9, day=0.1, month=9), (spent_at, asked_at), allowed=allowed)


@pytest.mark.parametrize(
    ("spent_at", "asked_at", "allowed"),
    [
        ("2026-11-01 00:00", "2026-11-30 23:59", False),
        ("2026-10-31 23:59", "2026-11-01 00:00", True),
        ("2026-12-01 00:00", "2026-11-30 23:59", True),
        ("2025-11-10 00:00", "2026-11-10 00:00", True),
    ],
)
async def test_a_month_ends_with_the_month(path: Path, spent_at: str, asked_at: str, *, allowed: bool) -> None:
    await check_budget(path, Budget(task=9, day=9, month=0.1), (spent_at, asked_at), allowed=allowed)


async def check_budget(path: Path, budget: Budget, times: tuple[str, str], *, allowed: bool) -> None:
    clock = Clock.at(times[0])
    async with opened(path, clock=clock) as ledger:
        bank = ledger.bank(budget, PROJECT)
        held = await reserve(bank, 0.1)
        await bank.record(task(), attempt("sonnet", cost=0.1), reservation=held)
        await bank.settle(held)
        clock.turn(times[1])
        if allowed:
            await reserve(bank, 0.1)
        else:
            with pytest.raises(BudgetError):
                await reserve(bank, 0.1)


async def test_a_call_over_midnight_counts_on_the_day_whose_budget_was_asked(path: Path) -> None:
    clock = Clock.at("2026-11-23 23:59")
    async with opened(path, clock=clock) as ledger:
        bank = ledger.bank(PLENTY, PROJECT)
        held = await reserve(bank, 0.1)
        clock.turn("2026-11-24 00:01")
        await bank.record(task(), attempt("sonnet", cost=0.1), reservation=held)
    assert row(path, "attempts")["day"] == "2026-11-23"


async def test_every_project_spends_from_one_purse(path: Path) -> None:
    async with opened(path) as ledger:
        await reserve(ledger.bank(PLENTY, "/home/ada/shop"), 0.9)
        with pytest.raises(BudgetError, match="day's budget"):
            await reserve(ledger.bank(Budget(task=1, day=1, month=9), "/home/ada/blog"), 0.2)


@pytest.mark.parametrize("worst_case", [float("nan"), float("inf"), -0.01])
async def test_a_price_that_is_no_amount_buys_nothing(path: Path, worst_case: float) -> None:
    async with opened(path) as ledger:
        with pytest.raises(LedgerError, match="price"):
            await reserve(ledger.bank(PLENTY, PROJECT), worst_case)


async def test_a_budget_that_is_no_number_allows_nothing(path: Path) -> None:
    async with opened(path) as ledger:
        with pytest.raises(BudgetError):
            await reserve(ledger.bank(Budget(task=float("nan"), day=9, month=9), PROJECT), 0.01)


async def test_fifty_tasks_at_once_stay_within_the_budget(path: Path) -> None:
    budget = Budget(task=1.0, day=1.0, month=9.0)
    async with opened(path) as ledger:
        bank = ledger.bank(budget, PROJECT)
        most = 0.0

        async def one(number: int) -> int:
            nonlocal most
            work, made = task(), 0
            for _ in range(5):
                try:
                    held = await bank.reserve(work, tier="sonnet", worst_case=0.03)
                except BudgetError:
                    continue
                made += 1
                total = (await ledger.bill()).total
                most = max(most, total.spent + total.open_cost)
                await bank.record(work, attempt("sonnet", cost=0.001 * (number % 30)), reservation=held)
                await bank.settle(held)
            return made

        made = sum(await asyncio.gather(*map(one, range(50))))
        total = (await ledger.bill()).total
    assert 33 <= made < 250
    assert total.attempts == made
    assert most <= 1.0
    assert total.spent <= 1.0
    assert total.open_calls == 0


async def test_a_cancelled_reservation_holds_no_money(path: Path) -> None:
    async with opened(path) as ledger:
        bank = ledger.bank(PLENTY, PROJECT)
        asking = [asyncio.create_task(reserve(bank, 0.1)) for _ in range(20)]
        await asyncio.sleep(0)
        for each in asking:
            each.cancel()
        ended = await asyncio.gather(*asking, return_exceptions=True)
        assert all(isinstance(each, asyncio.CancelledError) for each in ended)
    assert await spent(path) == 0
