"""Spans and replacements, and the smallest replacements that lead from one text to another.

Offsets count code points of a `str`. Positions of an editor are turned into offsets by
`positions`, never here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from attrs import field, frozen

from lastmile.errors import RequestError
from lastmile.text.lines import split_lines


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

    Raises `RequestError` where spans overlap or lie outside the text.
    """
    parts: list[str] = []
    position = 0
    for item in sorted(replacements):
        if item.span.start < position or item.span.end > len(text):
            message = "The edits overlap or lie outside the text."
            raise RequestError(message)
        parts += (text[position : item.span.start], item.text)
        position = item.span.end
    return "".join([*parts, text[position:]])


def difference(old: str, new: str) -> tuple[Replacement, ...]:
    """Find small replacements that turn ``old`` into ``new``, line by line, then trimmed.

    The result is minimal by lines (difflib's notion) and trimmed to characters within each
    replaced run, so an editor keeps its marks, folds and cursor wherever nothing changed.
    """
    before, after = split_lines(old), split_lines(new)
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    stop = len(before) - tail
    matcher = SequenceMatcher(None, before[head:stop], after[head : len(after) - tail], autojunk=False)
    starts = [0]
    for line in before:
        starts.append(starts[-1] + len(line))
    return tuple(
        _trimmed(
            old,
            Span(starts[head + i1], starts[head + i2]),
            "".join(after[head + j1 : head + j2]),
        )
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
    )


def moved(span: Span, replacements: Sequence[Replacement]) -> Span | None:
    """Follow a span through replacements made elsewhere; None where one of them touches it."""
    shift = 0
    for item in replacements:
        if item.span.end <= span.start and item.span.start < max(span.start, 1):
            shift += item.shift
        elif item.span.start < span.end or item.span == span:
            return None
    return Span(span.start + shift, span.end + shift)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _trimmed(old: str, span: Span, text: str) -> Replacement:
    gone = span.of(old)
    head = _common(gone, text)
    tail = _common(gone[head:][::-1], text[head:][::-1])
    return Replacement(Span(span.start + head, span.end - tail), text[head : len(text) - tail])
