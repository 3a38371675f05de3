"""The loop: draft, judge, escalate on the evidence, stop.

Four things step up: a refusal by a check, samples that disagree, a task known to be hard, and a
bounded number of retries with the evidence. Nothing here knows an editor, a vendor or a tool, and
nothing here retries a network call: a tier does that within its own call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from attrs import define, evolve, field, frozen

from lastmile.cascade.difficulty import assess
from lastmile.cascade.events import Asking, Event, Waiting
from lastmile.cascade.policy import Paid, Policy, Route, Step, route
from lastmile.cascade.protocols import Bank, Clock, Consent, ConsentRequest, Evidence, Judge, Tier, Watcher
from lastmile.cascade.round import Round
from lastmile.cascade.values import Attempt, Outcome, Status, Task, Trigger
from lastmile.errors import BudgetError, LedgerError, TierError


@frozen
class Declined:
    """A tier that may not be asked, and why; the way up ends here."""

    reason: str


@define
class Cascade:
    """Runs tasks. It holds no state of its own between them."""

    tiers: Mapping[str, Tier]
    judge: Judge
    bank: Bank
    consent: Consent
    clock: Clock

    async def run(self, task: Task, policy: Policy, watch: Watcher = lambda _event: None) -> Outcome:
        """Climb the ladder until a draft is accepted or nothing more may be tried.

        Cancelling the caller cancels whatever is under way; what it cost is in the ledger before
        the cancellation goes on.
        """
        climb = Climb(self, task, policy, watch)
        try:
            async with asyncio.timeout(policy.deadline):
                outcome = await climb.up()
        except TimeoutError:
            outcome = climb.outcome(Status.SURFACED, f"the deadline of {policy.deadline:g} s has passed")
        except asyncio.CancelledError:
            await asyncio.shield(self.bank.close(climb.outcome(Status.CANCELLED, "cancelled")))
            raise
        await self.bank.close(outcome)
        return outcome


@define
class Climb:
    """One task on its way up."""

    cascade: Cascade
    task: Task
    policy: Policy
    watch: Watcher
    attempts: list[Attempt] = field(factory=list)
    skipped: tuple[str, ...] = ()

    async def up(self) -> Outcome:
        """Take the steps in order."""
        for step in (await self._route()).steps:
            result = await self._tier(step)
            if isinstance(result, Declined):
                return self.outcome(Status.DECLINED, result.reason)
            if result is not None:
                return evolve(self.outcome(Status.ACCEPTED), accepted=result)
        return self.outcome(Status.SURFACED)

    def outcome(self, status: Status, reason: str = "") -> Outcome:
        """Say how it ended, with everything tried so far."""
        return Outcome(self.task, status, tuple(self.attempts), reason=reason, skipped=self.skipped)

    async def _route(self) -> Route:
        past = await self.cascade.bank.past_escalations(self.task.kind)
        difficulty = assess(self.task, kind=self.policy.kind_difficulty, past_escalations=past)
        way = route(self.task, self.policy, self.cascade.tiers, difficulty=difficulty.score)
        self.skipped = way.skipped
        return way

    async def _tier(self, step: Step) -> Attempt | Declined | None:
        """Let one tier try, and try again with the evidence, as often as its effort allows."""
        for retry in range(1 + self.policy.effort(step.tier.name).retries):
            tried = len(self.attempts)
            result = await self._round(step, retry=retry > 0)
            if result is not None:
                return result
            if not any(attempt.draft for attempt in self.attempts[tried:]):
                return None  # A tier that failed to draft gains nothing from being told the same again.
        return None

    async def _round(self, step: Step, *, retry: bool) -> Attempt | Declined | None:
        reservation = ""
        worst = 0.0
        if not step.tier.free:
            try:
                worst = step.tier.worst_case(self.task, self._evidence)
            except TierError as error:
                return Declined(str(error))
            if not retry and not await self._consent(step, worst):
                return Declined(f"{step.tier.name} was not asked: no consent")
            try:
                reservation = await self.cascade.bank.reserve(self.task, tier=step.tier.name, worst_case=worst)
            except (BudgetError, LedgerError) as error:
                return Declined(str(error))
        self._tell(Asking(step.tier.name, worst, retry))
        return await Round(self, step.tier, self._trigger(step, retry=retry), reservation).run()

    async def _consent(self, step: Step, worst: float) -> bool:
        """Ask the person where the settings leave it to them."""
        if self.policy.climb_paid if step.climb else self.policy.paid is Paid.AUTO:
            return True
        self._tell(Waiting(step.tier.name))
        tier = step.tier
        attempts = tuple(self.attempts)
        return await self.cascade.consent.ask(
            ConsentRequest(self.task, tier.name, tier.model, worst, attempts, climb=step.climb)
        )

    def _trigger(self, step: Step, *, retry: bool) -> Trigger:
        if retry:
            return Trigger.RETRY
        if not self.attempts or step.trigger is Trigger.DIFFICULTY:
            return step.trigger
        refused = self.attempts[-1].verdict.refused_by
        return Trigger.AGREEMENT if refused == "agreement" else Trigger.VERIFICATION

    @property
    def _evidence(self) -> Evidence:
        return Evidence(tuple(self.attempts))

    def _tell(self, event: Event) -> None:
        self.watch(event)
