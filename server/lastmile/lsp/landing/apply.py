"""Asks the client to apply an edit, and tells the person where it did not."""

from __future__ import annotations

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lastmile.lsp.host import Server

_SECONDS = 600.0
"""A client may let the person look at the edit first."""


async def apply_edit(ls: Server, edit: types.WorkspaceEdit, *, label: str) -> bool:
    """Have an edit applied; False where it was not, and then the person has been told why."""
    params = types.ApplyWorkspaceEditParams(edit, label)
    try:
        answer = await ls.protocol.ask(types.WORKSPACE_APPLY_EDIT, params, seconds=_SECONDS)
    except (TimeoutError, JsonRpcException) as error:
        why = str(error) or "it did not answer"
    else:
        if answer is not None and answer.applied:
            return True
        why = (answer.failure_reason if answer is not None else None) or "it did not say why"
    ls.person.tell(f"The editor did not apply the edit: {why.rstrip('.')}.", kind=types.MessageType.Warning)
    return False
