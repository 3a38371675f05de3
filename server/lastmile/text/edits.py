"""Spans and replacements, and the smallest replacements that lead from one text to another.

Offsets count code points of a `str`. Positions of an editor are turned into offsets by
`positions`, never here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from operator import attrgetter

from attrs import field, frozen

from lastmile.errors import RequestError
from lastmile.text.lines import split_lines
from lastmile.text.runs import changed_runs, common


@frozen(order=True)
class Span:
    """A half-open range of offsets: ``text[start:end]``."""

    start: int
    end: int = field()

    @end.validator
    def _ordered(self, _attribute: object, value: int) -> None:
        if not 0 <= self.start <= value:
            message = f"not a span: {self.start} to {value}"
            raise ValueError(message)

    def __len__(self) -> int:
        """Count the characters inside."""
        return self.end - self.start

    def contains(self, other: Span) -> bool:
        """Tell whether the other span lies within this one, edges included."""
        return self.start <= other.start and other.end <= self.end

    def touches(self, other: Span) -> bool:
        """Tell whether the spans share a character or an edge."""
        return self.start <= other.end and other.start <= self.end

    def of(self, text: str) -> str:
        """Cut the span out of the text."""
        return text[self.start : self.end]


@frozen(order=True)
class Replacement:
    """New text in the place of a span of the old."""

    span: Span
    text: str

    @property
    def shift(self) -> int:
        """How far what follows moves."""
        return len(self.text) - len(self.span)


def apply(text: str, replacements: Iterable[Replacement]) -> str:
    """Replace every span at once; all of them speak of the text as it is given.

    Insertions at one place follow each other in the order in which they are given.

    Raises `RequestError` where spans overlap or lie outside the text.
    """
    parts: list[str] = []
    position = 0
    for item in sorted(replacements, key=attrgetter("span")):
        if item.span.start < position or item.span.end > len(text):
            message = "The edits overlap or lie outside the text."
            raise RequestError(message)
        parts += (text[position : item.span.start], item.text)
        position = item.span.end
    return "".join([*parts, text[position:]])


def difference(old: str, new: str) -> tuple[Replacement, ...]:
    """Find small replacements that turn ``old`` into ``new``, line by line, then trimmed.

    Each run of lines that differs is trimmed to its characters that differ, so an editor keeps its
    marks, folds and cursor wherever nothing changed. No replacement begins or ends between the two
    characters of a CRLF: no position of an editor lies there.
    """
    before, after = split_lines(old), split_lines(new)
    starts = [0, *accumulate(map(len, before))]
    return tuple(
        _trimmed(old, Span(starts[run.i], starts[run.x]), "".join(after[run.j : run.y]))
        for run in changed_runs(before, after)
    )


def moved(span: Span, replacements: Sequence[Replacement]) -> Span | None:
    """Follow a span through replacements made elsewhere; None where one of them touches it.

    Text put right before the span touches it unless it ends a line: a name would grow by it. Text
    put right after the span does not.
    """
    shift = 0
    for item in replacements:
        if _stands_before(item, span):
            shift += item.shift
        elif item.span.start < span.end or item.span == span:
            return None
    return Span(span.start + shift, span.end + shift)


def carry(ours: Sequence[Replacement], theirs: Sequence[Replacement]) -> tuple[Replacement, ...] | None:
    """Move our replacements through theirs; None where they touch the same place."""
    carried = [(moved(item.span, theirs), item.text) for item in ours]
    fitting = tuple(Replacement(span, text) for span, text in carried if span is not None)
    return fitting if len(fitting) == len(ours) else None


def _stands_before(item: Replacement, span: Span) -> bool:
    if len(item.span) or item.span.start < span.start:
        return item.span.end <= span.start
    return item.span.start == span.start < span.end and item.text.endswith(("\n", "\r"))


def _trimmed(old: str, span: Span, text: str) -> Replacement:
    gone = span.of(old)
    head = common(gone, text)
    if _splits_line_end(old, span.start + head):
        head -= 1
    tail = common(gone[head:][::-1], text[head:][::-1])
    if _splits_line_end(old, span.end - tail):
        tail -= 1
    return Replacement(Span(span.start + head, span.end - tail), text[head : len(text) - tail])


def _splits_line_end(text: str, offset: int) -> bool:
    return text[offset - 1 : offset + 1] == "\r\n" if offset else False
