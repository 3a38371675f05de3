"""Completing for one session: what was made, what is under way, what is shown.

A question goes the cheapest way that answers it: a completion made before through which the person
has typed, a generation under way that says what they typed, or a new one, after a rest. One
generation runs at a time for each document. While a completion is shown, the one after it is made.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import assert_never
from uuid import uuid4

from attrs import define, evolve, field, frozen

from lastmile.complete.cache import Made
from lastmile.complete.context import Context
from lastmile.complete.definitions import Other
from lastmile.complete.fates import Fates
from lastmile.complete.generating import Generating, Order
from lastmile.complete.judging import Judging, replaced
from lastmile.complete.pace import Pace
from lastmile.complete.running import Running
from lastmile.complete.values import Books, Clock, Completion, Cursor, Filler, Listener, Place, Record, Where, Worker
from lastmile.complete.window import Window, around
from lastmile.complete.worth import allows, is_worth
from lastmile.config.completing import Completing
from lastmile.text.snapshot import Snapshot

logger = logging.getLogger(__name__)

REST = 1.0
"""Seconds without a key after which a model may read ahead (llama.vim)."""

SURVIVAL = (30.0, 300.0)
"""Seconds after which it is seen whether what was accepted is still there."""


@frozen
class Found:
    """A completion that may be shown."""

    cursor: Cursor
    completion: Completion
    record: Record


@define(eq=False)
class Completer:
    """Makes completions and sees what becomes of them; made by `make`, and closed at the end."""

    clock: Clock
    generating: Generating
    judging: Judging
    running: Running
    fates: Fates
    context: Context = field(factory=Context)
    _pace: Pace = field(factory=Pace)
    _asked: dict[str, int] = field(factory=dict)
    """The number of the last question of each document that is open."""

    async def find(self, cursor: Cursor, settings: Completing, *, project: str = "") -> Found | None:
        """Find what could stand at the cursor; None where there is nothing, or a newer question has come.

        Cancelling the caller lets a generation go on for a moment, for the next question.
        """
        if not allows(settings, cursor.snapshot.language):
            return None
        number, began = self._asked.get(cursor.document, 0) + 1, self.clock.monotonic()
        self._asked[cursor.document] = number
        self.context.visit(cursor)
        window = around(cursor.snapshot.lines, cursor.offset)
        if not cursor.invoked and not is_worth(window):
            return None
        source, found = await self._search(cursor, window, settings, number)
        left = None if found is None else await self.judging.left(cursor, *found)
        if left is None:
            return None
        span, text = left
        completion = Completion(uuid4().hex, span, text)
        seconds, lines = self.clock.monotonic() - began, text.count("\n") + 1
        language = cursor.snapshot.language
        return Found(cursor, completion, Record(completion.id, project, language, len(text), lines, seconds, source))

    def show(self, found: Found, settings: Completing) -> Completion:
        """Take note that a completion is shown, and make the one after it meanwhile."""
        shown = self.fates.show(found.cursor, found.completion, found.record)
        if not settings.battery_saver:
            self.running.start(self._go_ahead(found.cursor, shown, settings))
        return shown

    def key(self, document: str, snapshot: Callable[[], Snapshot]) -> None:
        """Take note of a change; the text is asked for only where a completion waits for its fate."""
        self._pace.key(self.clock.monotonic())
        if self.fates.shows(document):
            self.fates.changed(document, snapshot().text)

    def closed(self, document: str, snapshot: Snapshot) -> None:
        """Forget a document, but for the place in it where the person was."""
        self._asked.pop(document, None)
        self.context.seen(snapshot)
        self.fates.closed(document)
        self.generating.cache.forget(document)
        self.generating.cancel(document)

    async def rest(
        self,
        document: str,
        snapshot: Callable[[], Snapshot | None],
        others: Callable[[Snapshot], Awaitable[Sequence[Other]]],
    ) -> None:
        """Wait until typing rests; then have the model read what the next question will begin with.

        ``others`` gives the documents in which definitions are looked for. Cancel it at the next key.
        """
        await self.clock.sleep(REST)
        last, now = self.context.last, snapshot()
        if now is None or last is None or last.document != document or self.generating.is_busy():
            return
        offset = min(last.offset, len(now.text))
        window = around(now.lines, offset)
        self.context.turn(document, window, await self.judging.defined(now, offset, window, await others(now)))
        await self.generating.prefill(document, window.fill(now.name, self.context.chunks(document)))

    async def close(self) -> None:
        """End with what is shown and with what runs."""
        self.fates.end()
        await self.running.close()

    async def _search(
        self, cursor: Cursor, window: Window, settings: Completing, number: int
    ) -> tuple[str, tuple[Made, str] | None]:
        """Go the ways; gives by which one it was found."""
        cached = self.generating.cache.find(cursor.document, window)
        if cached is not None and (cached[0].text or not cursor.invoked):
            return "cached", cached
        if (joined := await self.generating.join(cursor.document, window)) is not None:
            return "joined", joined
        if self._is_old(cursor, number) or (self.generating.is_resting() and not cursor.invoked):
            return "", None
        looking = self.running.start(self.judging.look(cursor))
        if not cursor.invoked:
            wait = self._pace.wait(window.before, window.after) if settings.debounce is None else settings.debounce
            await self.clock.sleep(wait)
        place = await asyncio.shield(looking)
        if self._is_old(cursor, number) or not _allowed(place, settings):
            return "", None
        if cursor.invoked:
            place = evolve(place, multiline=place.multiline or place.ended)
        began = self.clock.monotonic()
        made = await self.generating.landed(self.generating.begin(self._order(cursor, window, place, settings)))
        if made is None:
            return "", None
        self._pace.answered(self.clock.monotonic() - began)
        return "asked", (made, "")

    def _is_old(self, cursor: Cursor, number: int) -> bool:
        """Tell whether a newer question of the same document has come, or the document is gone."""
        return self._asked.get(cursor.document) != number

    async def _go_ahead(self, cursor: Cursor, shown: Completion, settings: Completing) -> None:
        """Make the completion that follows the one that is shown, as if that were accepted."""
        if self.generating.is_busy() or self.generating.is_resting():
            return
        old = cursor.snapshot
        snapshot = Snapshot(old.uri, replaced(old.text, shown.span, shown.text), old.path, old.language)
        following = Cursor(cursor.document, snapshot, shown.span.start + len(shown.text))
        window = around(snapshot.lines, following.offset)
        if not is_worth(window) or self.generating.cache.find(cursor.document, window) is not None:
            return
        place = await self.judging.look(following)
        if not self.generating.is_busy() and _allowed(place, settings):
            place = evolve(place, multiline=place.multiline or place.ended)
            self.generating.begin(evolve(self._order(following, window, place, settings), ahead=True))

    def _order(self, cursor: Cursor, window: Window, place: Place, settings: Completing) -> Order:
        fill = window.fill(cursor.snapshot.name, self.context.chunks(cursor.document))
        return Order(cursor, window, place, fill, settings.max_tokens)


class Logged:
    """A listener that writes down what it hears."""

    def trouble(self, why: str) -> None:
        """Log a failure."""
        logger.warning("There is no completion: %s", why)

    def well(self) -> None:
        """Write down nothing: that is how it should be."""

    def unjudged(self, language: str) -> None:
        """Log a language without a grammar."""
        logger.info("Nothing judges completions in %s.", language)


def make(
    filler: Filler,
    worker: Worker,
    clock: Clock,
    *,
    books: Books,
    text_of: Callable[[str], str | None],
    listener: Listener | None = None,
) -> Completer:
    """Make a session's completer.

    ``text_of`` gives the text of an open document by its key, None once it is closed. Where nobody
    listens, what there is to be said is logged.
    """
    running, listener = Running(), listener or Logged()
    judging = Judging(worker, running, listener)

    async def watch(identifier: str, document: str) -> None:
        early, late = SURVIVAL
        await clock.sleep(early)
        fates.survives(identifier, text_of(document), late=False)
        await clock.sleep(late - early)
        fates.survives(identifier, text_of(document), late=True)

    fates = Fates(books, lambda identifier, document: running.start(watch(identifier, document)))
    return Completer(clock, Generating(filler, judging, clock, running, listener), judging, running, fates)


def _allowed(place: Place, settings: Completing) -> bool:
    match place.where:
        case Where.COMMENT:
            return settings.comments
        case Where.STRING:
            return settings.strings
        case Where.CODE:
            return True
        case _:
            assert_never(place.where)
