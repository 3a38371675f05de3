"""The editor's documents, as completing hears of them.

The completer is made when a completion is first wanted and may be made. Until then nothing of it is
imported, nothing runs and nothing is remembered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import TYPE_CHECKING

from attrs import define, field

from lastmile.lsp.documents import Document, Documents
from lastmile.text.snapshot import Snapshot

if TYPE_CHECKING:
    from lastmile.complete.completer import Completer
    from lastmile.complete.definitions import Other
    from lastmile.service import Service

_MODULE = "lastmile.complete.completer"


@define(eq=False)
class Completions:
    """The completer of a server, and what it is told."""

    service: Callable[[], Awaitable[Service]]
    documents: Documents
    completer: Completer | None = field(default=None, init=False)
    """None until a completion was wanted, and where there is no model for it."""

    async def wake(self) -> Completer | None:
        """Give the completer, made where there is a model for it."""
        service = await self.service()
        if self.completer is None and service.filler is not None:
            await asyncio.to_thread(import_module, _MODULE)
        if self.completer is None and service.filler is not None:
            from lastmile.complete.completer import make  # noqa: PLC0415 - imported in a thread just now

            shared = service.shared
            self.completer = make(
                service.filler, shared.offload, shared.clock, books=service.ledger, text_of=self._text_of
            )
        return self.completer

    def changed(self, document: Document) -> None:
        """Hear of a key."""
        if self.completer is not None:
            self.completer.key(document.key, lambda: document.snapshot)

    def seen(self, document: Document, *, line: int | None = None) -> None:
        """Hear of a document that was opened or saved."""
        if self.completer is not None:
            self.completer.context.seen(document.snapshot, line)

    def closed(self, document: Document) -> None:
        """Hear of a document that is gone."""
        if self.completer is not None:
            self.completer.closed(document.key, document.snapshot)

    async def rest(self, document: Document) -> None:
        """Have the model read ahead once typing rests."""
        if self.completer is not None:
            await self.completer.rest(document.key, lambda: self._snapshot(document), self._others)

    async def close(self) -> None:
        """End what runs."""
        if self.completer is not None:
            await self.completer.close()

    def _snapshot(self, document: Document) -> Snapshot | None:
        return document.snapshot if any(item is document for item in self.documents) else None

    def _text_of(self, key: str) -> str | None:
        return next((item.snapshot.text for item in self.documents if item.key == key), None)

    def _others(self) -> list[Other]:
        from lastmile.complete.definitions import Other  # noqa: PLC0415 - loaded with the completer

        python = (item for item in self.documents if item.language == "python" and item.path is not None)
        return [Other(str(item.path), item.snapshot.text) for item in python]
