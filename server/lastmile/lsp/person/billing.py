"""Shows the person the bill: as a message, or as a page that the client opens in a browser.

What is on either, the ledger says.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

from lsprotocol import types

from lastmile.cascade.events import dollars
from lastmile.files import put
from lastmile.ledger.bill import parse_since
from lastmile.ledger.review import Review
from lastmile.lsp.host import Server
from lastmile.lsp.wire import uris

_OWNER_ALONE = 0o600


async def tell(ls: Server, *, since: str) -> dict[str, Any]:
    """Say in a message what was spent; gives the bill."""
    ledger = (await ls.service()).ledger
    problem = await ledger.ready()
    drawn_up = await ledger.bill(since=_start(since))
    total = drawn_up.total
    top = "" if total.top_cost is None else f", {dollars(total.top_cost)} by {drawn_up.top_tier} for the same work"
    tasks = f"{total.tasks} tasks, {total.cleared} cleared, {total.cleared_free} of them free"
    ls.person.tell(f"Spent {dollars(total.spent)}{top}. {tasks}.{' ' if problem else ''}{problem}")
    return drawn_up.as_json()


async def show(ls: Server, *, since: str) -> dict[str, Any]:
    """Write the page beside the ledger, over the last one, and have it opened; gives the bill and where the page is.

    Where the client cannot open it, a message says where it is. Raises `LedgerError` where the ledger cannot be
    read, `RequestError` where the page cannot be written.
    """
    ledger = (await ls.service()).ledger
    if problem := await ledger.readable():
        ls.person.tell(problem, kind=types.MessageType.Warning)
    review = await ledger.review(since=_start(since))
    path = ledger.path.with_name(f"{ledger.path.stem}-bill.html")
    await asyncio.to_thread(_write, review, path)
    shown = ls.client.shows_documents and await ls.person.show(path, external=True)
    if not shown:
        ls.person.tell(f"The bill is in {path}.")
    return {**review.bill.as_json(), "page": uris.from_path(path), "shown": shown}


def _start(since: str) -> float | None:
    return parse_since(since, now=time.time()) if since else None


def _write(review: Review, path: Path) -> None:
    from lastmile.ledger.page.draw import draw  # noqa: PLC0415 - only who wants a page waits for it

    put(path, draw(review), mode=_OWNER_ALONE)
