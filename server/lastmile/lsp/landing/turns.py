"""One edit at a time into a document, for clients that apply an edit whatever text it was made for.

A client that knows versions refuses an edit for a text that is gone. Any other applies it, and may say that it did
before it says how the document changed, as Kate does: an edit made for the text before would land beside its place.
Drafts are made side by side all the same; they wait for each other here, to land. Nothing here knows what lands.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from attrs import define
from lsprotocol import types

from lastmile.errors import StaleError
from lastmile.lsp.documents import Document
from lastmile.lsp.host import Server
from lastmile.lsp.landing.apply import apply_edit

_SECONDS = 2.0
"""How long a client may take to tell of a change that it says it made. Kate 22.12 took less than one second."""


@define(eq=False)
class Turn:
    """The turn of one edit; a context, which passes the turn on at its end."""

    _ls: Server
    _document: Document | None
    """None where there is nothing to wait for."""

    _held: bool = False

    @classmethod
    def of(cls, ls: Server, uri: str) -> Self:
        """Stand in line for a document, without waiting yet."""
        return cls(ls, None if ls.client.versioned_edits else ls.documents.find(uri))

    async def __aenter__(self) -> Self:
        """Begin without the turn."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Pass the turn on."""
        if self._held and self._document is not None:
            self._document.landing.release()

    async def take(self) -> None:
        """Wait for the edits before, until the document shows them; a second time does nothing.

        Raises `StaleError` where it does not show one; the next edit does not wait for that again.
        """
        if self._document is None or self._held:
            return
        await self._document.landing.acquire()
        self._held = True
        unseen = self._document.unseen
        if unseen is None:
            return
        try:
            async with asyncio.timeout(_SECONDS):
                await unseen.wait()
        except TimeoutError:
            message = f"The editor does not show the edit before in {self._document.snapshot.name} yet. Ask again."
            raise StaleError(message) from None
        finally:
            self._document.unseen = None

    async def apply(self, edit: types.WorkspaceEdit, *, uri: str, label: str) -> bool:
        """Have an edit of a document applied; False where it was not, and then the person has been told why."""
        document = None if self._document is None else self._ls.documents.find(uri)
        edition = document.edition if document is not None else 0
        applied = await apply_edit(self._ls, edit, label=label)
        if applied and document is not None and document.edition == edition:
            document.unseen = asyncio.Event()
        return applied
