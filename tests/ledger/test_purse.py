import asyncio
from pathlib import Path

import pytest
from tests.support.ledger import PLENTY, accepted, attempt, opened, task

from lastmile.errors import BudgetError
from lastmile.ledger.purse import Allowance, Purse


async def spend(purse: Purse, cost: float) -> bool:
    """Make a call of up to 3 cents; gives whether it was allowed."""
    work = task()
    try:
        held = await purse.reserve(work, tier="sonnet", worst_case=0.03)
    except BudgetError:
        return False
    await purse.record(work, attempt("sonnet", cost=cost), reservation=held)
    await purse.settle(held)
    return True


@pytest.mark.parametrize(
    ("limit", "cost", "allowed"), [(0.09, 0.03, 3), (0.10, 0.03, 3), (0.03, 0.0, 50), (0.02, 0.0, 0), (0.0, 0.0, 0)]
)
async def test_a_run_spends_no_more_than_its_allowance(tmp_path: Path, limit: float, cost: float, allowed: int) -> None:
    async with opened(tmp_path / "l.sqlite3") as ledger:
        own = Allowance(limit)
        purse = Purse(ledger.bank(PLENTY, ""), own)
        assert [await spend(purse, cost) for _ in range(50)].count(True) == allowed
        assert own.spent == pytest.approx(allowed * cost)


async def test_tasks_side_by_side_share_the_allowance(tmp_path: Path) -> None:
    async with opened(tmp_path / "l.sqlite3") as ledger:
        own = Allowance(0.10)
        purse = Purse(ledger.bank(PLENTY, ""), own)
        allowed = await asyncio.gather(*(spend(purse, 0.03) for _ in range(50)))
        assert allowed.count(True) == 3
        assert (await ledger.bill()).total.spent == pytest.approx(0.09)
    assert own.open == {}


async def test_a_refusal_by_the_ledger_leaves_the_allowance_whole(tmp_path: Path) -> None:
    broken = tmp_path / "l.sqlite3"
    broken.mkdir()
    async with opened(broken) as ledger:
        own = Allowance(1.0)
        with pytest.raises(Exception, match="cannot be used"):
            await Purse(ledger.bank(PLENTY, ""), own).reserve(task(), tier="sonnet", worst_case=0.5)
    assert own.left == 1.0


async def test_a_refusal_says_what_is_left(tmp_path: Path) -> None:
    async with opened(tmp_path / "l.sqlite3") as ledger:
        purse = Purse(ledger.bank(PLENTY, ""), Allowance(0.05))
        await purse.reserve(task(), tier="sonnet", worst_case=0.03)
        with pytest.raises(BudgetError) as refusal:
            await purse.reserve(task(), tier="opus", worst_case=0.03)
    assert str(refusal.value) == "--budget 0.05 has $0.020 left, and asking opus can cost up to $0.030"


async def test_all_else_is_the_ledgers(tmp_path: Path) -> None:
    async with opened(tmp_path / "l.sqlite3") as ledger:
        purse, work = Purse(ledger.bank(PLENTY, ""), Allowance(0.0)), task()
        await purse.record(work, attempt())
        await purse.close(accepted(work, attempt()))
        assert (await ledger.bill()).total.cleared == 1
        assert await purse.past_escalations("fix") == 0.0
