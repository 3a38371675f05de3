"""One call of a model: sent, tried again where that is free, read to its end, and metered throughout.

What is asked and what an answer is good for are decided elsewhere; this is the way there and back.
"""

from __future__ import annotations

import asyncio
import logging
from math import inf
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from lastmile.cascade.draft import Usage
from lastmile.cascade.protocols import DraftRequest
from lastmile.errors import TierError, TierOffError
from lastmile.tiers.claude.account import Account
from lastmile.tiers.claude.client import telling
from lastmile.tiers.claude.failures import failure_of, quote
from lastmile.tiers.claude.retry import Failure, Stops, Timing, pause
from lastmile.tiers.claude.stream import Reading
from lastmile.tiers.egress import Cleared, Egress

if TYPE_CHECKING:
    import httpx2

_LOG = logging.getLogger(__name__)
_CONNECT = 5.0
"""Seconds for making a connection, as the SDK has it by default."""


@frozen
class Letter:
    """A request ready to be sent, any number of times."""

    cleared: Cleared
    body: dict[str, Any] = field(repr=False)
    """The arguments of the SDK's ``messages.create``."""

    input: Usage
    """What the input is billed as at most."""

    hidden: int
    """Tokens to count for thinking that is not shown."""


@frozen
class Call:
    """A letter on its way for one tier."""

    tier: str
    account: Account
    egress: Egress
    timing: Timing
    letter: Letter
    request: DraftRequest

    async def answer(self, *, seconds: float, until: float = inf) -> str:
        """Get one whole answer within so many seconds; the meter shows what it cost, whatever happens.

        ``until`` is the moment, by the timing's clock, at which the task's time is up.

        Raises `TierError` where there is none, and `TierOffError` where there will be none until
        the settings change. Cancelling closes the connection.
        """
        self.request.meter.usage = Usage()
        left = max(0.0, until - self.timing.now())
        setting = f"tiers.{self.tier}.timeout" if seconds <= left else "the task's deadline"
        seconds = min(seconds, left)
        try:
            async with asyncio.timeout(seconds):
                reading = await self._tries(self.timing.now() + seconds)
        except TimeoutError:
            message = f"{self.tier} did not answer in full within {seconds:.3g} s ({setting})."
            raise TierError(message) from None
        if unusable := _unusable(reading):
            message = f"{self.tier}: {unusable}"
            raise TierError(message)
        return reading.text

    @property
    def _model(self) -> str:
        return str(self.letter.body["model"])

    async def _tries(self, deadline: float) -> Reading:
        tries = 0
        while True:
            tries += 1
            reading = self._reading()
            try:
                await self._once(reading, left=deadline - self.timing.now())
            except TierError:
                raise
            except Exception as error:  # noqa: BLE001 - a fence: whatever the SDK raises is a failed attempt
                failure = self._understood(error, reading)
            else:
                return reading
            if not (failure.billed or reading.started):
                self.request.meter.usage = Usage()
            if not failure.again or reading.started:
                self._give_up(failure)
            await self._wait(failure, tries, left=deadline - self.timing.now())

    def _reading(self) -> Reading:
        hour = self.account.claude.cache_ttl == "1h"
        return Reading(self.request.meter, self.letter.body["max_tokens"], self.letter.hidden, hour)

    async def _once(self, reading: Reading, *, left: float) -> None:
        """Send the request and read the answer to its end; leaving early closes the connection."""
        client = await self.account.client()
        with telling(self._told):
            stream = await client.messages.create(**self.letter.body, stream=True, timeout=_timeout(max(left, 0.001)))
        async with stream:
            async for event in stream:
                reading.take(event)

    async def _told(self, sending: httpx2.Request) -> None:
        """Write the send down, right before it happens; from here on it may cost something."""
        host, body = sending.url.host, sending.content
        task, cleared = self.request.task, self.letter.cleared
        await self.egress.log(task, cleared, host=host, tier=self.tier, model=self._model, body=body)
        self.request.meter.usage = self.letter.input

    def _understood(self, error: Exception, reading: Reading) -> Failure:
        if isinstance(error.__cause__, TierError):
            raise error.__cause__ from None  # The egress log's, carried out by the SDK.
        failure = failure_of(error, self.account, tier=self.tier, model=self._model)
        if failure is None:
            _LOG.error("%s: the SDK raised %s", self.tier, type(error).__name__, exc_info=error)
            return self._unknown(error)
        if reading.started and failure.again:
            return evolve(failure, why=f"{failure.why} The answer had begun and is paid for, so it is not asked again.")
        return failure

    def _unknown(self, error: Exception) -> Failure:
        """Before the send it is most often a cloud's credentials that cannot be had; after it, the answer."""
        kind = type(error).__name__
        if self.request.meter.usage == Usage():
            return Failure(f"The request could not be made ({kind}): {quote(str(error), self.account)}")
        return Failure(f"The SDK failed ({kind}); the log has more.", billed=True)

    def _give_up(self, failure: Failure) -> None:
        if failure.stops is Stops.CALL:
            message = f"{self.tier}: {failure.why}"
            raise TierError(message)
        whole = failure.stops is Stops.ACCOUNT
        self.account.turn_off(failure.why, model="" if whole else self._model)
        why = failure.why.rstrip(".")
        message = f"{self.tier}: {why}. {'Claude' if whole else self.tier} is off until the settings change."
        raise TierOffError(message)

    async def _wait(self, failure: Failure, tries: int, *, left: float) -> None:
        try:
            seconds = pause(failure, tries=tries, left=left, draw=self.timing.draw())
        except TierError as error:
            message = f"{self.tier}: {error}"
            raise TierError(message) from None
        _LOG.info("%s: %s Trying again in %.1f s.", self.tier, failure.why, seconds)
        await self.timing.sleep(seconds)


def _timeout(seconds: float) -> httpx2.Timeout:
    import httpx2  # noqa: PLC0415 - heavy, and loaded by now

    return httpx2.Timeout(seconds, connect=min(seconds, _CONNECT))


def _unusable(reading: Reading) -> str:
    """Say why an answer that ended cannot be read as a reply; empty where it can."""
    match reading.stop:
        case "end_turn" | "stop_sequence":
            return ""
        case "":
            return "The answer broke off before its end."
        case "refusal":
            named = f" ({reading.category})" if reading.category else ""
            return f"The model refused to answer{named}."
        case "max_tokens":
            return f"The answer was cut off at {reading.max_tokens} tokens."
        case _:
            return f"The answer stopped early ({reading.stop})."
