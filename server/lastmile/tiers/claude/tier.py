"""A tier that drafts with one of the Claude models.

It asks, retries what the provider did not bill, keeps the meter, and reads the reply as edits. It
neither judges a draft nor prices it beyond the rates that it is given, and it never asks the person.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from math import inf

from attrs import define, field

from lastmile.cascade.draft import Draft, Usage
from lastmile.cascade.protocols import DraftRequest, Evidence, Meter
from lastmile.cascade.task import Task
from lastmile.config.tree import TierSettings
from lastmile.errors import TierError, TierOffError
from lastmile.ledger.prices import Rates
from lastmile.tiers import replies
from lastmile.tiers.claude.account import Account
from lastmile.tiers.claude.call import Call, Letter
from lastmile.tiers.claude.request import THINKING_ROOM, body, estimate, tokens
from lastmile.tiers.claude.retry import Timing
from lastmile.tiers.egress import Egress
from lastmile.tiers.prompt import Prompt, Style, compose, reply_limit, style_for
from lastmile.tiers.reserve import room


@define(eq=False)
class ClaudeTier:
    """One model of an account."""

    name: str
    settings: TierSettings
    account: Account
    rates: Rates | None
    """None: the price is not known, and then the tier cannot be asked."""

    egress: Egress
    timing: Timing = field(factory=Timing, kw_only=True)

    @property
    def model(self) -> str:
        """The provider's id of the model."""
        return self.settings.model

    @property
    def free(self) -> bool:
        """Never: a call costs money, and text leaves the machine."""
        return False

    @property
    def retries(self) -> float:
        """As many as settings have it."""
        return inf

    def absent(self, task: Task) -> str:
        """Say why the tier cannot draft: no model, no key, a key that was refused, a file that stays here."""
        if not self.model:
            return f"no model in tiers.{self.name}.model"
        return self.account.missing(self.model) or self.egress.barred(task)

    def worst_case(self, task: Task, evidence: Evidence, *, samples: int) -> float:
        """Give the most that a call can cost: everything written to the cache, every reply full length.

        Holds however often the network is tried, since what the provider may have billed is not
        tried again. Raises `TierError` without a price.
        """
        rates = self._priced()
        style = style_for(task, small_model=False)
        prompt = compose(self.egress.allowed(DraftRequest(task, evidence, Meter())), style=style)
        return self._most(rates, sum(tokens(prompt)), self._max_tokens(task, style)) * samples

    def cost(self, usage: Usage) -> float:
        """Price what a call used, in US dollars."""
        return 0.0 if self.rates is None else self.rates.cost(usage)

    async def drafts(self, request: DraftRequest) -> AsyncGenerator[Draft, None]:
        """Ask for one draft after the other; the meter speaks of the one under way.

        Raises `TierError` for an answer that was refused, cut off or broken, and `TierOffError`
        where the tier is absent from now on. A reply that holds no edits is a draft with a defect.
        """
        if reason := self.absent(request.task):
            message = f"{self.name} cannot be asked: {reason}."
            raise TierOffError(message)
        until = self.timing.now() + request.seconds
        style = style_for(request.task, small_model=False)
        letter = await asyncio.to_thread(self._write, request, style)
        call = Call(self.name, self.account, self.egress, self.timing, letter, request)
        for _ in range(request.samples):
            text = letter.cleared.restore(await call.answer(seconds=self.settings.timeout, until=until))
            edits, defect = await asyncio.to_thread(replies.read, text, request.task, style=style)
            usage, request.meter.usage = request.meter.usage, Usage()
            yield Draft(edits, usage, defect=defect)

    def _priced(self) -> Rates:
        if self.rates is None:
            message = f"No price is known for {self.model}, so no budget can hold: set tiers.{self.name}.price."
            raise TierError(message)
        return self.rates

    def _max_tokens(self, task: Task, style: Style) -> int:
        most = self.settings.max_tokens
        return min(most, reply_limit(task, style=style, most=most) + THINKING_ROOM[self.account.claude.effort])

    def _most(self, rates: Rates, read: int, written: int) -> float:
        hour = self.account.claude.cache_ttl == "1h"
        ways = (
            Usage(input=read),
            Usage(cache_read=read),
            Usage(cache_write_1h=read) if hour else Usage(cache_write=read),
        )
        return max(map(rates.cost, ways)) + rates.cost(Usage(output=written))

    def _write(self, request: DraftRequest, style: Style) -> Letter:
        """Compose, clear and count; blocks."""
        task = request.task
        prompt = compose(self.egress.allowed(request), style=style)
        cleared = self.egress.clear(task, prompt)
        ttl = self.account.claude.cache_ttl
        limit = self._affordable(prompt, cleared.prompt, self._max_tokens(task, style))
        sent = body(cleared.prompt, model=self.model, max_tokens=limit, ttl=ttl, effort=self.account.claude.effort)
        return Letter(cleared, sent, estimate(cleared.prompt, ttl=ttl), THINKING_ROOM[self.account.claude.effort])

    def _affordable(self, reserved: Prompt, sent: Prompt, limit: int) -> int:
        """Shorten the reply where placeholders made the prompt longer than the one that was priced."""
        rates = self._priced()
        more = max(0, sum(tokens(sent)) - sum(tokens(reserved)))
        return room(limit, tier=self.name, more=self._most(rates, more, 0), token=rates.cost(Usage(output=1)))
