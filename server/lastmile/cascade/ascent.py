"""One task on its way up the ladder: what is known of it by now, and who judges and records.

The loop and its rounds share this; neither holds the other.
"""

from __future__ import annotations

import asyncio
from math import inf

from attrs import define, evolve, field

from lastmile.cascade.finish import finish
from lastmile.cascade.outcome import Attempt, Outcome, Status
from lastmile.cascade.policy import Policy
from lastmile.cascade.protocols import Bank, Clock, Comparer, Evidence, Gatherer, Helper, Judge, Watcher
from lastmile.cascade.task import Task

_LAST_WORD = 1.0
_LAST_SHARE = 0.05
"""Seconds, and share of what is left, that a call ends before its task; the lower counts."""


@define
class Ascent:
    """A task, everything that was tried, and the means to try more."""

    task: Task
    policy: Policy
    judge: Judge
    bank: Bank
    clock: Clock
    watch: Watcher
    limit: asyncio.Timeout
    """The task's deadline."""

    comparer: Comparer | None = None
    """Who can run samples beside each other; None where nobody can."""

    gatherer: Gatherer | None = None
    """Who finds parts of other files that may help; None where nobody can, or where it was asked already."""

    helper: Helper | None = None
    """Who chooses what paid tiers are told; None where heuristics do."""

    attempts: list[Attempt] = field(factory=list)
    notes: tuple[str, ...] = ()
    """What the receipt says of how the accepted draft was chosen."""

    told: dict[str, str] = field(factory=dict)
    """What of findings' evidence is told on, where the helper chose."""

    question: str = ""
    """What only the person can say: samples differ on it, and neither answer is likelier."""

    skipped: tuple[str, ...] = ()
    """``tier: why`` for each tier that cannot be used."""

    @property
    def seconds(self) -> float:
        """Seconds left for a call: a little less than the task has, so that a late tier can say why it is late."""
        end = self.limit.when()
        left = inf if end is None else max(0.0, end - asyncio.get_running_loop().time())
        return left - min(_LAST_WORD, left * _LAST_SHARE)

    @property
    def evidence(self) -> Evidence:
        """What the attempts so far taught."""
        return Evidence(tuple(self.attempts), {**self.told})

    async def look_around(self) -> None:
        """Have it chosen what a tier is told that is dear enough for that; parts of other files are found once."""
        gatherer, self.gatherer = self.gatherer, None
        found = () if gatherer is None else await gatherer.gather(self.task)
        if self.helper is not None:
            found = await self.helper.pick(self.task, found, self.evidence) if found else ()
            self.told.update(await self.helper.tell(self.evidence))
        if found:
            self.task = evolve(self.task, context=found)

    async def write(self, attempt: Attempt, *, reservation: str) -> None:
        """Take an attempt down, here and in the ledger; a cancelled caller does not stop it."""
        self.attempts.append(attempt)
        await finish(self.bank.record(self.task, attempt, reservation=reservation))

    def outcome(self, status: Status, reason: str = "") -> Outcome:
        """Say how it ended, with everything that was tried."""
        return Outcome(self.task, status, tuple(self.attempts), reason=reason, notes=self.notes, skipped=self.skipped)
