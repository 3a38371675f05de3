"""Whether an edit that was handed to the editor is still there when the person saves.

It looks at texts and says nothing to anybody: `features.sync` asks it and tells the service.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, field, frozen

from lastmile.text.edits import Replacement
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

    blocks: tuple[str, ...] = field(repr=False)
    """The changed lines, each run with its neighbours."""


@define(eq=False)
class Survival:
    """The edits handed out and not saved yet; of more than 64 the oldest are forgotten."""

    _handed: dict[str, _Handed] = field(factory=dict)
    _applied: set[str] = field(factory=set)

    def __len__(self) -> int:
        """Count the edits whose fate is open."""
        return len(self._handed)

    def hand(self, task: str, key: str, text: str, replacements: Sequence[Replacement]) -> None:
        """Remember an edit that goes to the editor."""
        self._handed[task] = _Handed(task, key, text, _blocks(text, replacements))
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
    return text == item.text or all(block in text for block in item.blocks)


def _blocks(text: str, replacements: Sequence[Replacement]) -> tuple[str, ...]:
    """Cut out of the new text each changed run of lines with a line on either side."""
    index = LineIndex(text)
    shift = 0
    blocks = []
    for item in sorted(replacements):
        start = item.span.start + shift
        first, last = index.line_at(start), index.line_at(start + len(item.text))
        blocks.append(text[index.start(max(0, first - 1)) : index.start(last + 2)])
        shift += item.shift
    return tuple(blocks)
