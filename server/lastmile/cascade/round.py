"""One call of one tier: each draft is judged as it comes, and written down whatever happens.

A round never lets an attempt that cost something go unrecorded: a failure, a cancellation and a
crash of the tier each become an attempt with what the meter shows.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from attrs import define, evolve, field

from lastmile.cascade.agreement import Ballot
from lastmile.cascade.ascent import Ascent
from lastmile.cascade.events import Judged
from lastmile.cascade.protocols import DraftRequest, Meter, Tier
from lastmile.cascade.values import Attempt, Draft, Trigger, Usage, Verdict
from lastmile.errors import TierError


@define
class Round:
    """One call of a tier for a task on its way up."""

    ascent: Ascent
    tier: Tier
    trigger: Trigger
    reservation: str
    """The money set aside for the call; empty for a free tier."""

    meter: Meter = field(factory=Meter)
    undecided: list[Attempt] = field(factory=list)
    """Attempts that passed and wait for others to agree; they are not written down yet."""

    began: float = 0.0
    ballot: Ballot = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Open the ballot for as many samples as will be asked for."""
        self.ballot = Ballot(self.samples)

    @property
    def samples(self) -> int:
        """How many drafts to ask for."""
        return self.ascent.policy.effort(self.tier.name).samples

    async def run(self) -> Attempt | None:
        """Judge the drafts in order; give the accepted attempt, or None."""
        self.began = self.ascent.clock.monotonic()
        try:
            accepted = await self._drafts()
        except TierError as error:
            await self._leave(self._failed(str(error)))
            return None
        except asyncio.CancelledError:
            await self._leave(self._failed("cancelled") if self.meter.usage.tokens else None)
            raise
        else:
            await self._leave(self._failed("stopped: it was not needed any more") if self.meter.usage.tokens else None)
            return accepted
        finally:
            if self.reservation:
                await asyncio.shield(self.ascent.bank.settle(self.reservation))

    async def _leave(self, last: Attempt | None) -> None:
        """Write down what nobody decided about, and what the meter still shows."""
        for attempt in [*self.undecided, *([] if last is None else [last])]:
            await self.ascent.write(attempt, reservation=self.reservation)
        self.undecided.clear()

    async def _drafts(self) -> Attempt | None:
        request = DraftRequest(self.ascent.task, self.ascent.evidence, self.meter, self.samples)
        async with aclosing(self.tier.drafts(request)) as drafts:
            async for draft in drafts:
                self.ballot.cast += 1
                attempt = await self._judge(draft)
                if attempt.verdict.passed and (chosen := await self._decided(attempt)):
                    return await self._accept(chosen)
        return await self._close_ballot()

    async def _judge(self, draft: Draft) -> Attempt:
        """Judge one draft; a refused one is written down at once, a passed one when it is decided."""
        try:
            verdict = await self.ascent.judge.verify(self.ascent.task, draft)
        except asyncio.CancelledError:
            self.undecided.append(evolve(self._attempt(draft, Verdict()), failure="cancelled while it was judged"))
            raise
        attempt = self._attempt(draft, verdict)
        self.ascent.watch(Judged(attempt, self.ballot.cast, self.samples))
        if not verdict.passed:
            await self.ascent.write(attempt, reservation=self.reservation)
        return attempt

    async def _decided(self, attempt: Attempt) -> Attempt | None:
        """Choose a draft now, or None where a passed one has to wait for others to agree."""
        task = self.ascent.task
        if task.oracle.hard or self.samples == 1:
            return attempt
        text = attempt.verdict.text
        assert text is not None  # noqa: S101 - a passed verdict always carries its text
        self.undecided.append(attempt)
        self.ballot.add(await self.ascent.judge.normal_form(task, text), attempt)
        return self.ballot.winner(closed=False)

    async def _accept(self, chosen: Attempt) -> Attempt:
        """Write down the accepted draft, after those that agreed with it or were outvoted."""
        others = [attempt for attempt in self.undecided if attempt is not chosen]
        self.undecided = [*others, chosen]
        await self._leave(None)
        return chosen

    async def _close_ballot(self) -> Attempt | None:
        """Decide when no more drafts come: a majority of those that came, or a refusal of all."""
        chosen = self.ballot.winner(closed=True)
        if chosen is not None:
            return await self._accept(chosen)
        refused = (self.ballot.disagreement(),)
        self.undecided = [
            evolve(attempt, verdict=evolve(attempt.verdict, findings=refused)) for attempt in self.undecided
        ]
        return None

    def _attempt(self, draft: Draft, verdict: Verdict) -> Attempt:
        return self._make(draft, verdict, draft.usage)

    def _failed(self, why: str) -> Attempt:
        return evolve(self._make(None, Verdict(), self.meter.usage), failure=why)

    def _make(self, draft: Draft | None, verdict: Verdict, usage: Usage) -> Attempt:
        now = self.ascent.clock.monotonic()
        seconds, self.began = now - self.began, now
        cost = self.tier.cost(usage)
        return Attempt(self.tier.name, self.tier.model, self.trigger, draft, verdict, usage, cost, seconds)
