"""Shows findings, and which have a fix ready: pushed, or pulled by clients that do that and are told to come again.

A document that changes is linted anew once it has rested for a moment; what was under way for the
older text ends. Setting ``diagnostics``: ``all`` shows everything, ``own`` nothing of ruff's, ``off`` nothing.
Nothing is decided here of when something is made ready.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lastmile.errors import StaleError, ToolError
from lastmile.lsp.documents import Document
from lastmile.lsp.host import Server
from lastmile.lsp.pages import Findings
from lastmile.lsp.wire import encode
from lastmile.text.diagnostic import FAILED, SOURCE, Diagnostic, Severity
from lastmile.text.edits import Span

_REST = 0.15
"""Seconds without a change after which a document is linted: longer than the pause between two keys."""

_MOST = 1000
"""Diagnostics of one document: VS Code shows no more, and a person reads fewer."""

NOT_SHOWN = "not-shown"
"""The code of the diagnostic that says how many more there are."""

_STEP = 100
_REFRESH_SECONDS = 20.0


def show_soon(ls: Server, document: Document, *, wait: bool) -> None:
    """Lint and push, after a rest where ``wait``; clients that pull come by themselves."""
    if not ls.client.pulls_diagnostics:
        ls.background.start(_show(ls, document, wait=wait), name=("lint", document.key))


def clear(ls: Server, document: Document) -> None:
    """Take a closed document's diagnostics off the screen."""
    ls.background.cancel(("lint", document.key))
    if not ls.client.pulls_diagnostics:
        _publish(ls, {"uri": document.uri, "diagnostics": []})


def show_again(ls: Server) -> None:
    """Show what is known now: other tests are known to fail. Nothing is linted anew."""
    if ls.client.pulls_diagnostics and ls.client.refreshes_diagnostics:
        ls.background.start(_refresh(ls, types.WORKSPACE_DIAGNOSTIC_REFRESH), name="refresh")
    for document in ls.documents:
        show_soon(ls, document, wait=False)


def show_ready(ls: Server, document: Document) -> None:
    """Show which findings of a document have a fix ready, as a lens too. Nothing is linted anew."""
    if ls.client.pulls_diagnostics and ls.client.refreshes_diagnostics:
        ls.background.start(_refresh(ls, types.WORKSPACE_DIAGNOSTIC_REFRESH), name="refresh")
    if has_lenses(ls) and ls.client.refreshes_lens:
        ls.background.start(_refresh(ls, types.WORKSPACE_CODE_LENS_REFRESH), name="lens")
    show_soon(ls, document, wait=False)


def has_lenses(ls: Server) -> bool:
    """Tell whether lenses were declared."""
    return types.TEXT_DOCUMENT_CODE_LENS in ls.protocol.fm.features


async def _show(ls: Server, document: Document, *, wait: bool) -> None:
    if wait:
        await asyncio.sleep(_REST)
    version = document.version
    with suppress(StaleError):  # a change that came between has its own turn
        found = await ls.pages.findings(document)
        shown = await encoded(ls, found, await chosen(ls, document, found), ready(ls, document))
        _publish(ls, {"uri": document.uri, "version": version, "diagnostics": shown})
        await ls.pages.known(document)  # the menu will want it


async def _refresh(ls: Server, what: str) -> None:
    """Have the client ask again. One that is slow or says no has what it has until it asks by itself."""
    with suppress(TimeoutError, JsonRpcException):
        await ls.protocol.ask(what, None, seconds=_REFRESH_SECONDS)


async def chosen(ls: Server, document: Document, found: Findings) -> tuple[Diagnostic, ...]:
    """Give what the settings have shown of a document, no more than can be shown."""
    from lastmile.config.tree import Diagnostics  # noqa: PLC0415 - the start does without it

    wanted = found.project.settings.diagnostics
    if wanted is Diagnostics.OFF:
        return ()
    told: tuple[Diagnostic, ...] = ()
    with suppress(ToolError):  # ruff's failure and the worker's are told where they are met first
        told = await found.project.told(found.snapshot, lambda: ls.documents.others(None))
    ls.failing.add(document.key) if FAILED in {item.code for item in told} else ls.failing.discard(document.key)
    others = (item for item in found.diagnostics if wanted is Diagnostics.ALL or item.source == SOURCE)
    return _shown((*others, *told))


def _shown(found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """Give as many as can be shown, the last of which says how many are not, where the first of those stands."""
    if len(found) <= _MOST:
        return found
    shown, left = found[: _MOST - 1], found[_MOST - 1 :]
    message = f"{len(left)} more findings of this document are not shown. What can be done is offered at each of them."
    return (*shown, Diagnostic(SOURCE, NOT_SHOWN, message, left[0].span, Severity.INFORMATION))


def ready(ls: Server, document: Document) -> frozenset[tuple[str, Span]]:
    """Give the findings that have a fix ready, by code and place."""
    return ls.stock.tell(document) if ls.stock is not None else frozenset()


async def encoded(
    ls: Server, found: Findings, chosen: tuple[Diagnostic, ...], ready: frozenset[tuple[str, Span]]
) -> list[dict[str, Any]]:
    """Encode in steps, so that nobody waits for the end of a long list."""
    items: list[dict[str, Any]] = []
    for start in range(0, len(chosen), _STEP):
        step = chosen[start : start + _STEP]
        lines = found.snapshot.lines
        items += [
            encode.diagnostic(item, lines, ls.client, ready=bool(ready) and (item.code, item.span) in ready)
            for item in step
        ]
        await asyncio.sleep(0)
    return items


def _publish(ls: Server, params: dict[str, Any]) -> None:
    ls.protocol.tell(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)
