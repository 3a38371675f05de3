"""Spends from a ledger until its budget has refused often, from ten tasks at once.

``python -m tests.support.ledger_hammer LEDGER BUDGET SEED`` opens the ledger, says ``ready`` and
begins when a line comes in. It writes a line for each call with what
the provider charged for it, in thousandths of a cent, before it is written down, and at the end
``most`` with the most that it ever saw spent and set aside.
"""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

from tests.support.ledger import attempt, opened, task

from lastmile.config.tree import Budget
from lastmile.errors import BudgetError
from lastmile.ledger.store import Ledger

WORST_CASE = 3000
REFUSALS = 20
UNIT = 100_000
"""Thousandths of a cent in a dollar."""


async def spend(ledger: Ledger, budget: Budget, chance: random.Random) -> int:
    """Make calls until many are refused; gives the most that was seen spent and set aside."""
    bank, work, most, refused = ledger.bank(budget, "/home/ada/shop"), task(), 0, 0
    while refused < REFUSALS:
        try:
            held = await bank.reserve(work, tier="sonnet", worst_case=WORST_CASE / UNIT)
        except BudgetError:
            refused += 1
            continue
        total = (await ledger.bill()).total
        most = max(most, round((total.spent + total.open_cost) * UNIT))
        cost = chance.randint(0, WORST_CASE // 2)
        print(cost, flush=True)  # noqa: T201 - the test reads it
        await bank.record(work, attempt("sonnet", cost=cost / UNIT), reservation=held)
        await bank.settle(held)
    return most


async def main(path: Path, dollars: float, seed: int) -> None:
    """Let ten tasks spend, and tell what they saw."""
    budget = Budget(task=dollars, day=dollars, month=dollars)
    chance = random.Random(seed)  # noqa: S311 - a repeatable test, no secret
    async with opened(path) as ledger:
        print("ready", flush=True)  # noqa: T201 - the test waits for it
        await asyncio.to_thread(sys.stdin.readline)
        seen = await asyncio.gather(*(spend(ledger, budget, chance) for _ in range(10)))
        assert ledger.problem == ""
    print("most", max(seen), flush=True)  # noqa: T201 - the test reads it


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])))
