"""Does what an entry of the menu says, when the person has chosen it, and fills in its edit."""

from __future__ import annotations

from lsprotocol import types

from lastmile.lsp.host import Server
from lastmile.lsp.wire import ticket


def register(server: Server) -> None:
    """Register the handler."""
    server.feature(types.CODE_ACTION_RESOLVE)(resolve)


async def resolve(ls: Server, params: types.CodeAction) -> types.CodeAction:
    """Run the task; without an edit the action comes back as it is, and the person has been told why.

    The edit counts once it is applied: see `arriving`. An action that is a command has nothing to fill in, and comes
    back too: Helix asks for whatever has no edit.
    """
    if params.data is None and params.command is not None:
        return params
    from lastmile.lsp.work import fulfil  # noqa: PLC0415 - the start does without it

    wanted = ticket.read(params.data)
    done = await ls.flights.join(repr(wanted), lambda: fulfil(ls, wanted))
    if done is not None:
        params.edit = done.edit
        if not done.ahead:
            params.command = None  # it would tell of the edit that the menu had, which is another one
    return params
