"""The generation under way in each document: begun, joined by who types what it says, ended when nobody wants it."""

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
from lastmile.complete.values import Clock, Cursor, Filler, Listener, Place
from lastmile.complete.window import Window
from lastmile.errors import LastmileError, ModelGoneError
from lastmile.model.values import Fill

logger = logging.getLogger(__name__)

_ORPHAN = 0.5
"""Seconds that a generation goes on when nobody waits for it: the next key may want it."""

_LONGEST = 30.0
"""Seconds for one generation, in case an engine hangs."""

_RESTS, _LONGEST_REST = 3.0, 60.0
"""So many times as long as a failure took no other generation is made unasked, and seconds at the most.

What fails at once, as without a file, may be tried at each key; what hangs may not.
"""


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
    """Owns the generations under way, at most one for each document, and what came of those before."""

    filler: Filler
    judging: Judging
    clock: Clock
    running: Running
    listener: Listener

    cache: Cache = field(factory=Cache, init=False)
    read: Fill | None = field(default=None, init=False)
    """What the model read last, as far as is known."""

    _flights: dict[str, Flight] = field(factory=dict, init=False)
    _rests: float = field(default=0.0, init=False)
    """Until when none is made unasked."""

    def is_busy(self) -> bool:
        """Whether one runs."""
        return any(not flight.is_over for flight in self._flights.values())

    def is_resting(self) -> bool:
        """Whether a model that failed slowly is not asked again yet, unless the person insists."""
        return self.clock.monotonic() < self._rests

    def begin(self, order: Order) -> Flight:
        """Start a generation in the place of the document's own, and of all that nobody waits for."""
        document = order.cursor.document
        for other in [key for key, flight in self._flights.items() if key == document or not flight.waiting]:
            self.cancel(other)
        flight = self._flights[document] = Flight(document, order.window, order.ahead)
        flight.task = self.running.start(self._fly(flight, order))
        return flight

    def cancel(self, document: str) -> None:
        """End the one that is under way for a document, if any is."""
        if (flight := self._flights.pop(document, None)) is not None:
            flight.cancel()

    async def join(self, document: str, window: Window) -> tuple[Made, str] | None:
        """Take part in the one under way, where it says what was typed since it began.

        Gives what came of it and what of that was typed; None where it says something else.
        """
        flight = self._flights.get(document)
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
        if fill == self.read or self.is_resting():
            return
        began = self.clock.monotonic()
        try:
            await self.filler.prefill(fill, document=document)
        except LastmileError as error:
            logger.info("Nothing was read ahead: %s", error)
            self._failed(began)
        else:
            self.read = fill

    async def _fly(self, flight: Flight, order: Order) -> Made | None:
        window, began = order.window, self.clock.monotonic()
        try:
            async with asyncio.timeout(_LONGEST):
                text = await self._heard(flight, order)
        except LastmileError as error:
            self._failed(began)
            self.listener.trouble(str(error))
            return None
        except TimeoutError:
            # It is at work, and what it has read of a long text is there for the next question.
            self.listener.trouble(f"The model did not come to an end within {_LONGEST:g} s.")
            return None
        self.read, self._rests = order.fill, 0.0
        self.listener.well()
        made = await self.judging.made(order.cursor, window, text)
        if made is not None:
            self.cache.put(order.cursor.document, made)
        return made

    async def _heard(self, flight: Flight, order: Order) -> str:
        """Have a text made; once more where who made it went away meanwhile. Raises `LastmileError`."""
        try:
            return await self._listened(flight, order)
        except ModelGoneError as error:
            logger.info("A completion is asked for once more: %s", error)
            return await self._listened(flight, order)

    async def _listened(self, flight: Flight, order: Order) -> str:
        limits = Limits(order.most, AHEAD_SECONDS if order.ahead else FIRST_SECONDS)
        stream = self.filler.fill(order.fill, most=order.most, document=order.cursor.document, ahead=order.ahead)
        around = scene(order.window, order.place)
        return await listen(stream, around, limits, line=order.window.line, clock=self.clock, hear=flight.hear)

    def _failed(self, began: float) -> None:
        now = self.clock.monotonic()
        self._rests = now + min(_RESTS * (now - began), _LONGEST_REST)

    def _look_after(self, flight: Flight) -> None:
        if not flight.is_over and not flight.waiting and not flight.ahead:
            self.running.start(self._reap(flight))

    async def _reap(self, flight: Flight) -> None:
        await self.clock.sleep(_ORPHAN)
        if not flight.waiting:
            flight.cancel()
