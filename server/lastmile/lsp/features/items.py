"""The completion as an entry of the ordinary list, for editors that show no inline completions.

It is declared only where a setting asks for it, since editors open a list for whoever declares one.
"""

from __future__ import annotations

import re

from lsprotocol import types

from lastmile.lsp.completing.wishes import command, find, place, wish_at
from lastmile.lsp.host import Server
from lastmile.lsp.wire.registering import declare, first_settings
from lastmile.text.edits import Span

_WORD = re.compile(r"\w*\Z")
_LONGEST_LABEL = 80


async def items(ls: Server, params: types.CompletionParams) -> types.CompletionList:
    """Answer with the same completion as an entry of the ordinary list."""
    wish = wish_at(ls, params.text_document.uri, params.position)
    shown = None if wish is None else await find(ls, wish, as_item=True)
    if wish is None or shown is None:
        return types.CompletionList(is_incomplete=True, items=[])
    text, offset = wish.snapshot.text, wish.offset
    line = text[wish.snapshot.lines.start(wish.snapshot.lines.line_at(offset)) : offset]
    found = _WORD.search(line)
    word = found[0] if found is not None else ""
    where = place(ls, wish.snapshot, Span(offset - len(word), offset + len(shown.span)))
    first = shown.text.strip().partition("\n")[0]
    item = types.CompletionItem(
        label=(word + first)[:_LONGEST_LABEL],
        kind=types.CompletionItemKind.Text,
        detail="Lastmile",
        documentation=word + shown.text,
        filter_text=word + first,
        text_edit=types.TextEdit(where, word + shown.text),
        insert_text_mode=types.InsertTextMode.AsIs,
        command=command(shown.id),
    )
    return types.CompletionList(is_incomplete=True, items=[item])


def offer_from_the_start(ls: Server) -> None:
    """Declare items where the client cannot be told later and its first settings ask for them."""
    if ls.client.registers_completion or not isinstance(ls.initial, dict):
        return
    from lastmile.config.resolve import resolve  # noqa: PLC0415 - most starts do without it
    from lastmile.config.sources import from_editor  # noqa: PLC0415 - as above

    if resolve(from_editor(ls.initial)).settings.completion.as_items:
        _register_items(ls)


async def offer_items(ls: Server) -> None:
    """Declare items to a client that can be told later, once the settings ask for them."""
    if not ls.client.registers_completion or _has_items(ls):
        return
    if not (await first_settings(ls)).completion.as_items or _has_items(ls):
        return
    _register_items(ls)
    await declare(ls, "items", types.TEXT_DOCUMENT_COMPLETION, types.CompletionRegistrationOptions())


def _register_items(ls: Server) -> None:
    ls.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions())(items)


def _has_items(ls: Server) -> bool:
    return types.TEXT_DOCUMENT_COMPLETION in ls.protocol.fm.features
