"""The menu: what can be done at a range. It asks no model and reads no disk.

A cursor that selects nothing is offered the fixes of its whole line, those that it touches first: Neovim names
only the findings that it touches, and a person means the line that is marked.

The page of the document's present edition is used, and waited for where it is being made. What was made
ahead for this very text stands first and brings its edit along (`ready`). With
``context.only``, a kind and all below it are given. What was not asked for by the person (trigger
kind "automatic") leaves out what cannot run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from attrs import evolve
from lsprotocol import types

from lastmile.lsp.documents import Document
from lastmile.lsp.host import Server
from lastmile.lsp.pages import Known
from lastmile.lsp.steady import steady
from lastmile.lsp.wire import decode, encode, ticket
from lastmile.lsp.wire.alike import told_apart
from lastmile.lsp.wire.made import Made
from lastmile.text.edits import Span

if TYPE_CHECKING:
    from lastmile.quoting import Quote
    from lastmile.tasks.kind import Offer
    from lastmile.text.lines import LineIndex

_QUICK, _FIX = "quickfix", "fix"
KINDS = (_QUICK, "refactor.rewrite", "refactor.extract", "source.fixAll.lastmile", "source.lastmile")
"""What the server says it offers; the kinds of tasks lie below these."""

_IN_VAIN = "The rules tried it on this very text, and nothing passed. No other tier can do it now."

_MOST = 60
"""Entries of one menu: a selection of a whole file has thousands, and nobody reads them."""


def register(server: Server) -> None:
    """Register the handler."""
    options = types.CodeActionOptions(code_action_kinds=list(KINDS), resolve_provider=True)
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)(actions)


async def actions(ls: Server, params: types.CodeActionParams) -> list[dict[str, Any]]:
    """List what can be done."""
    document = ls.document(params.text_document.uri)
    snapshot, context = document.snapshot, params.context
    span = decode.span_within(snapshot.lines, params.range, ls.client.encoding)
    # Neovim sends the findings of the whole line, and means them wherever the cursor stands on it.
    findings = [decode.span(snapshot.lines, item.range, ls.client.encoding) for item in context.diagnostics[:_MOST]]
    foreign = decode.foreign(context.diagnostics, snapshot.lines, ls.client.encoding)
    known = await steady(ls.documents, document, ls.pages.known)
    page = known.project.fresh(known.page)
    known = evolve(known, page=evolve(page, diagnostics=(*page.diagnostics, *foreign)) if foreign else page)
    automatic = context.trigger_kind is types.CodeActionTriggerKind.Automatic
    wanted = [_value(kind) for kind in context.only or ("",)]
    found = islice(_offers(known, dict.fromkeys((span, *findings, _around(snapshot.lines, span))), wanted), _MOST)
    offers = [(offer, _made(ls, document, offer, span)) for offer in found]
    quotes = await known.project.quotes([offer for offer, _ in offers], known.page)
    quotes = tuple(
        evolve(quote, gave_up="" if made else _gave_up(ls, known, document, offer))
        for (offer, made), quote in zip(offers, quotes, strict=True)
    )
    judged = [(_judged(offer, quote, made), quote, made) for (offer, made), quote in zip(offers, quotes, strict=True)]
    judged.sort(key=lambda item: _rank(*item, span=span))
    shown = [item for item in judged if not item[0].disabled or (ls.client.disabled and not automatic)]
    named = told_apart([offer for offer, _, _ in shown], snapshot.lines)
    return [_encoded(ls, known, offer, quote, made) for offer, (_, quote, made) in zip(named, shown, strict=True)]


def _offers(known: Known, spans: Iterable[Span], only: Sequence[str]) -> Iterator[Offer]:
    """Go over what can be done at the cursor, which comes first, and against what is wrong around it."""
    seen = set()
    for offer in _found(known, spans, only):
        key = (offer.kind, offer.target, offer.title)
        if key not in seen:
            seen.add(key)
            yield offer


def _found(known: Known, spans: Iterable[Span], only: Sequence[str]) -> Iterator[Offer]:
    for at, span in enumerate(spans):
        for kind in known.project.kinds.values():
            if (not at or _QUICK in kind.menus) and any(_is_within(menu, only) for menu in kind.menus):
                yield from (offer for offer in kind.offers(known.page, span) if _is_within(offer.menu, only))


def _around(lines: LineIndex, span: Span) -> Span:
    """Give the line of a cursor, which is about all that is wrong on its line; a selection is what it is."""
    row = lines.line_at(span.start)
    return span if span.start != span.end else Span(lines.start(row), lines.end(row))


def _rank(offer: Offer, quote: Quote, made: Made | None, *, span: Span) -> tuple[bool, bool, bool, bool, bool]:
    """Put what is wrong before what could be better; then what is at the cursor, what is ready, what is surely right.

    A fix that nobody can make or has made stands behind those that may come to something. Clients show the order
    that they get.
    """
    is_fix, unready = offer.menu == _QUICK, made is None
    hopeless = is_fix and unready and bool(offer.disabled or quote.gave_up)
    away = is_fix and not offer.target.touches(span)
    return unready and not is_fix, hopeless, away, unready, not offer.preferred


def _made(ls: Server, document: Document, offer: Offer, span: Span) -> Made | None:
    """Give the edit of an entry that is ready."""
    if ls.stock is None:
        return None
    from lastmile.lsp.readying.ready import made  # noqa: PLC0415 - loaded with what makes things ready

    ls.stock.looked_at[document.key] = span.start
    found = ls.stock.find(document, offer)
    return None if found is None else made(ls, document.snapshot, found)


def _gave_up(ls: Server, known: Known, document: Document, offer: Offer) -> str:
    """Name who tried it ahead, on this very text, and would not get it done now; nobody where a free tier is left."""
    tried = () if ls.stock is None else ls.stock.gave_up(document, offer)
    if not tried:
        return ""
    from lastmile.readiness import ladder  # noqa: PLC0415 - the start does without it

    left = [rung.name for rung in ladder(known.project) if rung.free and not rung.off and rung.name not in tried]
    return "" if left and offer.may_use_model else ", ".join(tried)


def _encoded(ls: Server, known: Known, offer: Offer, quote: Quote, made: Made | None) -> dict[str, Any]:
    snapshot = known.page.snapshot
    return encode.action(offer, snapshot, ls.client, quote=quote, ticket=ticket.issue(offer, snapshot), ready=made)


def _judged(offer: Offer, quote: Quote, made: Made | None) -> Offer:
    """Disable an offer that no tier can draft now, or that rules alone draft, who did not get this very text done."""
    only = quote.gave_up and offer.kind == _FIX and not quote.model and quote.up_to is None and not quote.unpriced
    why = quote.barred or (_IN_VAIN if only else "")
    return offer if offer.disabled or made else evolve(offer, disabled=why)


def _is_within(menu: str, only: Sequence[str]) -> bool:
    """Tell whether a kind is one of those asked for, or below one; the empty kind holds all."""
    return any(kind in {"", menu} or menu.startswith(f"{kind}.") for kind in only)


def _value(kind: types.CodeActionKind | str) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else kind
