"""The ledger as the loop sees it: the money of one project, and the record of its tasks.

It satisfies `cascade.protocols.Bank`. What cannot be written down is told once, by the ledger's
`problem`, and never stops the loop; only a promise of money can be refused.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import suppress
from functools import partial
from uuid import uuid4

from attrs import frozen

from lastmile.cascade.outcome import Attempt, Outcome
from lastmile.cascade.task import Task
from lastmile.config.tree import Budget
from lastmile.errors import LedgerError
from lastmile.ledger import rows
from lastmile.ledger.desk import Desk
from lastmile.ledger.money import Call

_log = logging.getLogger(__name__)


@frozen(eq=False)
class ProjectBank:
    """One project's view of the ledger; made by `Ledger.bank`."""

    _desk: Desk
    _budget: Budget
    _place: rows.Place
    _top: rows.TopTier | None

    async def reserve(self, task: Task, *, tier: str, worst_case: float) -> str:
        """Set money aside for one call; gives the reservation's id.

        Raises `BudgetError` where a budget would be passed, and `LedgerError` where the ledger is
        in no state to tell.
        """
        call = Call(uuid4().hex, task.id, self._place.name, task.kind, tier, worst_case)
        try:
            await self._desk.ask(partial(self._desk.book.reserve, call, self._budget))
        except asyncio.CancelledError:
            # Nobody will make the call, so nothing may stay set aside for it.
            with suppress(LedgerError):
                self._desk.post(partial(self._desk.book.write, partial(rows.remove_reservation, reservation=call.id)))
            raise
        return call.id

    async def record(self, task: Task, attempt: Attempt, *, reservation: str = "") -> None:
        """Write the attempt down, counted against its reservation."""

        def change(connection: sqlite3.Connection) -> None:
            at = self._desk.book.clock()
            rows.add_attempt(
                connection, rows.attempt_values(task, attempt, self._place, reservation=reservation, at=at)
            )

        await self._desk.write(change)

    async def settle(self, reservation: str) -> None:
        """Give back what the reservation's attempts did not use."""
        await self._desk.write(partial(rows.remove_reservation, reservation=reservation))

    async def close(self, outcome: Outcome) -> None:
        """Write down how the task ended, with the estimate of what the top tier would have used."""

        def change(connection: sqlite3.Connection) -> None:
            at = self._desk.book.clock()
            rows.add_outcome(connection, rows.outcome_values(outcome, self._place, top=self._top, at=at))

        await self._desk.write(change)

    async def past_escalations(self, kind: str) -> float:
        """Give the share of recent tasks of the kind that free tiers tried and did not clear, 0 to 1."""
        try:
            return await self._desk.ask(partial(self._desk.book.read, partial(rows.past_escalations, kind=kind)))
        except LedgerError as error:
            _log.info("Past escalations are not known: %s", error)
            return 0.0
