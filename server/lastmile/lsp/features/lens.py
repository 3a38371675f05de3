"""Shows above its line what is ready, for who wants to see it in the text (`ahead_lens`).

To a client that can be told later it is declared once a setting asks for it: an editor asks whoever declares
lenses at every change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lsprotocol import types

from lastmile.lsp.completing.wishes import place
from lastmile.lsp.documents import Document
from lastmile.lsp.host import Server
from lastmile.lsp.readying.showing import has_lenses
from lastmile.lsp.wire import ticket
from lastmile.lsp.wire.alike import told_apart
from lastmile.lsp.wire.encode import APPLY
from lastmile.lsp.wire.registering import declare, first_settings

if TYPE_CHECKING:
    from lastmile.ahead.values import Ready
    from lastmile.tasks.kind import Offer


async def lenses(ls: Server, params: types.CodeLensParams) -> list[types.CodeLens]:
    """List the fixes of a document that are ready, each with the command that applies it."""
    document = ls.documents.find(params.text_document.uri)
    if document is None or ls.stock is None:
        return []
    if not (await (await ls.service()).project(document.path)).settings.ahead_lens:
        return []
    return [_lens(ls, document, offer) for offer in _named(document, ls.stock.of(document))]


def lens_from_the_start(ls: Server) -> None:
    """Declare lenses to a client that shows them and cannot be told later.

    Its settings may come only after that (Neovim answers ``workspace/configuration``); where they want none, it
    gets an empty list.
    """
    if ls.client.shows_lens and not ls.client.registers_lens:
        _register(ls)


async def offer_lens(ls: Server) -> None:
    """Declare lenses to a client that can be told later, once the settings ask for them."""
    if not ls.client.registers_lens or has_lenses(ls):
        return
    if not (await first_settings(ls)).ahead_lens or has_lenses(ls):
        return
    _register(ls)
    await declare(ls, "lens", types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensRegistrationOptions())


def _named(document: Document, found: Iterable[Ready]) -> Iterator[Offer]:
    """Tell apart what stands above one line; a lens is seen at its line, so those of others may be called the same."""
    lines = document.snapshot.lines
    rows: dict[int, list[Offer]] = defaultdict(list)
    for ready in found:
        rows[lines.line_at(ready.offer.target.start)].append(ready.offer)
    for row in rows.values():
        yield from told_apart(row, lines)


def _lens(ls: Server, document: Document, offer: Offer) -> types.CodeLens:
    title = f"{offer.title} (ready, free)"
    carried = ticket.issue(offer, document.snapshot)
    where = place(ls, document.snapshot, offer.target)
    return types.CodeLens(where, types.Command(title, APPLY, arguments=[carried]))


def _register(ls: Server) -> None:
    ls.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions())(lenses)
