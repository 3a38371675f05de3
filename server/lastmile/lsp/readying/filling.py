"""Makes what one document's text offers, and puts on the shelf what passes.

Which of it is worth making, and by whom, is decided in `lastmile.ahead`; whose turn it is, in `readying`.
"""

from __future__ import annotations

import asyncio
import time

from attrs import evolve, frozen

from lastmile.ahead.making import Maker
from lastmile.ahead.policy import Pace, processors, wanted
from lastmile.ahead.values import Left, Ready, Refused, name_of
from lastmile.config.ahead import Ahead
from lastmile.lsp.documents import Document
from lastmile.lsp.host import Server
from lastmile.lsp.readying.showing import show_ready
from lastmile.lsp.readying.spending import NotNowError
from lastmile.lsp.readying.stock import Stock, about
from lastmile.project import Project
from lastmile.tasks.kind import Offer, Page
from lastmile.text.snapshot import Snapshot
from lastmile.tools.behind import behind
from lastmile.tools.compare import differ

_SHOW = 1.0
"""Seconds between two times that what is ready is shown: an editor asks for all it shows each time."""


@frozen
class Filling:
    """A document at one text, whose fixes are being made."""

    ls: Server
    stock: Stock
    document: Document
    project: Project
    page: Page
    around: str
    """The state of the other documents."""

    maker: Maker

    async def work(self) -> None:
        """Make what the text offers.

        Raises `NotNowError` where it has to wait, `StaleError` where the text changes and `ToolError` where a
        tool fails. What was made by then stays.
        """
        near = self.stock.looked_at.get(self.document.key, 0)
        kinds = self.project.kinds_ahead(self.page.snapshot.path)
        offers = await asyncio.to_thread(wanted, self.page, kinds, near=near)
        before = self.stock.shelf.before(self.document.key, self._snapshot.digest)
        self._show()  # what another file's change put in doubt is not shown as ready until it is again
        try:
            await self._carry(offers, before)
            await self._make(offers)
        except NotNowError:
            self._show()
            raise
        self._show()

    async def _carry(self, offers: list[Offer], before: list[Ready]) -> None:
        """Bring along what was ready for the text before this one: it need not be drafted again."""
        if not before:
            return
        theirs = await differ(self.project.offload, before[0].snapshot.text, self._snapshot.text)
        for ready in before:
            await self._turn()
            with self.stock.spending.counted(), behind():
                carried = await self.maker.carry(self.page, offers, ready, theirs, around=self.around)
            if carried is not None:
                self.stock.shelf.put(self.document.key, evolve(carried, what=self._about(carried.offer)))

    async def _make(self, offers: list[Offer]) -> None:
        """Have the rules go over all of a document first, which takes next to nothing, and models over what is left."""
        left = []
        for offer in offers:
            if self._has(offer):
                continue
            made = await self._by_rules(offer)
            if isinstance(made, Left):
                left.append(made)
            else:
                self._keep(offer, made)
        await self._go_on(left)

    def _has(self, offer: Offer) -> bool:
        """Tell whether an entry is ready, or was tried and would not pass now."""
        tried = self.stock.shelf.tried(self.document.key, self._about(offer), around=self.around)
        return tried or self.stock.find(self.document, offer) is not None

    async def _by_rules(self, offer: Offer) -> Ready | Refused | Left | None:
        what, digest = self._about(offer), self._snapshot.digest
        left = self.stock.shelf.left(what, digest, around=self.around)
        if left is not None:
            return left
        await self._turn()
        with self.stock.spending.counted(), behind():
            made = await self.maker.make(self.page, offer, around=self.around)
        if isinstance(made, Left):
            self.stock.shelf.leave(what, digest, made, around=self.around)
        return made

    async def _go_on(self, left: list[Left]) -> None:
        for item in left:
            pace = await self._turn()
            if pace.who is not Ahead.LOCAL:
                return  # the cable was pulled
            times = processors(self.project.settings, self.maker.tiers, item.offer)
            with self.stock.spending.counted(times), behind():
                made = await self.maker.go_on(self.page, item, around=self.around)
            self._keep(item.offer, made)

    def _keep(self, offer: Offer, made: Ready | Refused | None) -> None:
        """Put what passed on the shelf, and note what did not."""
        key, shelf = self.document.key, self.stock.shelf
        if isinstance(made, Ready):
            shelf.put(key, evolve(made, what=self._about(offer)))
            if time.monotonic() - self.stock.shown > _SHOW:
                self._show()
            return
        shelf.give_up(key, self._about(offer), made)
        shelf.drop(key, self._snapshot.digest, name_of(offer.kind, offer.target, offer.detail))

    def _show(self) -> None:
        """Show what is ready, where that is not what was shown last."""
        if self.stock.news(self.document, self._snapshot.digest):
            self.stock.shown = time.monotonic()
            show_ready(self.ls, self.document)

    async def _turn(self) -> Pace:
        return await self.stock.spending.turn(self.project.settings)

    def _about(self, offer: Offer) -> str:
        return about(self.document.key, self._snapshot.text, offer, tuple(self.maker.tiers))

    @property
    def _snapshot(self) -> Snapshot:
        return self.page.snapshot
