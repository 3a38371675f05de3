"""Does what a ticket asks for: the one way from a wish to an edit, for menus and commands alike.

The loop works on the document as it is when the wish comes; `landing` fits its result to the
document as it is then. Where there is no edit, the person is told why, here or in `surfaced`.
"""

from __future__ import annotations

from attrs import evolve, frozen
from lsprotocol import types

from lastmile import receipt
from lastmile.cascade.values import Outcome
from lastmile.errors import StaleError
from lastmile.lsp import encode, uris
from lastmile.lsp.host import Server
from lastmile.lsp.landing import Landed, land
from lastmile.lsp.progress import shown
from lastmile.lsp.surfaced import surface
from lastmile.lsp.ticket import Ticket
from lastmile.text.snapshot import Snapshot


@frozen
class Done:
    """An accepted edit, ready for the client."""

    title: str
    edit: types.WorkspaceEdit


async def fulfil(ls: Server, ticket: Ticket, *, token: int | str | None = None) -> Done | None:
    """Do what the ticket says; None where there is no edit, and then the person has been told.

    Raises `RequestError` where it cannot be begun, with a message for the person.
    """
    snapshot = ls.document(ticket.uri).snapshot
    try:
        return await _fulfil(ls, ticket, snapshot, token)
    except StaleError as error:
        ls.person.tell(str(error), kind=types.MessageType.Warning)
        return None


async def _fulfil(ls: Server, ticket: Ticket, snapshot: Snapshot, token: int | str | None) -> Done | None:
    await ls.settled()
    target = ticket.span(snapshot)
    project = await (await ls.service()).project(snapshot.path)
    async with shown(ls, "Lastmile", token=token) as progress:
        page = await project.page(snapshot, foreign=ticket.foreign(target, snapshot))
        page = evolve(page, others=ls.documents.others(snapshot.path))
        task = await project.make(page, kind=ticket.kind, target=target, detail=ticket.detail)
        progress.title = task.title or progress.title
        outcome = await project.run(task, consent=ls.consent, watch=progress)
        if outcome.text is None:
            surface(ls, project, outcome)
            return None
        landed = await land(ls.documents, project, ticket, old=snapshot, text=outcome.text)
    return _done(ls, outcome, landed)


def _done(ls: Server, outcome: Outcome, landed: Landed) -> Done:
    title = outcome.task.title or outcome.task.kind
    note = receipt.receipt(outcome)
    ls.person.log(f"{title}: {note}")
    key, old = uris.key(landed.snapshot.uri), landed.snapshot.text
    ls.survival.hand(outcome.task.id, key, old=old, new=landed.text, replacements=landed.replacements)
    # A message after each small thing that cost nothing and asked nobody is a key to press, and no news.
    client = evolve(ls.client, annotations=ls.client.annotations and not (ls.client.announces and _is_small(outcome)))
    return Done(title, encode.workspace_edit(landed.snapshot, landed.replacements, client, label=title, receipt=note))


def _is_small(outcome: Outcome) -> bool:
    return outcome.cost == 0 and all(attempt.tier == "rules" for attempt in outcome.attempts)
