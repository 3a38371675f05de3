"""Goes over the open documents, one after the other, and has fixes made ready for each.

What is worth making, by whom and how much that may take is decided in `lastmile.ahead`. It runs in the
background task of `settling`, which ends it at every key; what was made by then stays in the `Stock`.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from attrs import evolve, frozen

from lastmile.ahead.making import Maker
from lastmile.ahead.policy import LONGEST, drafters
from lastmile.ahead.waiting import Why, said
from lastmile.config.ahead import Ahead
from lastmile.errors import StaleError, ToolError
from lastmile.lsp.documents import Document
from lastmile.lsp.host import Server
from lastmile.lsp.readying.filling import Filling
from lastmile.lsp.readying.spending import NotNowError
from lastmile.lsp.readying.stock import Stock
from lastmile.lsp.steady import steady
from lastmile.lsp.wire.registering import first_settings

STATUS_CHANGED = "lastmile/statusChanged"
"""The notification for clients that say ``lastmileStatus`` among their experimental capabilities."""

_MOST_DOCUMENTS = 16
"""Documents: what was not looked at for longer is made ready once it is."""

_PATIENCE = 300.0
"""Seconds after which nothing more is made until something happens: nobody sits there."""

_LOOK = 15.0
"""Seconds after which a machine that was too busy is looked at again, and a minute's seconds too."""


@frozen
class Readying:
    """One going over of all that is open."""

    ls: Server
    stock: Stock

    async def work(self) -> None:
        """Go over the open documents, the one that was changed last first."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                documents = sorted(self.ls.documents, key=lambda item: -item.touched)[:_MOST_DOCUMENTS]
                while documents:
                    documents, seconds = await self._went_over(documents)
                    await asyncio.sleep(seconds if documents else 0)

    async def _went_over(self, documents: list[Document]) -> tuple[list[Document], float]:
        """Go over documents once; gives those that have to wait, each for its own settings, and how long."""
        waiting, seconds = [], _LOOK
        for document in documents:
            try:
                await self._fill(document)
            except NotNowError as error:
                waiting.append(document)
                seconds = min(seconds, error.seconds)
            except (StaleError, ToolError):
                continue  # it changed, or a tool fails: whoever asks is told
        await self._say(done=not waiting)
        return waiting, seconds

    async def _say(self, *, done: bool) -> None:
        """Tell a client that listens what holds up what is made ahead, where that is another thing than before."""
        settings = await first_settings(self.ls)
        found = await self.stock.spending.waiting(settings)
        if done and found is not None and found.why is Why.BUDGET:
            found = None  # what it was used up for is there
        why = None if found is None else found.why
        if self.ls.client.hears_status and why is not self.stock.said:
            self.ls.protocol.tell(STATUS_CHANGED, {"ahead": said(settings, found)})
        self.stock.said = why

    async def _fill(self, document: Document) -> None:
        """Have what a document offers made, where its settings want that and it has rested."""
        if not _is_ours(self.ls, document):
            return
        wish = (await (await self.ls.service()).project(document.path)).settings
        if wish.ahead is Ahead.OFF or wish.ahead_seconds <= 0:
            return
        known = await steady(self.ls.documents, document, self.ls.pages.known)
        project = known.project
        if known.page.trouble or await project.rests(known.page.snapshot):
            return
        pace = await self.stock.spending.turn(project.settings)
        tiers = drafters(project.settings, project.parts.tiers, pace.who)
        page = evolve(project.fresh(known.page), others=self.ls.documents.others(document.path))
        around = self.ls.documents.around(document)
        self.stock.drafters[document.key] = tuple(tiers)
        await Filling(self.ls, self.stock, document, project, page, around, Maker(project, tiers)).work()


def _is_ours(ls: Server, document: Document) -> bool:
    """Tell whether a document is worth it: not a file outside of the workspace folders, nor one that is huge."""
    path = document.path
    inside = path is None or any(path.is_relative_to(folder) for folder in ls.folders)
    return inside and len(document.snapshot.text) <= LONGEST
