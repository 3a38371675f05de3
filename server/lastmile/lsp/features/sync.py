"""Keeps the open documents as the editor has them, and says to others that they changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from lsprotocol import types

from lastmile.lsp.completing.wishes import resting
from lastmile.lsp.documents import Document
from lastmile.lsp.features import diagnostics
from lastmile.lsp.host import Server
from lastmile.lsp.landing import arriving
from lastmile.lsp.readying import showing
from lastmile.lsp.readying.settling import settle, written

_SETTINGS_FILES = {"lastmile.toml", "pyproject.toml", "ruff.toml", ".ruff.toml"}


def register(server: Server) -> None:
    """Register the handlers."""
    server.feature(types.TEXT_DOCUMENT_DID_OPEN)(opened)
    server.feature(types.TEXT_DOCUMENT_DID_CHANGE)(changed)
    server.feature(types.TEXT_DOCUMENT_DID_SAVE)(saved)
    server.feature(types.TEXT_DOCUMENT_DID_CLOSE)(closed)
    server.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)(notebook_opened)
    server.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)(notebook_changed)
    server.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)(notebook_closed)


def opened(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
    """Take a document."""
    _open(ls, [params.text_document])


def changed(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
    """Take the changes of a document."""
    _changed(ls, ls.documents.change(params.text_document, params.content_changes))


async def saved(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
    """Look which of our edits the person kept; settings may have changed by the save, so lint anew."""
    document = ls.documents.find(params.text_document.uri)
    if document is None:
        return
    fates = ls.survival.saved(document.key, document.snapshot)
    ls.completions.seen(document)
    if _name(document) in _SETTINGS_FILES:
        diagnostics.all_anew(ls)
    else:
        ls.pages.drop(document)
        showing.show_soon(ls, document, wait=False)
        if ls.failing - {document.key}:
            showing.show_again(ls)  # what failed on the older text may pass now
    written(ls, document)
    settle(ls, wait=False)
    if fates:  # all at once: the end may come right behind the save, and ends what has not begun
        service = await ls.service()
        await asyncio.gather(*(service.kept(task, kept=kept) for task, kept in fates.items()))


def closed(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
    """Forget a document."""
    _close(ls, [params.text_document.uri])


def notebook_opened(ls: Server, params: types.DidOpenNotebookDocumentParams) -> None:
    """Take a notebook's cells, each as a document."""
    _open(ls, params.cell_text_documents)


def notebook_changed(ls: Server, params: types.DidChangeNotebookDocumentParams) -> None:
    """Take cells that came, went or changed; their order does not matter here."""
    cells = params.change.cells
    if cells is None:
        return
    if cells.structure is not None:
        _close(ls, [item.uri for item in cells.structure.did_close or ()])
        _open(ls, cells.structure.did_open or ())
    for content in cells.text_content or ():
        _changed(ls, ls.documents.change(content.document, content.changes))


def notebook_closed(ls: Server, params: types.DidCloseNotebookDocumentParams) -> None:
    """Forget a notebook's cells."""
    _close(ls, [item.uri for item in params.cell_text_documents])


def _open(ls: Server, items: Iterable[types.TextDocumentItem]) -> None:
    for item in items:
        if (before := ls.documents.find(item.uri)) is not None:
            ls.pages.drop(before)
        document = ls.documents.open(item)
        arriving.changed(ls, document)
        ls.completions.seen(document, line=0)
        showing.show_soon(ls, document, wait=False)
    settle(ls, wait=False)


def _changed(ls: Server, document: Document | None) -> None:
    if document is None:
        return
    ls.pages.drop(document)
    ls.completions.changed(document)
    ls.background.cancel(resting(document))
    arriving.changed(ls, document)
    showing.show_soon(ls, document, wait=True)
    settle(ls, wait=True)


def _close(ls: Server, uris: Iterable[str]) -> None:
    for uri in uris:
        if (document := ls.documents.close(uri)) is not None:
            ls.pages.drop(document)
            ls.survival.closed(document.key)
            ls.failing.discard(document.key)
            ls.completions.closed(document)
            ls.background.cancel(resting(document))
            showing.clear(ls, document)
            written(ls, document)
            if ls.stock is not None:
                ls.stock.closed(document)
    settle(ls, wait=True)


def _name(document: Document) -> str:
    return Path(document.uri).name if document.path is None else document.path.name
