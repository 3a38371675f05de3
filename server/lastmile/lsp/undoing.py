"""Turns an applied edit around, for the document as it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from lastmile.lsp import encode
from lastmile.lsp.host import Server
from lastmile.text.edits import carry
from lastmile.tools.compare import differ

if TYPE_CHECKING:
    from lsprotocol import types

    from lastmile.lsp.receipts import Applied


async def undoing(ls: Server, applied: Applied) -> types.WorkspaceEdit | None:
    """Give the edit that puts back what was there before; None where that place changed, or the document is closed.

    What a person wrote elsewhere since then stays.
    """
    document = ls.documents.find(applied.edit.snapshot.uri)
    if document is None:
        return None
    project = await (await ls.service()).project(document.path)
    now, made, before = document.snapshot, applied.edit.text, applied.edit.snapshot.text
    back = await differ(project.offload, made, before)
    if now.text != made:
        carried = carry(back, await differ(project.offload, made, now.text))
        if carried is None or now.text == before:
            return None
        back = carried
    client = evolve(ls.client, annotations=ls.client.annotations and not ls.client.announces)
    label = f"Undo: {applied.title}"
    return encode.workspace_edit(now, back, client, label=label, receipt="undone, and reported as wrong")
