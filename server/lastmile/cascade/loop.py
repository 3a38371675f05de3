"""The loop: draft, judge, escalate on the evidence, stop.

Four things step up: a refusal by a check, samples that disagree, a task known to be hard, and a
bounded number of retries with the evidence. Nothing here knows an editor, a vendor or a tool, and
nothing here retries a network call: a tier does that within its own call.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from math import inf

from attrs import define, evolve, frozen

from lastmile.cascade.agreement import undecided
from lastmile.cascade.ascent import Ascent
from lastmile.cascade.deadline import paused
from lastmile.cascade.difficulty import Level, assess
from lastmile.cascade.events import Waiting
from lastmile.cascade.finish import finish, see_off
from lastmile.cascade.outcome import Attempt, Outcome, Status, Trigger
from lastmile.cascade.policy import Paid, Policy, Step, route
from lastmile.cascade.protocols import (
    Appraiser,
    Bank,
    Clock,
    Comparer,
    Consent,
    ConsentRequest,
    Gatherer,
    Helper,
    Judge,
    Tier,
    Watcher,
)
from lastmile.cascade.round import Round
from lastmile.cascade.task import Task
from lastmile.errors import LedgerError, TierError

_log = logging.getLogger(__name__)


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
    comparer: Comparer | None = None
    """Who runs samples beside each other; None where nobody can."""

    appraiser: Appraiser | None = None
    """Who says how much what passed a draft sees of it; None where nobody can."""

    gatherer: Gatherer | None = None
    """Who finds what paid tiers are shown beside the file; None where nobody can."""

    helper: Helper | None = None
    """Who chooses in the heuristics' place; None where they do."""

    async def run(
        self, task: Task, policy: Policy, watch: Watcher = lambda _event: None, *, before: Sequence[Attempt] = ()
    ) -> Outcome:
        """Climb the ladder until a draft is accepted or nothing more may be tried.

        ``before`` are the attempts of tiers below, where the task was left to be gone on with: they are in
        the ledger already, and teach what they taught.
        Cancelling the caller cancels whatever is under way; what it cost is in the ledger before
        the cancellation goes on, or is written behind it where another program holds the ledger.
        That is so while an accepted edit is graded as well: whoever cancels wants no edit any more.
        """
        limit = asyncio.timeout(policy.deadline)
        means = (self.judge, self.bank, self.clock, watch, limit, self.comparer, self.gatherer, self.helper)
        ascent = Ascent(task, policy, *means, attempts=[*before])
        try:
            async with limit:
                outcome = await Climb(ascent, self.tiers, self.consent).up()
            outcome = await self._appraised(outcome, limit.when())
        except TimeoutError:
            if not limit.expired():
                raise
            outcome = ascent.outcome(Status.SURFACED, f"the deadline of {policy.deadline:g} s has passed")
        except asyncio.CancelledError:
            await see_off(self.bank.close(ascent.outcome(Status.CANCELLED, "cancelled")))
            raise
        if outcome.accepted is not None or not policy.goes_on:
            await finish(self.bank.close(outcome))
        return outcome

    async def _appraised(self, outcome: Outcome, deadline: float | None) -> Outcome:
        """Have it said what the checks see of an accepted edit; it is accepted whatever is said, and if nothing is.

        The edit waits for that no longer than its task may take.
        """
        if self.appraiser is None or outcome.text is None:
            return outcome
        try:
            async with asyncio.timeout_at(deadline):
                said = await self.appraiser.appraise(outcome.task, outcome.text)
        except TimeoutError:
            return outcome
        except Exception:  # noqa: BLE001 - a fence: an accepted edit is not lost over what is said of it
            _log.exception("The accepted edit could not be graded.")
            return outcome
        return evolve(outcome, notes=(*outcome.notes, said)) if said else outcome


