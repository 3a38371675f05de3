"""Turns an applied edit around, for the document as it is now."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from attrs import evolve

from lastmile.lsp.host import Server
from lastmile.lsp.wire import encode
from lastmile.text.edits import carry
from lastmile.tools.compare import differ

if TYPE_CHECKING:
    from lsprotocol import types

    from lastmile.lsp.landing.receipts import Applied


class Left(Enum):
    """Why there is nothing to undo, as the person is told; ``{}`` is the document's name."""

    CLOSED = "{} is closed; the edit was left as it is, and noted as wrong. Open it and undo again."
    CHANGED = "{} changed there since; the edit was left as it is, and noted as wrong."
    GONE = "The edit of {} is gone already; it is noted as wrong."


async def undoing(ls: Server, applied: Applied) -> types.WorkspaceEdit | Left:
    """Give the edit that puts back what was there before, or why there is none.

    What a person wrote elsewhere since then stays.
    """
    document = ls.documents.find(applied.edit.snapshot.uri)
    if document is None:
        return Left.CLOSED
    project = await (await ls.service()).project(document.path)
    now, made, before = document.snapshot, applied.edit.text, applied.edit.snapshot.text
    if now.text == before:
        return Left.GONE
    back = carry(await differ(project.offload, made, before), await differ(project.offload, made, now.text))
    if back is None:
        edit, since = applied.edit.replacements, await differ(project.offload, before, now.text)
        return Left.CHANGED if carry(edit, since) is None else Left.GONE  # all that it touched is as it was before
    client = evolve(ls.client, annotations=ls.client.annotations and not ls.client.announces)
    label = f"Undo: {applied.title}"
    return encode.workspace_edit(now, back, client, label=label, receipt="undone, and reported as wrong")
