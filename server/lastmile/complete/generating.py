"""The one generation that runs at a time: begun, joined by who typed what it says, and ended when nobody wants it."""

from __future__ import annotations

import asyncio
import logging

from attrs import define, field, frozen

from lastmile.complete.cache import Cache, Made
from lastmile.complete.flight import Flight
from lastmile.complete.judging import Judging
from lastmile.complete.listening import AHEAD_SECONDS, FIRST_SECONDS, Limits, listen
from lastmile.complete.running import Running
from lastmile.complete.stopping import scene
from lastmile.complete.values import Clock, Cursor, Filler, Place
from lastmile.complete.window import Window
from lastmile.errors import LastmileError
from lastmile.model.values import Fill

logger = logging.getLogger(__name__)

_ORPHAN = 0.5
"""Seconds that a generation goes on when nobody waits for it: the next key may want it."""

_LONGEST = 30.0
"""Seconds for one generation, in case an engine hangs."""


@frozen
class Order:
    """What is to be generated."""

    cursor: Cursor
    window: Window
    place: Place
    fill: Fill
    most: int
    """Tokens."""

    ahead: bool = False


@define(eq=False)
class Generating:
    """Owns the generation under way, and what came of those before it."""

    filler: Filler
    judging: Judging
    clock: Clock
    running: Running
    cache: Cache = field(factory=Cache, init=False)
    read: Fill | None = field(default=None, init=False)
    """What the model read last, as far as is known."""

    _flight: Flight | None = field(default=None, init=False)
    _told: str = field(default="", init=False)

    def is_busy(self) -> bool:
        """Whether one runs."""
        return self._flight is not None and not self._flight.is_over

    def begin(self, order: Order) -> Flight:
        """Start a generation in the place of the one under way."""
        self.cancel()
        flight = self._flight = Flight(order.cursor.document, order.window, order.ahead)
        flight.task = self.running.start(self._fly(flight, order))
        return flight

    def cancel(self, document: str | None = None) -> None:
        """End the one under way, if it is for the document."""
        if self._flight is not None and document in {None, self._flight.document}:
            self._flight.cancel()

    async def join(self, document: str, window: Window) -> tuple[Made, str] | None:
        """Take part in the one under way, where it says what was typed since it began.

        Gives what came of it and what of that was typed; None where it says something else.
        """
        flight = self._flight
        if flight is None or flight.is_over:
            return None
        try:
            typed = await flight.fits(document, window)
        finally:
            self._look_after(flight)
        made = None if typed is None else await self.landed(flight)
        if made is None or typed is None or not made.text.startswith(typed) or made.text == typed:
            return None
        return made, typed

    async def landed(self, flight: Flight) -> Made | None:
        """Wait for what comes of a generation; None where it failed or was ended."""
        try:
            return await flight.landed()
        finally:
            self._look_after(flight)

    async def prefill(self, document: str, fill: Fill) -> None:
        """Have the model read ahead, unless it has read just that."""
        if fill == self.read:
            return
        try:
            await self.filler.prefill(fill, document=document)
        except LastmileError as error:
            logger.info("Nothing was read ahead: %s", error)
        else:
            self.read = fill

    async def _fly(self, flight: Flight, order: Order) -> Made | None:
        window, document = order.window, order.cursor.document
        limits = Limits(order.most, AHEAD_SECONDS if order.ahead else FIRST_SECONDS)
        stream = self.filler.fill(order.fill, most=order.most, document=document, ahead=order.ahead)
        around = scene(window, order.place)
        self.judging.warm(order.cursor.snapshot)
        try:
            async with asyncio.timeout(_LONGEST):
                text = await listen(stream, around, limits, line=window.line, clock=self.clock, hear=flight.hear)
        except (LastmileError, TimeoutError) as error:
            self._tell(str(error) or "the model did not come to an end")
            return None
        self.read, self._told = order.fill, ""
        made = await self.judging.made(order.cursor, window, text)
        if made is not None:
            self.cache.put(document, made)
        return made

    def _tell(self, trouble: str) -> None:
        """Log what is wrong with the model, once: it is asked at every key."""
        if trouble != self._told:
            logger.warning("There is no completion: %s", trouble)
        self._told = trouble

    def _look_after(self, flight: Flight) -> None:
        if not flight.is_over and not flight.waiting and not flight.ahead:
            self.running.start(self._reap(flight))

    async def _reap(self, flight: Flight) -> None:
        await self.clock.sleep(_ORPHAN)
        if not flight.waiting:
            flight.cancel()
