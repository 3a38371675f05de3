"""Random interleavings of what two processes do with one ledger, beside a plain model of the money."""

import asyncio
import tempfile
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

from attrs import define, field
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.ledger import Clock, attempt, opened, task

from lastmile.cascade.protocols import Bank
from lastmile.cascade.task import Task
from lastmile.config.tree import Budget
from lastmile.errors import BudgetError

CENT = 0.01
TASK, DAY, MONTH = 20, 30, 50
BUDGET = Budget(task=TASK * CENT, day=DAY * CENT, month=MONTH * CENT)


@define
class Call:
    """A reservation, in cents."""

    id: str
    task: Task
    day: str
    left: int
    spent: int = 0
    settled: bool = False

    @property
    def counts(self) -> int:
        return self.spent if self.settled else self.spent + self.left


@define
class World:
    """Two ledgers on one file, three tasks, and what the model says."""

    banks: list[Bank]
    clock: Clock
    days: list[str] = field(factory=lambda: ["2026-11-23", "2026-11-24", "2026-12-01"])
    tasks: list[Task] = field(factory=lambda: [task() for _ in range(3)])
    calls: list[Call] = field(factory=list)
    day: str = "2026-11-23"

    def sums(self) -> Counter[str]:
        """Add up by task, day and month."""
        sums: Counter[str] = Counter()
        for call in self.calls:
            for key in (call.task.id, call.day, call.day[:7]):
                sums[key] += call.counts
        return sums

    async def reserve(self, bank: int, which: int, cents: int) -> None:
        work, sums = self.tasks[which % 3], self.sums()
        fits = sums[work.id] + cents <= TASK and sums[self.day] + cents <= DAY and sums[self.day[:7]] + cents <= MONTH
        try:
            held = await self.banks[bank].reserve(work, tier="sonnet", worst_case=cents * CENT)
        except BudgetError:
            assert not fits
        else:
            assert fits
            self.calls.append(Call(held, work, self.day, cents))

    async def record(self, bank: int, which: int, cents: int) -> None:
        under_way = [call for call in self.calls if not call.settled]
        if under_way:
            call = under_way[which % len(under_way)]
            cents = min(cents, call.left)
            tried = attempt("sonnet", cost=cents * CENT)
            await self.banks[bank].record(call.task, tried, reservation=call.id)
            call.spent += cents
            call.left -= cents

    async def settle(self, bank: int, which: int, _cents: int) -> None:
        if self.calls:
            call = self.calls[which % len(self.calls)]
            await self.banks[bank].settle(call.id)
            call.settled = True

    async def turn(self, _bank: int, which: int, _cents: int) -> None:
        self.day = self.days[which % len(self.days)]
        self.clock.turn(f"{self.day} 12:00")


async def live(folder: Path, steps: list[tuple[str, int, int, int]]) -> None:
    path, clock = folder / "ledger.sqlite3", Clock.at("2026-11-23 12:00")
    async with AsyncExitStack() as stack:
        ledgers = [await stack.enter_async_context(opened(path, clock=clock)) for _ in range(2)]
        world = World([ledger.bank(BUDGET, "/home/ada/shop") for ledger in ledgers], clock)
        for name, bank, which, cents in steps:
            await getattr(world, name)(bank, which, cents)
        sums = world.sums()
        clock.turn("2026-12-25 12:00")
        total = (await ledgers[0].bill()).total
    assert round(total.spent / CENT) == sum(call.counts for call in world.calls)
    assert all(sums[work.id] <= TASK for work in world.tasks)
    assert all(sums[day] <= DAY for day in world.days)
    assert all(sums[month] <= MONTH for month in ("2026-11", "2026-12"))


names = st.sampled_from(["reserve", "reserve", "record", "settle", "turn"])
steps = st.lists(st.tuples(names, st.integers(0, 1), st.integers(0, 9), st.integers(1, 15)), max_size=40)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_no_interleaving_passes_a_budget_or_refuses_what_fits(steps: list[tuple[str, int, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(Path(folder), steps))
