"""Answers clients that pull diagnostics; how they are shown is in `showing`."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from lsprotocol import types

from lastmile.errors import StaleError
from lastmile.lsp.documents import Document
from lastmile.lsp.host import Server
from lastmile.lsp.readying.settling import forget
from lastmile.lsp.readying.showing import chosen, encoded, ready, show_again
from lastmile.lsp.steady import steady


def register(server: Server) -> None:
    """Register the handlers."""
    options = types.DiagnosticOptions(inter_file_dependencies=False, workspace_diagnostics=False, identifier="lastmile")
    server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)(pulled)


async def pulled(ls: Server, params: types.DocumentDiagnosticParams) -> dict[str, Any]:
    """Answer with a document's diagnostics, or say that they are as before; none where it is not open."""
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
