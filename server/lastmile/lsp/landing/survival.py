"""Whether an edit that was handed to the editor came into its document, and is still there when the person saves.

It looks at texts and says nothing to anybody: `features.sync` asks it and tells the service.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import define, evolve, field, frozen

from lastmile.text.edits import Replacement, Span, difference
from lastmile.text.lines import LineIndex
from lastmile.text.snapshot import Snapshot

_MOST_WAITING = 64


@frozen
class _Handed:
    task: str
    """The task's id."""

    key: str
    """The document's."""

    before: str = field(repr=False)
    """The document without the edit; here too, lines end as `_lines` has them."""

    text: str = field(repr=False)
    """The document with the edit."""

    spans: tuple[Span, ...] = field(repr=False)
    """What the edit put in, in that."""

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
        before, text = _lines(old), _lines(new)
        changes = replacements if len(before) == len(old) else difference(before, text)
        self._handed[task] = _Handed(task, key, before, text, _put_in(changes), tuple(_blocks(before, text, changes)))
        while len(self._handed) > _MOST_WAITING:
            self._forget(next(iter(self._handed)))

    def changed(self, key: str, snapshot: Snapshot) -> list[str]:
        """Tell, by task, which edits came into a document by its last change.

        One edit that was asked for several times came once: the last time.
        """
        came: list[_Handed] = []
        text = _lines(snapshot.text)
        for item in reversed([item for item in self._of(key) if item.task not in self._applied]):
            if not _holds(item, text):
                continue
            if any(item.blocks == other.blocks for other in came):
                self._forget(item.task)
                continue
            self._beside(item)
            self._applied.add(item.task)
            came.append(item)
        return [item.task for item in reversed(came)]

    def saved(self, key: str, snapshot: Snapshot) -> dict[str, bool]:
        """Tell, by task, which edits of a document were kept; they are settled then. The others still may come."""
        text = _lines(snapshot.text)
        fates = {item.task: _survives(item, text) for item in self._of(key) if item.task in self._applied}
        for task in fates:
            self._forget(task)
        return fates

    def waits_for(self, key: str) -> bool:
        """Tell whether an edit of the document is still to be seen applied."""
        return any(item.task not in self._applied for item in self._of(key))

    def refused(self, task: str) -> None:
        """Forget an edit that the editor did not apply."""
        if task in self._handed and task not in self._applied:
            self._forget(task)

    def closed(self, key: str) -> None:
        """Forget the edits of a document that was closed without a save."""
        for item in self._of(key):
            self._forget(item.task)

    def _beside(self, came: _Handed) -> None:
        """Look from now on for what earlier edits put in as the last one left it: it was no person that changed it."""
        for item in self._of(came.key):
            if item.task in self._applied:
                blocks = tuple((before, _through(came, after)) for before, after in item.blocks)
                self._handed[item.task] = evolve(item, blocks=blocks)

    def _of(self, key: str) -> list[_Handed]:
        return [item for item in self._handed.values() if item.key == key]

    def _forget(self, task: str) -> None:
        del self._handed[task]
        self._applied.discard(task)


def _holds(item: _Handed, text: str) -> bool:
    """Tell whether a document has an edit, which more may have been typed beside by the time that is told of."""
    if text == item.text:
        return True
    near, far = _apart(text, item.text), _apart(text, item.before)
    beside = all(near.end < span.start or span.end < near.start for span in item.spans)
    return beside and abs(len(text) - len(item.text)) + len(near) < abs(len(text) - len(item.before)) + len(far)


def _apart(text: str, other: str) -> Span:
    """Give the part of the other text that its common beginning and end with a text leave."""
    start = _common(text, other)
    end = _common(text[start:][::-1], other[start:][::-1])
    return Span(start, len(other) - end)


def _common(text: str, other: str) -> int:
    """Count the characters with which both begin; by halves, for comparing pieces is what Python does fast."""
    low, high = 0, min(len(text), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if text[low:middle] == other[low:middle] else (low, middle - 1)
    return low


def _lines(text: str) -> str:
    """Write line ends in one way: an editor may give what it puts in the document's own."""
    return text.replace("\r\n", "\n") if "\r" in text else text


def _put_in(replacements: Sequence[Replacement]) -> tuple[Span, ...]:
    shift, spans = 0, []
    for item in sorted(replacements):
        start = item.span.start + shift
        spans.append(Span(start, start + len(item.text)))
        shift += item.shift
    return tuple(spans)


def _survives(item: _Handed, text: str) -> bool:
    """Look for each changed run of lines as the edit made it, and not as it was before."""
    return text == item.text or all(
        after in text and (before not in text or before in item.text) for before, after in item.blocks
    )


def _through(came: _Handed, block: str) -> str:
    """Give a run of lines as an edit left it that began or ended within."""
    at = came.before.find(block)
    gone, put = _apart(came.text, came.before), _apart(came.before, came.text)
    if at < 0 or not Span(at, at + len(block)).touches(gone):
        return block
    start, end = min(at, gone.start), max(at + len(block), gone.end)
    return came.text[start : end + len(put) - len(gone)]


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
