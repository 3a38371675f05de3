"""What becomes of the completions that were shown, by what the document becomes and what the editor says.

It looks at texts and tells nobody but the books.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from attrs import define, evolve, field

from lastmile.complete.values import Books, Completion, Cursor, Fate, Record

_MOST = 64
"""Completions whose fate, or whose survival, is open; of more the oldest are settled as they stand."""


@define
class _Open:
    """A completion on the screen."""

    shown: Completion
    record: Record
    before: str = field(repr=False)
    """The document up to where the completion began."""

    after: str = field(repr=False)
    """The document from there on."""

    taken: int = 0
    """Characters of it that stand in the document by now."""

    by_pieces: bool = False
    """Whether some came several at a time, as a word or a line that is taken, and not as keys."""

    typed_over: bool = False
    """Whether something else came into the place."""

    def inserted(self, text: str) -> str | None:
        """Give what was put into the place; None where the text changed elsewhere too."""
        length = len(text) - len(self.before) - len(self.after)
        if length < 0 or not (text.startswith(self.before) and text.endswith(self.after)):
            return None
        return text[len(self.before) : len(self.before) + length]

    @property
    def whole(self) -> str:
        """The document with the completion."""
        return self.before + self.shown.text + self.after[len(self.shown.span) :]


@define
class _Accepted:
    record: Record
    block: str = field(repr=False)
    """The lines that the completion made."""


@define(eq=False)
class Fates:
    """The completions whose fate is open: at most one for each document."""

    books: Books
    came_in: Callable[[str, str], object]
    """Called with the id and the document of a completion that is in a document from now on."""

    _open: OrderedDict[str, _Open] = field(factory=OrderedDict)
    _accepted: OrderedDict[str, _Accepted] = field(factory=OrderedDict)

    def show(self, cursor: Cursor, completion: Completion, record: Record) -> Completion:
        """Take note of a completion that is shown; where it is what is left of the one before, it is that one."""
        text = cursor.snapshot.text
        self.changed(cursor.document, text)
        before = self._open.get(cursor.document)
        if before is not None:
            left = before.shown.text[before.taken :]
            if left == completion.text and cursor.offset == len(before.before) + before.taken:
                return evolve(completion, id=before.shown.id)
            self._settle(cursor.document, before)
        span = completion.span
        self._open[cursor.document] = _Open(completion, record, text[: span.start], text[span.start :])
        self.books.note(record)
        while len(self._open) > _MOST:
            self._settle(*next(iter(self._open.items())))
        return completion

    def shows(self, document: str) -> bool:
        """Tell whether a completion of the document waits for its fate."""
        return document in self._open

    def changed(self, document: str, text: str) -> None:
        """See what the person did with the completion that the document showed."""
        item = self._open.get(document)
        if item is None:
            return
        if text == item.whole:
            all_at_once = len(item.shown.text) - item.taken > 1
            item.by_pieces = item.by_pieces or all_at_once
            item.taken = len(item.shown.text)
            self._end(document, item, Fate.ACCEPTED if all_at_once or item.by_pieces else Fate.TYPED)
            return
        now = item.inserted(text)
        if now is None or not item.shown.text.startswith(now):
            item.typed_over = bool(now)
            self._settle(document, item)
            return
        item.by_pieces = item.by_pieces or len(now) - item.taken > 1
        item.taken = len(now)

    def told(self, identifier: str, *, characters: int | None = None) -> None:
        """Take the editor's word that a completion was accepted, or how many characters of it.

        One whose fate is known already, by what the document became, is left as it is.
        """
        for document, item in self._open.items():
            if item.shown.id == identifier:
                if characters is not None and characters < len(item.shown.text):
                    item.by_pieces, item.taken = True, max(item.taken, characters)
                else:
                    self._end(document, item, Fate.ACCEPTED)
                return

    def closed(self, document: str) -> None:
        """Settle what the document shows; it is gone."""
        if (item := self._open.get(document)) is not None:
            self._settle(document, item)

    def end(self) -> None:
        """Settle everything that is shown; nothing more will be heard of it."""
        for document, item in list(self._open.items()):
            self._settle(document, item)

    def survives(self, identifier: str, text: str | None, *, late: bool) -> None:
        """Note whether an accepted completion is still there after 30 seconds, or, ``late``, after 5 minutes."""
        item = self._accepted.get(identifier)
        if item is None:
            return
        if text is not None:
            kept = item.block in text
            early, _ = item.record.kept
            item.record = evolve(item.record, kept=(early, kept) if late else (kept, None))
            self.books.note(item.record)
        if late:
            del self._accepted[identifier]

    def _settle(self, document: str, item: _Open) -> None:
        """End with a completion that was not taken as a whole."""
        if item.by_pieces and item.taken:
            self._end(document, item, Fate.PARTIAL)
        else:
            self._end(document, item, Fate.TYPED if item.taken or item.typed_over else Fate.DISMISSED)

    def _end(self, document: str, item: _Open, fate: Fate) -> None:
        del self._open[document]
        taken = len(item.shown.text) if fate is Fate.ACCEPTED else item.taken
        item.record = evolve(item.record, fate=fate, taken=taken)
        self.books.note(item.record)
        if fate in {Fate.ACCEPTED, Fate.PARTIAL}:
            start = max(item.before.rfind("\n"), item.before.rfind("\r")) + 1
            block = item.before[start:] + item.shown.text[:taken]
            self._accepted[item.record.id] = _Accepted(item.record, block)
            self.came_in(item.record.id, document)
            while len(self._accepted) > _MOST:
                self._accepted.popitem(last=False)
