"""A limit on what one run of the command may spend, in front of the ledger's own budgets."""

from __future__ import annotations

from uuid import uuid4

from attrs import define, field, frozen

from lastmile.cascade.events import dollars
from lastmile.cascade.outcome import Attempt, Outcome
from lastmile.cascade.protocols import Bank
from lastmile.cascade.task import Task
from lastmile.errors import BudgetError


@define
class Allowance:
    """What one run may spend, over all its projects."""

    limit: float
    """US dollars."""

    spent: float = 0.0
    open: dict[str, float] = field(factory=dict)
    """What each open reservation may still cost."""

    @property
    def left(self) -> float:
        """US dollars that nobody has spent or set aside."""
        return max(0.0, self.limit - self.spent - sum(self.open.values()))


@frozen
class Purse:
    """A bank that stops at an allowance. Everything else goes through to the bank behind it."""

    bank: Bank
    allowance: Allowance

    async def reserve(self, task: Task, *, tier: str, worst_case: float) -> str:
        """Set money aside, unless the run's limit would be passed."""
        own = self.allowance
        if worst_case > own.left:
            message = (
                f"--budget {own.limit:g} has {dollars(own.left)} left, "
                f"and asking {tier} can cost up to {dollars(worst_case)}"
            )
            raise BudgetError(message)
        # Held under a name of its own while the bank is asked, so that tasks side by side see it.
        asking = uuid4().hex
        own.open[asking] = worst_case
        try:
            reservation = await self.bank.reserve(task, tier=tier, worst_case=worst_case)
        finally:
            del own.open[asking]
        own.open[reservation] = worst_case
        return reservation

    async def record(self, task: Task, attempt: Attempt, *, reservation: str = "") -> None:
        """Write the attempt down, and count what it cost."""
        own = self.allowance
        own.spent += attempt.cost
        if reservation in own.open:
            own.open[reservation] = max(0.0, own.open[reservation] - attempt.cost)
        await self.bank.record(task, attempt, reservation=reservation)

    async def settle(self, reservation: str) -> None:
        """Give back what was not used."""
        self.allowance.open.pop(reservation, None)
        await self.bank.settle(reservation)

    async def close(self, outcome: Outcome) -> None:
        """Write down how the task ended."""
        await self.bank.close(outcome)

    async def past_escalations(self, kind: str) -> float:
        """Ask the bank."""
        return await self.bank.past_escalations(kind)
