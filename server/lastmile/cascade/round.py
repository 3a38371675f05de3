"""One call of one tier: each draft is judged as it comes, and written down whatever happens.

A round never lets an attempt that cost something go unrecorded: a failure, a cancellation and a
crash of the tier each become an attempt with what the meter shows.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from attrs import define, evolve, field

from lastmile.cascade.agreement import Ballot
from lastmile.cascade.events import Judged
from lastmile.cascade.protocols import DraftRequest, Evidence, Meter, Tier
from lastmile.cascade.values import Attempt, Draft, Trigger, Usage, Verdict
from lastmile.errors import TierError

if TYPE_CHECKING:
    from lastmile.cascade.loop import Climb


@define
class Round:
    """One call of a tier for a task on its way up."""

    climb: Climb
    tier: Tier
    trigger: Trigger
    reservation: str
    """The money set aside for the call; empty for a free tier."""

    meter: Meter = field(factory=Meter)
    billed: bool = False
    """Whether the meter's usage stands in an attempt already."""

    began: float = 0.0
    ballot: Ballot = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Open the ballot for as many samples as will be asked for."""
        self.ballot = Ballot(self.samples)

    @property
    def samples(self) -> int:
        """How many drafts to ask for."""
        return self.climb.policy.effort(self.tier.name).samples

    async def run(self) -> Attempt | None:
        """Judge the drafts in order; give the accepted attempt, or None."""
        self.began = self.climb.cascade.clock.monotonic()
        try:
            return await self._drafts()
        except TierError as error:
            await self._write(self._failed(str(error)))
            return None
        except asyncio.CancelledError:
            if self.reservation and not self.billed:
                await self._write(self._failed("cancelled"))
            raise
        finally:
            if self.reservation:
                await asyncio.shield(self.climb.cascade.bank.settle(self.reservation))

    async def _drafts(self) -> Attempt | None:
        request = DraftRequest(self.climb.task, Evidence(tuple(self.climb.attempts)), self.meter, self.samples)
        async with aclosing(self.tier.drafts(request)) as drafts:
            async for draft in drafts:
                self.ballot.cast += 1
                attempt = await self._judge(draft)
                if attempt.verdict.passed and (chosen := await self._decided(attempt)):
                    return await self._accept(chosen)
        return await self._close_ballot()

    async def _judge(self, draft: Draft) -> Attempt:
        """Judge one draft; a refused one is written down at once, a passed one when it is decided."""
        cascade = self.climb.cascade
        try:
            verdict = await cascade.judge.verify(self.climb.task, draft)
        except asyncio.CancelledError:
            await self._write(evolve(self._attempt(draft, Verdict()), failure="cancelled while it was judged"))
            raise
        attempt = self._attempt(draft, verdict)
        self.climb.watch(Judged(attempt, self.ballot.cast, self.samples))
        if not verdict.passed:
            await self._write(attempt)
        return attempt

    async def _decided(self, attempt: Attempt) -> Attempt | None:
        """Choose a draft now, or None where a passed one has to wait for others to agree."""
        task = self.climb.task
        if task.oracle.hard or self.samples == 1:
            return attempt
        text = attempt.verdict.text
        assert text is not None  # noqa: S101 - a passed verdict always carries its text
        self.ballot.add(await self.climb.cascade.judge.normal_form(task, text), attempt)
        return self.ballot.winner(closed=False)

    async def _accept(self, chosen: Attempt) -> Attempt:
        """Write down the accepted draft, after those that agreed with it or were outvoted."""
        for other in self._waiting():
            if other is not chosen:
                await self._write(other)
        await self._write(chosen)
        return chosen

    async def _close_ballot(self) -> Attempt | None:
        """Decide when no more drafts come: a majority of those that came, or a refusal of all."""
        chosen = self.ballot.winner(closed=True)
        if chosen is not None:
            return await self._accept(chosen)
        for attempt in self._waiting():
            verdict = evolve(attempt.verdict, findings=(self.ballot.disagreement(),))
            await self._write(evolve(attempt, verdict=verdict))
        return None

    def _waiting(self) -> list[Attempt]:
        return [attempt for group in self.ballot.groups.values() for attempt in group]

    def _attempt(self, draft: Draft, verdict: Verdict) -> Attempt:
        self.billed = True
        return self._make(draft, verdict, draft.usage)

    def _failed(self, why: str) -> Attempt:
        usage = Usage() if self.billed else self.meter.usage
        return evolve(self._make(None, Verdict(), usage), failure=why)

    def _make(self, draft: Draft | None, verdict: Verdict, usage: Usage) -> Attempt:
        now = self.climb.cascade.clock.monotonic()
        seconds, self.began = now - self.began, now
        cost = self.tier.cost(usage)
        return Attempt(self.tier.name, self.tier.model, self.trigger, draft, verdict, usage, cost, seconds)

    async def _write(self, attempt: Attempt) -> None:
        self.climb.attempts.append(attempt)
        bank = self.climb.cascade.bank
        await asyncio.shield(bank.record(self.climb.task, attempt, reservation=self.reservation))
