"""The commands: ``lastmile.apply``, ``lastmile.instruct`` and ``lastmile.bill``."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from lastmile.lsp.host import Server
from lastmile.lsp.landing import arriving
from lastmile.lsp.landing.turns import Turn
from lastmile.lsp.wire import decode, ticket
from lastmile.lsp.wire.encode import APPLIED, APPLY
from lastmile.lsp.wire.failures import invalid
from lastmile.lsp.wire.protocol import PROGRESS_TOKEN

INSTRUCT = "lastmile.instruct"
BILL = "lastmile.bill"


def register(server: Server) -> None:
    """Register the commands."""
    server.command(APPLY)(apply)
    server.command(INSTRUCT)(instruct)
    server.command(BILL)(bill)
    server.command(APPLIED)(applied)


async def apply(ls: Server, *arguments: Any) -> dict[str, bool]:  # noqa: ANN401 - from the wire
    """Do what a menu entry says and have the edit applied; takes the entry's ticket."""
    if len(arguments) != 1:
        message = f"{APPLY} takes one argument: what the menu's entry carries."
        raise invalid(message)
    return await _apply(ls, ticket.read(arguments[0]))


async def instruct(ls: Server, *arguments: Any) -> dict[str, bool]:  # noqa: ANN401 - from the wire
    """Do with a range what an instruction says and have the edit applied: uri, range, instruction."""
    uri, place, instruction = _instruction(arguments)
    snapshot = ls.document(uri).snapshot
    target = decode.span_within(snapshot.lines, place, ls.client.encoding)
    detail = {"instruction": instruction}
    return await _apply(ls, ticket.write("instruct", snapshot, target, detail=detail, title="Instruct"))


async def bill(ls: Server, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - from the wire
    """Tell the person what was spent, and give the whole bill, or open it as a page in the browser.

    Takes nothing, or one object: ``since`` as on the command line, and ``page``, whether a page is wanted. Then
    the answer also has ``page``, the URI of its file, and ``shown``, whether the client opened it.
    """
    from lastmile.lsp.person import billing  # noqa: PLC0415 - the start does without it

    since, page = _bill_wish(arguments)
    return await (billing.show if page else billing.tell)(ls, since=since)


async def applied(ls: Server, *arguments: Any) -> None:  # noqa: ANN401 - from the wire
    """Hear that the edit which a menu's entry brought along was applied, and count it if it was: the task's id."""
    if len(arguments) != 1 or not isinstance(arguments[0], str):
        message = f"{APPLIED} takes one argument: the id of the task that the menu's entry named."
        raise invalid(message)
    from lastmile.lsp.readying.ready import heard  # noqa: PLC0415 - loaded with what makes it

    async with ls.receipts.hearing:
        await heard(ls, arguments[0])


async def _apply(ls: Server, wanted: ticket.Ticket) -> dict[str, bool]:
    from lastmile.lsp.work import fulfil  # noqa: PLC0415 - the start does without it

    async with Turn.of(ls, wanted.uri) as turn:
        done = await fulfil(ls, wanted, token=PROGRESS_TOKEN.get(), turn=turn)
        if done is None:
            return {"applied": False}
        applied = await turn.apply(done.edit, uri=done.uri, label=done.title)
    (arriving.count if applied else arriving.refused)(ls, done.task)
    return {"applied": applied}


def _bill_wish(arguments: tuple[Any, ...]) -> tuple[str, bool]:
    match arguments:
        case () | (None,):
            return "", False
        case ({**wish},) if wish.keys() <= {"since", "page"}:
            since, page = wish.get("since") or "", wish.get("page") or False
            if isinstance(since, str) and isinstance(page, bool):
                return since, page
    message = f'{BILL} takes nothing, or one object: {{"since": "7d", "page": true}}; both may be left out.'
    raise invalid(message)


def _instruction(arguments: tuple[Any, ...]) -> tuple[str, types.Range, str]:
    usage = f"{INSTRUCT} takes three arguments: a document's URI, a range and an instruction."
    if len(arguments) != 3:  # noqa: PLR2004 - as the message says
        raise invalid(usage)
    uri, place, instruction = arguments
    if not isinstance(uri, str) or not isinstance(instruction, str):
        raise invalid(usage)
    try:
        start, end = (types.Position(place[edge]["line"], place[edge]["character"]) for edge in ("start", "end"))
    except (KeyError, TypeError, ValueError) as error:
        raise invalid(usage) from error
    return uri, types.Range(start, end), instruction
