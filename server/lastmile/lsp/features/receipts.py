"""The commands about what was done: its receipt, its report, why it was refused, and that it was wrong.

Each takes a task's id, or nothing for the last one. Where there is none, or the last one was undone, the answer
is null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol.types import MessageType

from lastmile.errors import StaleError
from lastmile.lsp.host import Server
from lastmile.lsp.landing.turns import Turn
from lastmile.lsp.wire.failures import invalid

if TYPE_CHECKING:
    from lastmile.lsp.landing.receipts import Applied

RECEIPT = "lastmile.receipt"
REPORT = "lastmile.report"
WHY = "lastmile.why"
UNDO = "lastmile.undoAndReport"

_LONGEST = 4000
"""Characters of what a person says of an edit."""


def register(server: Server) -> None:
    """Register the commands."""
    server.command(RECEIPT)(receipt)
    server.command(REPORT)(report)
    server.command(WHY)(why)
    server.command(UNDO)(undo)


async def receipt(ls: Server, *arguments: Any) -> dict[str, Any] | None:  # noqa: ANN401 - from the wire
    """Give the receipt of an applied edit in one line, with the task's id and what it did."""
    found = await ls.receipts.edit(*_texts(RECEIPT, arguments, most=1))
    if found is None:
        return None
    compared = None if found.alone is None else found.alone.cost
    cost = {"cost_usd": found.outcome.cost, "top_tier_cost_usd_estimate": compared}
    return {"task": found.outcome.task.id, "title": found.title, "line": found.line, **cost}


async def report(ls: Server, *arguments: Any) -> dict[str, str] | None:  # noqa: ANN401 - from the wire
    """Open the report of a task, applied or refused; gives its file."""
    found = await ls.receipts.ended(*_texts(REPORT, arguments, most=1))
    if found is None:
        _nothing(ls, "There is no report: nothing was asked for yet, or the last edit was taken back.")
        return None
    from lastmile.lsp.person.surfaced import show  # noqa: PLC0415 - the start does without it

    return {"path": str(await show(ls, found.outcome, found.alone, root=found.root))}


async def why(ls: Server, *arguments: Any) -> dict[str, str] | None:  # noqa: ANN401 - from the wire
    """Open the story of a refused task, with links to the places that it is about; gives its file."""
    return await _why(ls, _texts(WHY, arguments, most=1))


async def undo(ls: Server, *arguments: Any) -> dict[str, bool] | None:  # noqa: ANN401 - from the wire
    """Undo an applied edit and write down that it was wrong, with the person's words: task's id, words.

    The words go into the ledger, on this machine, and nowhere else. Where it cannot be written, a message says so.
    """
    task, words = (*_texts(UNDO, arguments, most=2), "", "")[:2]
    async with ls.receipts.undoing:
        found = await ls.receipts.edit(task)
        if found is not None:
            return await _undone(ls, found, words[:_LONGEST])
    _nothing(ls, "There is no edit to take back.")
    return None


async def _undone(ls: Server, found: Applied, words: str) -> dict[str, bool]:
    undone, told = await _undo(ls, found)
    ledger = (await ls.service()).ledger
    await ledger.mark_undone(found.outcome.task.id, words)
    if ledger.problem:
        ls.person.tell(f"That it was wrong is not written down. {ledger.problem}", kind=MessageType.Warning)
    if ls.stock is not None:
        ls.stock.shelf.distrust(found.outcome.task.id)
    if undone:
        ls.receipts.undone(found.outcome.task.id)
    return {"undone": undone, "reported": not ledger.problem, **({"told": True} if told else {})}


def _nothing(ls: Server, words: str) -> None:
    """Tell a person that there is nothing; what knows our status knows our answers too, and says it itself."""
    if not ls.client.hears_status:
        ls.person.tell(words)


async def _why(ls: Server, named: tuple[str, ...]) -> dict[str, str] | None:
    found = ls.receipts.refusal(*named)
    if found is None:
        _nothing(ls, "No task was refused yet.")
        return None
    from lastmile.lsp.person.surfaced import show  # noqa: PLC0415 - the start does without it

    return {"path": str(await show(ls, found.outcome, root=found.root))}


async def _undo(ls: Server, found: Applied) -> tuple[bool, bool]:
    """Put back what an edit replaced, where it is still there as it was put in.

    Tells whether it is gone now, and whether the person was told why nothing was put back.
    """
    from lastmile.lsp.landing.undoing import Left, undoing  # noqa: PLC0415 - the start does without it

    uri = found.edit.snapshot.uri
    async with Turn.of(ls, uri) as turn:
        try:
            await turn.take()  # the edit before may be the very one, of which the document shows nothing yet
        except StaleError as error:
            ls.person.tell(str(error), kind=MessageType.Warning)
            return False, True
        edit = await undoing(ls, found)
        if isinstance(edit, Left):
            ls.person.tell(edit.value.format(found.edit.snapshot.name))
            return edit is Left.GONE, True
        undone = await turn.apply(edit, uri=uri, label=f"Undo: {found.title}")
    return undone, not undone


def _texts(command: str, arguments: tuple[Any, ...], *, most: int) -> tuple[str, ...]:
    if len(arguments) > most or not all(item is None or isinstance(item, str) for item in arguments):
        what = "a task's id" if most == 1 else "a task's id and what is wrong with its edit"
        message = f"{command} takes {what}, both texts, or nothing for the last one."
        raise invalid(message if most > 1 else message.replace(", both texts,", ","))
    return tuple(item or "" for item in arguments)
