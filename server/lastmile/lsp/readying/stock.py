"""What is ready for the open documents, what was tried, and what the client was told of both.

Nothing is made, judged or shown here, and the server is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from attrs import define, field, frozen

from lastmile.ahead.handed import Handed
from lastmile.ahead.shelf import Shelf
from lastmile.ahead.values import Name, Ready, name_of
from lastmile.ahead.waiting import Why
from lastmile.lsp.documents import Document, Documents
from lastmile.lsp.readying.spending import Spending
from lastmile.tasks.kind import Offer
from lastmile.text.edits import Span

_AROUND = 200
"""Characters on either side of a place that say whether what did not pass there is worth another try."""


@frozen
class _Told:
    """What is ready for a text."""

    digest: str
    names: frozenset[Name] = frozenset()


@define(eq=False)
class Stock:
    """What is ready, and what making more of it may take."""

    documents: Documents
    spending: Spending = field(factory=Spending)
    shelf: Shelf = field(factory=Shelf, init=False)
    handed: Handed = field(factory=Handed, init=False)
    """What menus brought along, whatever became of it on the shelf."""

    looked_at: dict[str, int] = field(factory=dict, init=False)
    """Where in each document a menu was asked for last."""

    drafters: dict[str, tuple[str, ...]] = field(factory=dict, init=False)
    """Who drafted for each document last."""

    said: Why | None = field(default=None, init=False)
    """What the client was told last holds this up."""

    shown: float = field(default=0.0, init=False)
    """When something that is ready was shown last, in seconds of a clock that only goes forward."""

    _told: dict[str, _Told] = field(factory=dict, init=False)
    """What the client was told last of each document."""

    def find(self, document: Document, offer: Offer) -> Ready | None:
        """Look for the edit of a menu's entry, for the text as it is now."""
        return self.named(document, offer.kind, offer.target, offer.detail)

    def named(self, document: Document, kind: str, target: Span, detail: Mapping[str, Any]) -> Ready | None:
        """Look for the edit of an entry by what its ticket carries."""
        name, digest = name_of(kind, target, detail), document.snapshot.digest
        return self.shelf.find(document.key, digest, name, around=self.documents.around(document))

    def of(self, document: Document) -> list[Ready]:
        """List what is ready for a document as it is now."""
        return self.shelf.of(document.key, document.snapshot.digest, around=self.documents.around(document))

    def gave_up(self, document: Document, offer: Offer) -> tuple[str, ...]:
        """Name the tiers that tried an entry on this very text and would not get it done now either; none for no."""
        tiers = self.drafters.get(document.key, ())
        what = about(document.key, document.snapshot.text, offer, tiers)
        return tiers if self.shelf.tried(document.key, what, around=self.documents.around(document)) else ()

    def tell(self, document: Document) -> frozenset[tuple[str, Span]]:
        """Give the findings, by code and place, that have a fix ready; the client is told of them now."""
        ready = self.of(document)
        self._told[document.key] = _Told(document.snapshot.digest, frozenset(each.name for each in ready))
        return frozenset((item.code, item.span) for each in ready for item in each.offer.diagnostics)

    def news(self, document: Document, digest: str) -> bool:
        """Tell whether the client was not told yet of what is ready for a text; it counts as told from now on."""
        names = frozenset(ready.name for ready in self.of(document))
        told = self._told.get(document.key, _Told(digest))
        if names == (told.names if told.digest == digest else frozenset()):
            return False
        self._told[document.key] = _Told(digest, names)
        return True

    def forget(self) -> None:
        """Drop all that is ready: settings changed."""
        self.shelf.forget()

    def closed(self, document: Document) -> None:
        """Forget a document."""
        self.shelf.forget(document.key)
        self.looked_at.pop(document.key, None)
        self.drafters.pop(document.key, None)
        self._told.pop(document.key, None)


def about(key: str, text: str, offer: Offer, tiers: tuple[str, ...]) -> str:
    """Name what is tried by what stands there, so that it is not tried again wherever else the document changes."""
    start, end = max(0, offer.target.start - _AROUND), offer.target.end + _AROUND
    name = name_of(offer.kind, offer.target, offer.detail)
    said = f"{key}\n{','.join(tiers)}\n{name.kind}\n{name.detail}\n{text[start:end]}"
    return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
