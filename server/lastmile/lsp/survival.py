"""Whether an edit that was handed to the editor is still there when the person saves.

It looks at texts and says nothing to anybody: `features.sync` asks it and tells the service.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import define, field, frozen

from lastmile.text.edits import Replacement, Span
from lastmile.text.lines import LineIndex
from lastmile.text.snapshot import Snapshot

_MOST_WAITING = 64


@frozen
class _Handed:
    task: str
    """The task's id."""

    key: str
    """The document's."""

    text: str = field(repr=False)
    """The document with the edit."""

    blocks: tuple[tuple[str, str], ...] = field(repr=False)
    """Each changed run of lines with its neighbours, before and after."""


@define(eq=False)
class Survival:
    """The edits handed out and not saved yet; of more than 64 the oldest are forgotten."""

    _handed: dict[str, _Handed] = field(factory=dict)
    _applied: set[str] = field(factory=set)

    def __len__(self) -> int:
        """Count the edits whose fate is open."""
        return len(self._handed)

    def hand(self, task: str, key: str, *, old: str, new: str, replacements: Sequence[Replacement]) -> None:
        """Remember an edit that goes to the editor, and what it makes of the document."""
        self._handed[task] = _Handed(task, key, new, tuple(_blocks(old, new, replacements)))
        while len(self._handed) > _MOST_WAITING:
            self._forget(next(iter(self._handed)))

    def changed(self, key: str, snapshot: Snapshot) -> None:
        """See whether a document became what an edit would make of it."""
        for item in self._of(key):
            if item.task not in self._applied and item.text == snapshot.text:
                self._applied.add(item.task)

    def saved(self, key: str, snapshot: Snapshot) -> dict[str, bool]:
        """Tell, by task, which edits of a document were kept; they are settled then."""
        fates = {item.task: item.task in self._applied and _survives(item, snapshot.text) for item in self._of(key)}
        for task in fates:
            self._forget(task)
        return fates

    def waits_for(self, key: str) -> bool:
        """Tell whether an edit of the document is still to be seen applied."""
        return any(item.task not in self._applied for item in self._of(key))

    def closed(self, key: str) -> None:
        """Forget the edits of a document that was closed without a save."""
        for item in self._of(key):
            self._forget(item.task)

    def _of(self, key: str) -> list[_Handed]:
        return [item for item in self._handed.values() if item.key == key]

    def _forget(self, task: str) -> None:
        del self._handed[task]
        self._applied.discard(task)


def _survives(item: _Handed, text: str) -> bool:
    """Look for each changed run of lines as the edit made it, and not as it was before."""
    return text == item.text or all(
        after in text and (before not in text or before in item.text) for before, after in item.blocks
    )


def _blocks(old: str, new: str, replacements: Sequence[Replacement]) -> Iterator[tuple[str, str]]:
    """Cut each changed run of lines, with a line on either side, out of the old text and out of the new."""
    before, after = LineIndex(old), LineIndex(new)
    shift = 0
    for item in sorted(replacements):
        start = item.span.start + shift
        yield _block(before, item.span), _block(after, Span(start, start + len(item.text)))
        shift += item.shift


def _block(index: LineIndex, span: Span) -> str:
    first, last = index.line_at(span.start), index.line_at(span.end)
    return index.text[index.start(max(0, first - 1)) : index.start(last + 2)]
