"""What was made ahead, on its way to the client: as the edit of a menu's entry, or as what a ticket asks for.

It is what the ordinary way would have come to, so it looks the same: label, receipt, survival. A menu may
stay open while texts change, so an entry brings its edit along only where the client refuses one that is for
an older version of the document, and where nothing but that document decided.
"""

from __future__ import annotations

from contextlib import suppress

from attrs import evolve

from lastmile import receipt
from lastmile.ahead.making import Maker
from lastmile.ahead.values import Ready
from lastmile.cascade.outcome import Outcome
from lastmile.errors import ToolError
from lastmile.lsp.documents import Document
from lastmile.lsp.host import Server
from lastmile.lsp.landing import arriving
from lastmile.lsp.landing.landing import Landed
from lastmile.lsp.landing.receipts import Applied
from lastmile.lsp.wire import encode
from lastmile.lsp.wire.client import Client
from lastmile.lsp.wire.made import Made
from lastmile.lsp.wire.ticket import Ticket
from lastmile.text.edits import Span, apply
from lastmile.text.snapshot import Snapshot

_FRESH = 5.0
"""Seconds for which what other files decided is taken as it is, where the client tells of their changes."""


def made(ls: Server, snapshot: Snapshot, ready: Ready) -> Made:
    """Encode what is ready for a text, at the version that the editor has it in, and remember that it goes out."""
    if ls.stock is not None:
        ls.stock.handed.keep(ready)
    outcome = ready.outcome
    title = outcome.task.title or outcome.task.kind
    note = receipt.receipt(outcome, ready.alone)
    edit = encode.workspace_edit(snapshot, ready.replacements, shown(ls.client, outcome), label=title, receipt=note)
    return Made(outcome.task.id, edit, inside=ls.client.versioned_edits and not ready.around)


def asked(ls: Server, document: Document, ticket: Ticket) -> Ready | None:
    """Look whether what a ticket asks for is ready; only for the very text that its menu was for."""
    if ls.stock is None or ticket.text != document.snapshot.digest or ticket.strangers:
        return None
    target = Span(ticket.place.start, ticket.place.start + ticket.place.length)
    return ls.stock.named(document, ticket.kind, target, ticket.detail)


async def certain(ls: Server, document: Document, ready: Ready) -> Ready | None:
    """Judge once more what other files decided, where they may have changed unheard; None where it cannot be used.

    No client tells of every file that a test reads or a type checker looks up, and some tell of none.
    """
    project = await (await ls.service()).project(document.path)
    if ls.client.registers_watchers and project.parts.clock.monotonic() - ready.at <= _FRESH:
        return ready
    snapshot, again = document.snapshot, None
    with suppress(ToolError):  # whoever asks in the ordinary way is told
        page = evolve(await project.page(snapshot), others=ls.documents.others(document.path))
        around = ls.documents.around(document)
        again = await Maker(project, {}).carry(page, [ready.offer], ready, (), around=around)
    if ls.stock is not None:
        ls.stock.shelf.drop(document.key, snapshot.digest, ready.name)
        if again is not None:
            ls.stock.shelf.put(document.key, again)
    return again if document.snapshot.digest == snapshot.digest else None


def landed(snapshot: Snapshot, ready: Ready) -> Landed:
    """Give the edit for the text as it is."""
    return Landed(snapshot, apply(snapshot.text, ready.replacements), ready.replacements)


def going(ls: Server, ready: Ready) -> None:
    """Take note that an edit goes to the editor, which counts once it is applied."""
    arriving.hand(ls, Applied(ready.outcome, landed(ready.snapshot, ready), ready.alone, ready.root))


async def heard(ls: Server, task: str) -> None:
    """Count an edit that a menu brought along once its document shows it. Unknown ones are left out.

    Some editors tell of an edit before they tell of the document's change, and some where it was refused. Emacs'
    eglot 1.9 does not tell of the change before it is idle, which it is not while it waits for the answer.
    Where nothing else was typed it is counted before the next message is read: a save, or the end.
    """
    ready = None if ls.stock is None else ls.stock.handed.find(task)
    if ready is None:
        return
    document = ls.documents.find(ready.snapshot.uri)
    if document is not None and document.snapshot.text == ready.snapshot.text:
        going(ls, ready)
    elif await _is_there(ls, document, ready):
        going(ls, ready)
        if (now := ls.documents.find(ready.snapshot.uri)) is not None:
            arriving.changed(ls, now)
        arriving.count(ls, task)


async def _is_there(ls: Server, document: Document | None, ready: Ready) -> bool:
    from lastmile.lsp.landing.undoing import Left, undoing  # noqa: PLC0415 - the start does without it

    edit = landed(ready.snapshot, ready)
    if document is not None and document.snapshot.text == edit.text:
        return True
    return await undoing(ls, Applied(ready.outcome, edit)) is not Left.GONE


def shown(client: Client, outcome: Outcome) -> Client:
    """Leave labels out where each is a message to be answered, and the edit is small.

    A message after each small thing that cost nothing and asked nobody is a key to press, and no news.
    """
    return evolve(client, annotations=client.annotations and not (client.announces and _is_small(outcome)))


def _is_small(outcome: Outcome) -> bool:
    return outcome.cost == 0 and all(attempt.tier == "rules" for attempt in outcome.attempts)
