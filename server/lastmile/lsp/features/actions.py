"""The menu: what can be done at a range. It asks no model and reads no disk.

The page of the document's present edition is used, and waited for where it is being made. With
``context.only``, a kind and all below it are given. What was not asked for by the person (trigger
kind "automatic") leaves out what cannot run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from attrs import evolve
from lsprotocol import types

from lastmile.lsp import decode, encode, ticket
from lastmile.lsp.host import Server
from lastmile.lsp.pages import Known
from lastmile.lsp.steady import steady
from lastmile.text.edits import Span

if TYPE_CHECKING:
    from lastmile.tasks.kind import Offer

KINDS = ("quickfix", "refactor.rewrite", "refactor.extract", "source.fixAll.lastmile", "source.lastmile")
"""What the server says it offers; the kinds of tasks lie below these."""

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
    foreign = decode.foreign(context.diagnostics, snapshot.lines, ls.client.encoding)
    known = await steady(ls.documents, document, ls.pages.known)
    if foreign:
        known = evolve(known, page=evolve(known.page, diagnostics=(*known.page.diagnostics, *foreign)))
    automatic = context.trigger_kind is types.CodeActionTriggerKind.Automatic
    shown = (
        offer
        for offer in _offers(known, span, [_value(kind) for kind in context.only or ("",)])
        if not offer.disabled or (ls.client.disabled and not automatic)
    )
    chosen = sorted(islice(shown, _MOST), key=_rank)
    return [_encoded(ls, known, offer) for offer in chosen]


def _offers(known: Known, span: Span, only: Sequence[str]) -> Iterator[Offer]:
    for kind in known.project.kinds.values():
        if any(_is_within(menu, only) for menu in kind.menus):
            offers = kind.offers(known.page, span)
            yield from (_judged(known, offer) for offer in offers if _is_within(offer.menu, only))


def _rank(offer: Offer) -> tuple[bool, bool]:
    """Put what is surely right first, then what is wrong at the cursor; clients show the order that they get."""
    return not offer.preferred, offer.menu != "quickfix"


def _encoded(ls: Server, known: Known, offer: Offer) -> dict[str, Any]:
    snapshot = known.page.snapshot
    quote = known.project.quote(offer, known.page)
    return encode.action(offer, snapshot, ls.client, quote=quote, ticket=ticket.issue(offer, snapshot))


def _judged(known: Known, offer: Offer) -> Offer:
    """Disable an offer that no tier can draft now."""
    barred = known.project.quote(offer, known.page).barred
    return evolve(offer, disabled=barred) if barred and not offer.disabled else offer


def _is_within(menu: str, only: Sequence[str]) -> bool:
    """Tell whether a kind is one of those asked for, or below one; the empty kind holds all."""
    return any(kind in {"", menu} or menu.startswith(f"{kind}.") for kind in only)


def _value(kind: types.CodeActionKind | str) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else kind