@frozen
class Climb:
    """The way up for one task."""

    ascent: Ascent
    tiers: Mapping[str, Tier]
    consent: Consent

    async def up(self) -> Outcome:
        """Take the steps in order: what is free first."""
        past = await self.ascent.bank.past_escalations(self.ascent.task.kind)
        free, paid = self._steps(self._score(past))
        done = await self._through(free) or await self._through(await self._chosen(paid, past))
        return done or self.ascent.outcome(Status.SURFACED, self.ascent.question)

    async def _through(self, steps: Sequence[Step]) -> Outcome | None:
        """Take some steps; None where the way goes on behind them."""
        for step in steps:
            if trouble := await self.ascent.judge.trouble(self.ascent.task):
                return self.ascent.outcome(Status.DECLINED, trouble)
            if self.ascent.attempts and (why := step.tier.absent(self.ascent.task)):
                self.ascent.skipped += (f"{step.tier.name}: {why}",)  # What failed before it turned it off.
                continue
            result = await self._tier(step)
            if isinstance(result, Declined):
                return self.ascent.outcome(Status.DECLINED, result.reason)
            if result is not None:
                outcome = evolve(self.ascent.outcome(Status.ACCEPTED), accepted=result)
                return evolve(outcome, notes=(*undecided(outcome), *outcome.notes))
        return None

    def _score(self, past: float) -> float:
        return assess(self.ascent.task, kind=self.ascent.policy.kind_difficulty, past_escalations=past).score

    def _steps(self, difficulty: float) -> tuple[Sequence[Step], Sequence[Step]]:
        """Give the free steps and the paid ones for a task of such a difficulty."""
        way = route(self.ascent.task, self.ascent.policy, self.tiers, difficulty=difficulty)
        self.ascent.skipped = self.ascent.skipped or way.skipped
        free = [step for step in way.steps if step.tier.free]
        return free, way.steps[len(free) :]

    async def _chosen(self, paid: Sequence[Step], past: float) -> Sequence[Step]:
        """Give the paid steps as the helper has them, where there is one and it makes a difference."""
        if self.ascent.helper is None:
            return paid
        (_, easy), (_, hard) = self._steps(0.0), self._steps(1.0)
        if easy == hard:
            return paid
        kind = self.ascent.policy.kind_difficulty
        level = await self.ascent.helper.level(self.ascent.task, kind=kind, past=past)
        return paid if level is None else hard if level is Level.HARD else easy

    async def _tier(self, step: Step) -> Attempt | Declined | None:
        """Let one tier try, and try again with the evidence, as often as its effort allows."""
        limit, retry = inf, 0
        while retry <= self.ascent.policy.retries(step.tier):
            if not step.tier.free:
                await self.ascent.look_around()
            worst = self._worst_case(step.tier)
            if isinstance(worst, Declined):
                return worst
            if not retry and self._must_ask(step):
                limit = self.ascent.policy.quote(step.tier.name, worst)
                if not await self._agreed(step, limit):
                    return Declined(f"no consent to ask {step.tier.name}")
            if self._spent(step.tier) + worst > limit:
                return None  # The person agreed to less.
            tried = len(self.ascent.attempts)
            result = await self._round(step, worst, retry=retry > 0)
            made = [attempt for attempt in self.ascent.attempts[tried:] if attempt.draft]
            if result is not None or not made or any(map(self.ascent.policy.unsure, made)):
                return result  # A tier that failed to draft, or guessed, gains nothing from being told the same again.
            retry += 1
        return None

    async def _round(self, step: Step, worst: float, *, retry: bool) -> Attempt | Declined | None:
        reservation = ""
        if not step.tier.free:
            try:
                reservation = await self.ascent.bank.reserve(self.ascent.task, tier=step.tier.name, worst_case=worst)
            except LedgerError as error:
                return Declined(str(error))
        return await Round(self.ascent, step.tier, self._trigger(step, retry=retry), reservation, worst).run()

    def _worst_case(self, tier: Tier) -> float | Declined:
        try:
            task, samples = self.ascent.task, self.ascent.policy.samples(self.ascent.task, tier.name)
            return 0.0 if tier.free else tier.worst_case(task, self.ascent.evidence, samples=samples)
        except TierError as error:
            return Declined(str(error))

    def _spent(self, tier: Tier) -> float:
        return sum(attempt.cost for attempt in self.ascent.attempts if attempt.tier == tier.name)

    def _must_ask(self, step: Step) -> bool:
        """Tell whether the settings leave it to the person."""
        if step.tier.free:
            return False
        policy = self.ascent.policy
        return not policy.climb_paid if step.climb else policy.paid is not Paid.AUTO

    async def _agreed(self, step: Step, limit: float) -> bool:
        """Ask the person."""
        self.ascent.watch(Waiting(step.tier.name))
        tier = step.tier
        attempts = tuple(self.ascent.attempts)
        request = ConsentRequest(self.ascent.task, tier.name, tier.model, limit, attempts, climb=step.climb)
        with paused(self.ascent.limit):
            return await self.consent.ask(request)

    def _trigger(self, step: Step, *, retry: bool) -> Trigger:
        if retry:
            return Trigger.RETRY
        if not self.ascent.attempts or step.trigger is Trigger.DIFFICULTY:
            return step.trigger
        last = self.ascent.attempts[-1].tier
        own = (attempt for attempt in reversed(self.ascent.attempts) if attempt.tier == last)
        refused = next((attempt.verdict.refused_by for attempt in own if attempt.verdict.findings), "")
        return Trigger.AGREEMENT if refused == "agreement" else Trigger.VERIFICATION
