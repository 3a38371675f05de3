"""One call of one tier: each draft is judged as it comes, and written down whatever happens.

A round never lets an attempt that cost something go unrecorded: a failure, a cancellation and a
crash of the tier each become an attempt with what the meter shows. What it writes down, it writes
down once, and it settles the money last.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

from attrs import define, evolve, field

from lastmile.cascade.agreement import Ballot
from lastmile.cascade.alike import Alike
from lastmile.cascade.ascent import Ascent
from lastmile.cascade.draft import Draft, Usage
from lastmile.cascade.events import Asking, Judged
from lastmile.cascade.finish import finish, see_off
from lastmile.cascade.outcome import Attempt, Trigger
from lastmile.cascade.protocols import DraftRequest, Meter, Tier
from lastmile.cascade.verdict import Verdict
from lastmile.errors import TierError

_log = logging.getLogger(__name__)
_CANCELLED = "cancelled"
_LEAST = 1.0
"""Seconds that other samples are waited for at least, once one passed; else as long as that one took."""


@define
class Round:
    """One call of a tier for a task on its way up."""

    ascent: Ascent
    tier: Tier
    trigger: Trigger
    reservation: str = ""
    """The money set aside for the call; empty for a free tier."""

    worst_case: float = 0.0
    """US dollars; 0 for a free tier."""

    meter: Meter = field(factory=Meter)
    undecided: list[Attempt] = field(factory=list)
    """Attempts that are not written down yet: one that is being judged, and those that passed and wait for others."""

    accepted: Attempt | None = None
    began: float = 0.0
    """When the attempt began that comes next."""

    opened: float = 0.0
    """When the round began."""

    ballot: Ballot = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Open the ballot for as many samples as will be asked for."""
        able = self.ascent.comparer is not None and self.ascent.task.oracle.alike is not Alike.TEXT
        self.ballot = Ballot(self.samples, comparable=able)

    @property
    def hard(self) -> bool:
        """Whether a draft that passes is right as far as checks can tell."""
        return self.ascent.task.oracle.hard

    @property
    def samples(self) -> int:
        """How many drafts to ask for."""
        return self.ascent.policy.samples(self.ascent.task, self.tier.name)

    async def run(self) -> Attempt | None:
        """Judge the drafts in order; give the accepted attempt, or None.

        What the judge or the watcher raises goes on, after everything is written down.
        """
        self.began = self.opened = self.ascent.clock.monotonic()
        rest = ""
        try:
            self.ascent.watch(Asking(self.tier.name, self.worst_case, self.trigger is Trigger.RETRY))
            await self._drafts()
        except TierError as error:
            self._fail(str(error))
        except asyncio.CancelledError:
            rest = _CANCELLED
            raise
        except Exception as error:
            rest = f"broken off: {error!r}"
            raise
        finally:
            await (see_off if rest == _CANCELLED else finish)(self._leave(rest))
        return self.accepted

    async def _leave(self, rest: str) -> None:
        """Write down what is not yet, then what the meter still shows, and give back the rest of the money."""
        if self.meter.usage.tokens:
            ended = "stopped: it was not needed any more" if self.accepted else "it came to no draft"
            self.undecided.append(self._failed(rest or ended))
        while self.undecided:
            await self._write(self.undecided.pop(0))
        if self.reservation:
            await self.ascent.bank.settle(self.reservation)

    async def _drafts(self) -> None:
        patience = asyncio.timeout(None)
        try:
            async with patience:
                await self._hear(patience)
        except TimeoutError:
            if not patience.expired():
                raise
        if self.accepted is None:
            await self._close_ballot()

    async def _hear(self, patience: asyncio.Timeout) -> None:
        """Judge drafts as they come, until one is accepted or no other is waited for."""
        request = DraftRequest(self.ascent.task, self.ascent.evidence, self.meter, self.samples, self.ascent.seconds)
        async with aclosing(self._made(request)) as drafts:
            async for draft in drafts:
                self.ballot.cast += 1
                self.ascent.question = ""  # it was about the drafts of an earlier round
                attempt = await self._judge(draft)
                if attempt.verdict.passed and (chosen := await self._decided(attempt)):
                    self._accept(chosen)
                    return
                if self._enough(attempt):
                    return
                if patience.when() is None and self.hard and self.ballot.passed:
                    patience.reschedule(asyncio.get_running_loop().time() + self._patience())

    def _enough(self, attempt: Attempt) -> bool:
        """Tell whether no further draft is worth waiting for."""
        return self.ascent.policy.unsure(attempt) if self.hard else self.ballot.lost

    def _patience(self) -> float:
        """Give the seconds that others are waited for once a draft passed a check that decides."""
        return min(max(_LEAST, self.ascent.clock.monotonic() - self.opened), self.ascent.seconds / 2)

    async def _made(self, request: DraftRequest) -> AsyncGenerator[Draft, None]:
        """Hand the tier's drafts on; a crash of the tier is a failure like another."""
        try:
            async with aclosing(self.tier.drafts(request)) as drafts:
                async for draft in drafts:
                    yield draft
        except TierError:
            raise
        except Exception as error:
            _log.exception("The tier %s crashed.", self.tier.name)
            message = f"{self.tier.name} crashed: {error!r}"
            raise TierError(message) from error

    async def _judge(self, draft: Draft) -> Attempt:
        """Judge one draft; a refused one is written down at once, a passed one when it is decided."""
        try:
            verdict = await self.ascent.judge.verify(self.ascent.task, draft)
        except BaseException as error:
            why = "cancelled while it was judged" if isinstance(error, asyncio.CancelledError) else repr(error)
            self.undecided.append(evolve(self._attempt(draft, Verdict()), failure=why))
            raise
        attempt = self._attempt(draft, verdict)
        self.undecided.append(attempt)
        self.ascent.watch(Judged(attempt, self.ballot.cast, self.samples))
        if not verdict.passed:
            self.undecided.remove(attempt)
            await self._write(attempt)
        return attempt

    async def _decided(self, attempt: Attempt) -> Attempt | None:
        """Choose a draft now, or None where a passed one has to wait for others to agree."""
        if self.samples == 1 or (self.hard and not self.ballot.comparable):
            return attempt
        text = attempt.verdict.text
        assert text is not None  # noqa: S101 - a passed verdict always carries its text
        self.ballot.add(await self.ascent.judge.normal_form(self.ascent.task, text), attempt)
        return None if self.hard else self.ballot.winner(closed=False)

    def _accept(self, chosen: Attempt) -> None:
        """Put the accepted draft after those that agreed with it or were outvoted."""
        self.undecided = [*(attempt for attempt in self.undecided if attempt is not chosen), chosen]
        self.accepted = chosen

    async def _close_ballot(self) -> None:
        """Decide when no more drafts come: a majority of those that came, or a refusal of all.

        Where a check decides, each that passed could be taken; they must not be seen to do different things
        that are as likely.
        """
        chosen = self.ballot.surest if self.hard else self.ballot.winner(closed=True)
        chosen = chosen or await self._alike()
        if chosen is None:
            self._refuse()
        else:
            self._accept(chosen)

    async def _alike(self) -> Attempt | None:
        """Look at what drafts do that are written differently: those that do the same are one answer."""
        comparer, passed = self.ascent.comparer, self.ballot.passed
        if comparer is None or not self.ballot.undecided:
            return None
        texts = [item.verdict.text for item in passed]
        compared = await comparer.compare(self.ascent.task, [text for text in texts if text is not None])
        self.ballot.join(compared)
        if self.hard:
            chosen = None if compared.question else self.ballot.likeliest
        else:
            chosen = self.ballot.winner(closed=True)
        if chosen is not None:
            self.ascent.notes = (compared.note,) if compared.note else ()
        self.ascent.question = compared.question if chosen is None else ""
        return chosen

    def _refuse(self) -> None:
        """Refuse what passed, for want of a majority."""
        findings = (self.ballot.disagreement(),)
        self.undecided = [evolve(item, verdict=evolve(item.verdict, findings=findings)) for item in self.undecided]

    def _fail(self, why: str) -> None:
        """Note that the tier failed; what passed before has no majority and never will have."""
        if self.accepted is not None:
            return  # It failed over being stopped.
        if self.hard and self.ballot.passed:
            self._accept(self.ballot.passed[0])
            return
        self._refuse()
        attempt, self.meter.usage = self._failed(why), Usage()
        self.undecided.append(attempt)
        self.ascent.watch(Judged(attempt, min(self.ballot.cast + 1, self.samples), self.samples))

    def _attempt(self, draft: Draft, verdict: Verdict) -> Attempt:
        return self._make(draft, verdict, draft.usage)

    def _failed(self, why: str) -> Attempt:
        return evolve(self._make(None, Verdict(), self.meter.usage), failure=why)

    def _make(self, draft: Draft | None, verdict: Verdict, usage: Usage) -> Attempt:
        now = self.ascent.clock.monotonic()
        seconds, self.began = now - self.began, now
        cost = self.tier.cost(usage)
        return Attempt(self.tier.name, self.tier.model, self.trigger, draft, verdict, usage, cost, seconds)

    async def _write(self, attempt: Attempt) -> None:
        await self.ascent.write(attempt, reservation=self.reservation)
