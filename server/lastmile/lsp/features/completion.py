"""Inline completion, and what the editor says became of one.

It is declared whether or not there is a model: the answer is empty then, and a model that comes later
needs no new start.
"""

from __future__ import annotations

from typing import Any

from attrs import evolve
from lsprotocol import types

from lastmile.lsp.completing.wishes import COMPLETED, command, find, place, wish_at
from lastmile.lsp.host import Server
from lastmile.lsp.wire.failures import invalid
from lastmile.text.edits import Span

YANKED = "lastmile.yanked"

_LONGEST_YANK = 20_000


def register(server: Server) -> None:
    """Register the handlers."""
    server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions())(inline)
    server.command(COMPLETED)(completed)
    server.command(YANKED)(yanked)


async def inline(ls: Server, params: types.InlineCompletionParams) -> types.InlineCompletionList:
    """Answer with one completion, or none."""
    wish = wish_at(ls, params.text_document.uri, params.position, chosen=params.context.selected_completion_info)
    invoked = params.context.trigger_kind is types.InlineCompletionTriggerKind.Invoked
    shown = None if wish is None else await find(ls, evolve(wish, invoked=invoked))
    if wish is None or shown is None:
        return types.InlineCompletionList([])
    where = place(ls, wish.snapshot, Span(wish.start, wish.offset + len(shown.span)))
    item = types.InlineCompletionItem(wish.typed + shown.text, range=where, command=command(shown.id))
    return types.InlineCompletionList([item])


async def completed(ls: Server, *arguments: Any) -> None:  # noqa: ANN401 - from the wire
    """Hear that a completion was accepted, by its id, or how many characters of it were: id, characters."""
    identifier, characters = (*arguments, None, None)[:2]
    whole = characters is None
    if not isinstance(identifier, str) or not (whole or (isinstance(characters, int) and characters >= 0)):
        message = f"{COMPLETED} takes a completion's id, and the number of its characters that were taken if not all."
        raise invalid(message)
    if (completer := ls.completions.completer) is not None:
        completer.fates.told(identifier, characters=characters)


async def yanked(ls: Server, *arguments: Any) -> None:  # noqa: ANN401 - from the wire
    """Hear of a text that the person copied: uri, text."""
    if len(arguments) != 2 or not all(isinstance(item, str) for item in arguments):  # noqa: PLR2004 - as it says
        message = f"{YANKED} takes two arguments: a document's URI and the text that was copied from it."
        raise invalid(message)
    document = ls.documents.find(arguments[0])
    if (completer := ls.completions.completer) is not None and document is not None:
        completer.context.yanked(arguments[1][:_LONGEST_YANK], document.snapshot.name)
