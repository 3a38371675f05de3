"""Answers clients that say they pull diagnostics; how they are shown is in `showing`."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from lsprotocol import types

from lastmile.errors import RequestError, StaleError
from lastmile.lsp.documents import Document
from lastmile.lsp.host import Server
from lastmile.lsp.readying.settling import forget
from lastmile.lsp.readying.showing import chosen, encoded, ready, show_again
from lastmile.lsp.steady import steady


def offer_from_the_start(ls: Server) -> None:
    """Declare that diagnostics can be pulled, to a client that says it pulls.

    To any other they are pushed, and one that goes by what is declared alone, as Neovim does, would have them twice.
    """
    if not ls.client.pulls_diagnostics:
        return
    options = types.DiagnosticOptions(inter_file_dependencies=False, workspace_diagnostics=False, identifier="lastmile")
    ls.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)(pulled)


async def pulled(ls: Server, params: types.DocumentDiagnosticParams) -> dict[str, Any]:
    """Answer with a document's diagnostics, or say that they are as before; none where it is not open.

    Neovim pulls those of buffers without a name too, as ``file://``. Nobody asked it to, so nobody is told that this
    is no document's URI.
    """
    document = None
    with suppress(RequestError):
        document = ls.documents.find(params.text_document.uri)
    if document is None:
        return {"kind": "full", "items": []}
    found = await steady(ls.documents, document, ls.pages.findings)
    shown = await chosen(ls, document, found)
    marks = ready(ls, document)
    result_id = f"{hash((shown, marks)):x}"
    if params.previous_result_id == result_id:
        return {"kind": "unchanged", "resultId": result_id}
    ls.background.start(_prepare(ls, document), name=("page", document.key))
    return {"kind": "full", "items": await encoded(ls, found, shown, marks), "resultId": result_id}


def all_anew(ls: Server) -> None:
    """Lint everything again: settings changed."""
    ls.pages.drop_all()
    forget(ls)
    show_again(ls)


async def _prepare(ls: Server, document: Document) -> None:
    """Get the page that the menu will want."""
    with suppress(StaleError):
        await ls.pages.known(document)
