"""A wish for a completion: what the client asks for, and how it is found and taken note of.

Both ways of showing one come here: `features.completion` and `features.items`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen
from lsprotocol import types

from lastmile.errors import RequestError
from lastmile.lsp.documents import Document
from lastmile.lsp.host import Server
from lastmile.lsp.wire import decode
from lastmile.lsp.wire.failures import invalid
from lastmile.text.edits import Replacement, Span, apply
from lastmile.text.positions import to_position
from lastmile.text.snapshot import Snapshot

if TYPE_CHECKING:
    from lastmile.complete.values import Completion

COMPLETED = "lastmile.completed"


@frozen
class Wish:
    """What is asked for: a place in a document, or in what it will be once a chosen item is in it."""

    document: Document
    snapshot: Snapshot
    """As it is in the editor."""

    offset: int
    chosen: Replacement | None = None
    """The item of the list that the person has chosen, but not taken yet."""

    invoked: bool = False

    @property
    def start(self) -> int:
        """Where an answer begins, in the editor's text."""
        return self.offset if self.chosen is None else self.chosen.span.start

    @property
    def typed(self) -> str:
        """What an answer begins with."""
        return "" if self.chosen is None else self.chosen.text


def wish_at(
    ls: Server, uri: str, position: types.Position, *, chosen: types.SelectedCompletionInfo | None = None
) -> Wish | None:
    """Read what is asked for; None where the document is not open."""
    try:
        document = ls.documents.find(uri)
    except RequestError as error:
        raise invalid(str(error)) from error
    if document is None:
        return None
    snapshot, encoding = document.snapshot, ls.client.encoding
    offset = decode.offset(snapshot.lines, position, encoding)
    if chosen is None:
        return Wish(document, snapshot, offset)
    span = decode.span(snapshot.lines, chosen.range, encoding)
    # Neovim tells what is selected in visual mode, which is nothing that will be put in.
    fits = span.end == offset and span.of(snapshot.text) != chosen.text
    return Wish(document, snapshot, offset, Replacement(span, chosen.text) if fits else None)


def virtual(wish: Wish) -> tuple[Snapshot, int]:
    """Give the text as it is once the chosen item is in it, and the cursor's place there."""
    if wish.chosen is None:
        return wish.snapshot, wish.offset
    old = wish.snapshot
    snapshot = Snapshot(old.uri, apply(old.text, [wish.chosen]), old.path, old.language, old.version)
    return snapshot, wish.start + len(wish.typed)


def resting(document: Document) -> tuple[str, str]:
    """Name the background work that waits until typing in a document rests."""
    return ("rest", document.key)


async def find(ls: Server, wish: Wish, *, as_item: bool = False) -> Completion | None:
    """Find a completion and take note that it is shown; None where the document has changed by then."""
    edition = wish.document.edition
    await ls.settled()
    project = await (await ls.service()).project(wish.snapshot.path)
    settings = project.settings.completion
    if not settings.enabled or (as_item and not settings.as_items):
        return None
    completer = await ls.completions.wake()
    if completer is None:
        return None
    from lastmile.complete.values import Cursor  # noqa: PLC0415 - loaded with the completer
    from lastmile.ledger.rows import Place  # noqa: PLC0415 - loaded with the service

    name = Place(str(project.root or ""), project.settings.privacy.plain_paths).name
    snapshot, offset = virtual(wish)
    cursor = Cursor(wish.document.key, snapshot, offset, wish.invoked)
    ls.background.start(ls.completions.loading())
    found = await completer.find(cursor, settings, project=name)
    if wish.document.edition != edition or ls.documents.find(wish.document.uri) is not wish.document:
        return None
    if not settings.battery_saver:
        ls.background.start(ls.completions.rest(wish.document), name=resting(wish.document))
    return None if found is None else completer.show(found, settings)


def place(ls: Server, snapshot: Snapshot, span: Span) -> types.Range:
    """Give a span as the client counts."""
    edges = (to_position(snapshot.lines, at, ls.client.encoding) for at in (span.start, span.end))
    start, end = (types.Position(edge.line, edge.character) for edge in edges)
    return types.Range(start, end)


def command(identifier: str) -> types.Command:
    """Give what the client executes once it has put a completion in."""
    return types.Command("Completion accepted", COMPLETED, arguments=[identifier])
