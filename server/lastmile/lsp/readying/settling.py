"""Begins what is made ahead once typing rests, and ends it at the next key.

There is one such work for all documents, and whatever a person does replaces or ends it. What it does
is in `readying`, which is loaded when it is first needed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from lastmile.lsp.documents import Document
from lastmile.lsp.host import Server

_NAME = "ahead"
_MODULE = "lastmile.lsp.readying.readying"
_REST = 0.7
"""Seconds without a key after which somebody is thinking, or looking at what they wrote."""

_SOON = 0.1
"""Seconds after a document was opened or saved: its findings are shown first."""


def settle(ls: Server, *, wait: bool) -> None:
    """Make ready what the open documents offer, once nothing happens for a moment; what runs for that ends."""
    if not ls.asking:
        ls.background.start(_settled(ls, _REST if wait else _SOON), name=_NAME)


@contextmanager
def aside(ls: Server) -> Iterator[None]:
    """Have nothing made ahead while a person waits for what they asked for."""
    ls.asking += 1
    ls.background.cancel(_NAME)
    try:
        yield
    finally:
        ls.asking -= 1
        settle(ls, wait=True)


def forget(ls: Server) -> None:
    """Drop all that is ready: settings changed."""
    if ls.stock is not None:
        ls.stock.forget()
    settle(ls, wait=False)


def doubt(ls: Server) -> None:
    """Make anew what was judged by other files: one of them changed on the disk."""
    if ls.stock is not None:
        ls.stock.shelf.forget_wide()
        settle(ls, wait=True)


def written(ls: Server, document: Document) -> None:
    """Drop what was judged by a document as it was on the disk: it was changed, and is saved or closed now.

    Once it is closed it names no state of its own any more, and what its old text let pass would count again.
    """
    if ls.stock is not None and document.edition:
        ls.stock.shelf.forget_wide(but=document.key)


async def _wanted(ls: Server) -> bool:
    """Tell whether the settings of any open document want it; until one does, nothing of it is loaded."""
    from lastmile.config.ahead import Ahead  # noqa: PLC0415 - the start does without it

    service = await ls.service()
    projects = [await service.project(document.path) for document in ls.documents]
    return any(project.settings.ahead is not Ahead.OFF for project in projects)


async def _settled(ls: Server, rest: float) -> None:
    await asyncio.sleep(rest)
    await ls.settled()
    if ls.stock is None and not await _wanted(ls):
        return
    await asyncio.to_thread(import_module, _MODULE)
    from lastmile.lsp.readying.readying import Readying  # noqa: PLC0415 - imported in a thread just now
    from lastmile.lsp.readying.stock import Stock  # noqa: PLC0415 - as above

    ls.stock = ls.stock or Stock(ls.documents)
    await Readying(ls, ls.stock).work()
