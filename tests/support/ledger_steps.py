"""What a process does with the ledger in the tests that kill it, and what the ledger must hold after each step.

The steps are two paid calls, a free draft and the end of the task. The first call is priced at up to
2 cents and costs 1; the second at up to 5 cents, in two attempts of 3 and 2 cents.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from attrs import frozen
from tests.support.ledger import accepted, attempt, task

from lastmile.cascade.protocols import Bank


@frozen
class Holds:
    """What a reader finds after a step."""

    cents: int
    """Spent or set aside."""

    attempts: int
    tasks: int
    lost: int
    """Calls that count their worst case if nothing more comes."""


AFTER = (
    Holds(0, 0, 0, 0),
    Holds(2, 0, 0, 1),  # the first call's worst case is set aside
    Holds(2, 1, 0, 1),  # it cost a cent, and might still cost another
    Holds(1, 1, 0, 0),  # it is settled
    Holds(6, 1, 0, 1),  # the second call
    Holds(6, 2, 0, 1),
    Holds(6, 3, 0, 0),  # it has used all that was set aside
    Holds(6, 3, 0, 0),
    Holds(6, 4, 0, 0),  # a free draft
    Holds(6, 4, 1, 0),
)
"""The state before the first step, and after each."""

PAID_BEFORE = (0, 0, 1, 1, 1, 4, 6, 6, 6, 6)
"""Cents that the provider has charged when a step begins to be taken; the last stands for the end."""


async def run(bank: Bank, said: Callable[[int], object]) -> None:
    """Take the steps; ``said`` hears the number of each step that is done."""
    work = task()
    free = attempt("rules")
    held: list[str] = []

    async def reserve(worst_case: float) -> None:
        held.append(await bank.reserve(work, tier="sonnet", worst_case=worst_case))

    def record(cost: float) -> Awaitable[None]:
        return bank.record(work, attempt("sonnet", cost=cost), reservation=held[-1])

    steps: tuple[Callable[[], Awaitable[None]], ...] = (
        lambda: reserve(0.02),
        lambda: record(0.01),
        lambda: bank.settle(held[-1]),
        lambda: reserve(0.05),
        lambda: record(0.03),
        lambda: record(0.02),
        lambda: bank.settle(held[-1]),
        lambda: bank.record(work, free),
        lambda: bank.close(accepted(work, free)),
    )
    for number, step in enumerate(steps, start=1):
        await step()
        said(number)
