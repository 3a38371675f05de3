"""Makes fixes ready for the open documents, one after the other, and knows which are.

What is worth making, by whom and how much that may take is decided in `lastmile.ahead`. It runs in the
background task of `settling`, which ends it at every key; what was made by then stays.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import Any

from attrs import define, evolve, field, frozen

from lastmile.ahead.budget import Bucket
from lastmile.ahead.handed import Handed
from lastmile.ahead.machine import Gauge
from lastmile.ahead.making import Maker
from lastmile.ahead.policy import LONGEST, Pace, drafters, pace, processors, wanted
from lastmile.ahead.shelf import Shelf
from lastmile.ahead.values import Left, Name, Ready, Refused, name_of
from lastmile.ahead.waiting import Waiting, Why, said, waiting
from lastmile.config.ahead import Ahead
from lastmile.config.tree import Settings
from lastmile.errors import StaleError, ToolError
from lastmile.lsp.documents import Document
from lastmile.lsp.host import Server
from lastmile.lsp.pages import Known
from lastmile.lsp.readying.showing import show_ready
from lastmile.lsp.steady import steady
from lastmile.lsp.wire.registering import first_settings
from lastmile.tasks.kind import Offer, Page
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.tools.behind import behind
from lastmile.tools.compare import differ

STATUS_CHANGED = "lastmile/statusChanged"
"""The notification for clients that say ``lastmileStatus`` among their experimental capabilities."""

_MOST_DOCUMENTS = 16
"""Documents: what was not looked at for longer is made ready once it is."""

_PATIENCE = 300.0
"""Seconds after which nothing more is made until something happens: nobody sits there."""

_LOOK = 15.0
"""Seconds after which a machine that was too busy is looked at again, and a minute's seconds too."""

_MOMENT = 2.0
"""Seconds that are waited for the next thing of a document before another document has its turn."""

_SHOW = 1.0
"""Seconds between two times that what is ready is shown: an editor asks for all it shows each time."""

_AROUND = 200
"""Characters on either side of a place that say whether what did not pass there is worth another try."""


