"""Does what a ticket asks for: the one way from a wish to an edit, for menus and commands alike.

The loop works on the document as it is when the wish comes; `landing` fits its result to the
document as it is then. Where there is no edit, the person is told why, here or in `surfaced`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from attrs import evolve
from lsprotocol import types

from lastmile.alone import alone
from lastmile.cascade.outcome import Outcome
from lastmile.errors import StaleError
from lastmile.lsp.documents import Document
from lastmile.lsp.host import Server
from lastmile.lsp.landing import arriving
from lastmile.lsp.landing.elsewhere import land_elsewhere
from lastmile.lsp.landing.landing import Landed, land
from lastmile.lsp.landing.receipts import Applied
from lastmile.lsp.person.progress import shown
from lastmile.lsp.person.surfaced import surface
from lastmile.lsp.readying import ready, showing
from lastmile.lsp.readying.settling import aside
from lastmile.lsp.wire import encode
from lastmile.lsp.wire.made import Done
from lastmile.lsp.wire.ticket import Ticket
from lastmile.text.snapshot import Snapshot

if TYPE_CHECKING:
    from lastmile.ahead.values import Ready
    from lastmile.lsp.landing.turns import Turn
    from lastmile.project import Project


async def fulfil(
    ls: Server, ticket: Ticket, *, token: int | str | None = None, turn: Turn | None = None
) -> Done | None:
    """Do what the ticket says; None where there is no edit, and then the person has been told.

    With a turn, the edit is for the document as it is once it is its turn, which lasts as long as the caller holds it.
    Raises `RequestError` where it cannot be begun, with a message for the person.
    """
    document = ls.document(ticket.uri)
    try:
        found = ready.asked(ls, document, ticket)
        if found is not None and turn is not None:
            await turn.take()
            found = ready.asked(ls, document, ticket)
        if found is not None and not found.around:
            return _ready(ls, document, found)
        with aside(ls):
            if found is not None and (certain := await ready.certain(ls, document, found)) is not None:
                return _ready(ls, document, certain)
            return await _fulfil(ls, ticket, document.snapshot, token, turn)
    except StaleError as error:
        ls.person.tell(str(error), kind=types.MessageType.Warning)
        return None


def _ready(ls: Server, document: Document, found: Ready) -> Done:
    made = ready.made(ls, document.snapshot, found)
    ready.going(ls, found)
    return Done(found.offer.title, made.edit, made.task, document.uri, ahead=True)


async def _fulfil(
    ls: Server, ticket: Ticket, snapshot: Snapshot, token: int | str | None, turn: Turn | None
) -> Done | None:
    await ls.settled()
    target = ticket.span(snapshot)
    project = await (await ls.service()).project(snapshot.path)
    with _telling(ls, project):
        async with shown(ls, ticket.title, token=token) as progress:
            page = await project.page(snapshot, foreign=ticket.foreign(target, snapshot))
            page = evolve(page, others=ls.documents.others(snapshot.path))
            task = await project.make(page, kind=ticket.kind, target=target, detail=ticket.detail)
            progress.title = task.title or progress.title
            outcome = await project.run(task, consent=ls.consent, watch=progress)
            if outcome.text is None:
                surface(ls, project, outcome)
                return None
            if turn is not None:
                await turn.take()
            landed = await _land(ls, project, ticket, outcome, snapshot)
            applied = Applied(outcome, landed, await alone(outcome, project.settings), project.root)
    return _done(ls, applied)


@contextmanager
def _telling(ls: Server, project: Project) -> Iterator[None]:
    """Show tests that are found to fail on the way, or to pass again, whatever the task comes to."""
    before = project.told_version
    try:
        yield
    finally:
        if project.told_version != before:
            showing.show_again(ls)


async def _land(ls: Server, project: Project, ticket: Ticket, outcome: Outcome, snapshot: Snapshot) -> Landed:
    """Bring the edit where it belongs, which for a test need not be the document whose menu was used."""
    old, text = outcome.task.snapshot, outcome.text
    assert text is not None  # noqa: S101 - the caller looked
    if old.uri == snapshot.uri:
        return await land(ls.documents, project, ticket, old=snapshot, text=text)
    if old.is_new and not ls.client.creates_files:
        message = f"The editor cannot make {old.name}. Make it, empty, and ask again."
        raise StaleError(message)
    return await land_elsewhere(ls.documents, project, old=old, text=text)


def _done(ls: Server, applied: Applied) -> Done:
    arriving.hand(ls, applied)
    landed = applied.edit
    client = ready.shown(ls.client, applied.outcome)
    edit = encode.workspace_edit(
        landed.snapshot, landed.replacements, client, label=applied.title, receipt=applied.line
    )
    return Done(applied.title, edit, applied.outcome.task.id, landed.snapshot.uri)