class _NotNowError(Exception):
    """The settings of a document have it wait for so many seconds; infinitely many where that cannot be told."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@frozen
class _Place:
    """A document whose fixes are being made."""

    document: Document
    known: Known
    page: Page
    around: str
    maker: Maker

    @property
    def snapshot(self) -> Snapshot:
        """The text."""
        return self.page.snapshot


@frozen
class _Told:
    """What is ready for a text."""

    digest: str
    names: frozenset[Name] = frozenset()


@define(eq=False)
class Readying:
    """What is ready, and what that may take."""

    shelf: Shelf = field(factory=Shelf)
    handed: Handed = field(factory=Handed)
    """What menus brought along, whatever became of it on the shelf."""

    bucket: Bucket = field(factory=Bucket)
    gauge: Gauge = field(factory=Gauge)
    looked_at: dict[str, int] = field(factory=dict)
    """Where in each document a menu was asked for last."""

    _told: dict[str, _Told] = field(factory=dict, init=False)
    """What the client was told last of each document."""

    _shown: float = field(default=0.0, init=False)
    """When something that is ready was shown last."""

    _drafters: dict[str, tuple[str, ...]] = field(factory=dict, init=False)
    """Who drafted for each document last."""

    _said: Why | None = field(default=None, init=False)
    """What the client was told last holds this up."""

    async def work(self, ls: Server) -> None:
        """Go over the open documents, the one that was changed last first."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                documents = sorted(ls.documents, key=lambda item: -item.touched)[:_MOST_DOCUMENTS]
                while documents:
                    documents, seconds = await self._went_over(ls, documents)
                    await asyncio.sleep(seconds if documents else 0)

    async def waiting(self, settings: Settings) -> Waiting | None:
        """Say why less is made now than the settings ask for; None where nothing holds it up."""
        power = await asyncio.to_thread(self.gauge.look)
        return waiting(settings, power, self.bucket.wait(pace(settings, power).seconds))

    def gave_up(self, ls: Server, document: Document, offer: Offer) -> tuple[str, ...]:
        """Name the tiers that tried an entry on this very text and would not get it done now either; none for no."""
        tiers = self._drafters.get(document.key, ())
        what = _named(document.key, document.snapshot.text, offer, tiers)
        return tiers if self.shelf.tried(document.key, what, around=ls.documents.around(document)) else ()

    def find(self, ls: Server, document: Document, offer: Offer) -> Ready | None:
        """Look for the edit of a menu's entry, for the text as it is now."""
        return self.named(ls, document, offer.kind, offer.target, offer.detail)

    def named(self, ls: Server, document: Document, kind: str, target: Span, detail: Mapping[str, Any]) -> Ready | None:
        """Look for the edit of an entry by what its ticket carries."""
        name, digest = name_of(kind, target, detail), document.snapshot.digest
        return self.shelf.find(document.key, digest, name, around=ls.documents.around(document))

    def tell(self, ls: Server, document: Document) -> frozenset[tuple[str, Span]]:
        """Give the findings, by code and place, that have a fix ready; the client is told of them now."""
        ready = self.of(ls, document)
        self._told[document.key] = _Told(document.snapshot.digest, frozenset(each.name for each in ready))
        return frozenset((item.code, item.span) for each in ready for item in each.offer.diagnostics)

    def of(self, ls: Server, document: Document) -> list[Ready]:
        """List what is ready for a document as it is now."""
        return self.shelf.of(document.key, document.snapshot.digest, around=ls.documents.around(document))

    def forget(self) -> None:
        """Drop all that is ready: settings changed."""
        self.shelf.forget()

    def closed(self, document: Document) -> None:
        """Forget a document."""
        self.shelf.forget(document.key)
        self.looked_at.pop(document.key, None)
        self._told.pop(document.key, None)
        self._drafters.pop(document.key, None)

    async def _went_over(self, ls: Server, documents: list[Document]) -> tuple[list[Document], float]:
        """Go over documents once; gives those that have to wait, each for its own settings, and how long."""
        waiting, seconds = [], _LOOK
        for document in documents:
            try:
                await self._document(ls, document)
            except _NotNowError as error:
                waiting.append(document)
                seconds = min(seconds, error.seconds)
            except (StaleError, ToolError):
                continue  # it changed, or a tool fails: whoever asks is told
        await self._say(ls, done=not waiting)
        return waiting, seconds

    async def _say(self, ls: Server, *, done: bool) -> None:
        """Tell a client that listens what holds up what is made ahead, where that is another thing than before."""
        settings = await first_settings(ls)
        found = await self.waiting(settings)
        if done and found is not None and found.why is Why.BUDGET:
            found = None  # what it was used up for is there
        why = None if found is None else found.why
        if ls.client.hears_status and why is not self._said:
            ls.protocol.tell(STATUS_CHANGED, {"ahead": said(settings, found)})
        self._said = why

    async def _document(self, ls: Server, document: Document) -> None:
        if not _is_ours(ls, document):
            return
        wish = (await (await ls.service()).project(document.path)).settings
        if wish.ahead is Ahead.OFF or wish.ahead_seconds <= 0:
            return
        known = await steady(ls.documents, document, ls.pages.known)
        settings, project = known.project.settings, known.project
        if known.page.trouble or await project.rests(known.page.snapshot):
            return
        tiers = drafters(settings, project.parts.tiers, (await self._turn(known)).who)
        page = evolve(project.fresh(known.page), others=ls.documents.others(document.path))
        around = ls.documents.around(document)
        self._drafters[document.key] = tuple(tiers)
        place = _Place(document, known, page, around, Maker(project, tiers))
        near = self.looked_at.get(document.key, 0)
        offers = await asyncio.to_thread(wanted, page, known.project.kinds_ahead(page.snapshot.path), near=near)
        before = self.shelf.before(document.key, page.snapshot.digest)
        self._show(ls, place)  # what another file's change put in doubt is not shown as ready until it is again
        try:
            await self._carry(place, offers, before)
            await self._make(ls, place, offers)
        except _NotNowError:
            self._show(ls, place)
            raise
        self._show(ls, place)

    async def _carry(self, place: _Place, offers: list[Offer], before: list[Ready]) -> None:
        """Bring along what was ready for the text before this one: it need not be drafted again."""
        if not before:
            return
        theirs = await differ(place.maker.project.offload, before[0].snapshot.text, place.snapshot.text)
        for ready in before:
            pace = await self._turn(place.known)
            with self._counted(pace), behind():
                carried = await place.maker.carry(place.page, offers, ready, theirs, around=place.around)
            if carried is not None:
                self.shelf.put(place.document.key, evolve(carried, what=_what(place, carried.offer)))

    async def _make(self, ls: Server, place: _Place, offers: list[Offer]) -> None:
        """Have the rules go over all of a document first, which takes next to nothing, and models over what is left."""
        left = []
        for offer in offers:
            if (
                self.shelf.tried(place.document.key, _what(place, offer), around=place.around)
                or self.find(ls, place.document, offer) is not None
            ):
                continue
            made = await self._by_rules(place, offer)
            if isinstance(made, Left):
                left.append(made)
            else:
                self._keep(ls, place, offer, made)
        await self._go_on(ls, place, left)

    async def _by_rules(self, place: _Place, offer: Offer) -> Ready | Refused | Left | None:
        what, digest = _what(place, offer), place.snapshot.digest
        left = self.shelf.left(what, digest, around=place.around)
        if left is not None:
            return left
        with self._counted(await self._turn(place.known)), behind():
            made = await place.maker.make(place.page, offer, around=place.around)
        if isinstance(made, Left):
            self.shelf.leave(what, digest, made, around=place.around)
        return made

    async def _go_on(self, ls: Server, place: _Place, left: list[Left]) -> None:
        for item in left:
            pace = await self._turn(place.known)
            if pace.who is not Ahead.LOCAL:
                return  # the cable was pulled
            times = processors(place.known.project.settings, place.maker.tiers, item.offer)
            with self._counted(pace, times), behind():
                made = await place.maker.go_on(place.page, item, around=place.around)
            self._keep(ls, place, item.offer, made)

    def _keep(self, ls: Server, place: _Place, offer: Offer, made: Ready | Refused | None) -> None:
        """Put what passed on the shelf, and note what did not."""
        what = _what(place, offer)
        if isinstance(made, Ready):
            self.shelf.put(place.document.key, evolve(made, what=what))
            if time.monotonic() - self._shown > _SHOW:
                self._show(ls, place)
            return
        self.shelf.give_up(place.document.key, what, made)
        name = name_of(offer.kind, offer.target, offer.detail)
        self.shelf.drop(place.document.key, place.snapshot.digest, name)

    def _show(self, ls: Server, place: _Place) -> None:
        """Show what is ready, where that is not what was shown last."""
        names, digest = frozenset(ready.name for ready in self.of(ls, place.document)), place.snapshot.digest
        told = self._told.get(place.document.key, _Told(digest))
        if names != (told.names if told.digest == digest else frozenset()):
            self._shown = time.monotonic()
            self._told[place.document.key] = _Told(digest, names)
            show_ready(ls, place.document)

    async def _turn(self, known: Known) -> Pace:
        """Wait for a moment until the machine has time to spare and the minute's seconds are not used up.

        Raises `_NotNowError` where that takes longer: other projects' settings may ask for less.
        """
        while True:
            found = pace(known.project.settings, await asyncio.to_thread(self.gauge.look))
            seconds = self.bucket.wait(found.seconds)
            if not seconds:
                return found
            if seconds > _MOMENT:
                raise _NotNowError(seconds)
            await asyncio.sleep(seconds)

    @contextmanager
    def _counted(self, pace: Pace, processors: int = 1) -> Iterator[None]:
        """Count what the block takes. One thing runs at a time, on so many processors at the most."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.bucket.take((time.monotonic() - began) * processors, pace.seconds)


def _is_ours(ls: Server, document: Document) -> bool:
    """Tell whether a document is worth it: not a file outside of the workspace folders, nor one that is huge."""
    path = document.path
    inside = path is None or any(path.is_relative_to(folder) for folder in ls.folders)
    return inside and len(document.snapshot.text) <= LONGEST


def _what(place: _Place, offer: Offer) -> str:
    return _named(place.document.key, place.snapshot.text, offer, tuple(place.maker.tiers))


def _named(key: str, text: str, offer: Offer, tiers: tuple[str, ...]) -> str:
    """Name what is tried by what stands there, so that it is not tried again wherever else the document changes."""
    start, end = max(0, offer.target.start - _AROUND), offer.target.end + _AROUND
    name = name_of(offer.kind, offer.target, offer.detail)
    said = f"{key}\n{','.join(tiers)}\n{name.kind}\n{name.detail}\n{text[start:end]}"
    return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
