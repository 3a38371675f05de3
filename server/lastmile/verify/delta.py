"""Which diagnostics of a changed text are new: a draft answers for what it brought, nothing else.

Outside the changed places a diagnostic is the same when its rule and its place, followed through
the change, are the same. In the changed lines only the number of each rule's findings counts:
they are rewritten, messages quote names and lengths, and some rules point at a column. Each old
diagnostic stands for one new one and no more.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from operator import eq

from attrs import frozen

from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Replacement, Span, difference
from lastmile.text.lines import LineIndex
from lastmile.text.parsing import tree

Rule = tuple[str, str]
Place = tuple[str, str, int | None]


def appeared(old: str, before: Sequence[Diagnostic], new: str, after: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """List the diagnostics of ``new`` that ``old`` did not have.

    Ruff says nothing of a text that does not parse but that it does not parse. So what it says of
    places that the change left alone, once the text parses, is not new either.
    """
    way = Way.between(old, new)
    known: Counter[Place] = Counter((*_rule(item), item.span.start) for item in before)
    unknown = []
    for item in after:
        key = (*_rule(item), way.back(item.span.start))
        if known[key] > 0:
            known[key] -= 1
        else:
            unknown.append(item)
    spare: Counter[Rule] = Counter()
    for (source, code, start), count in known.items():
        if start is not None and way.old.hold(start):
            spare[source, code] += count
    hidden = any(item.is_syntax for item in before) and tree(old) is None and tree(new) is not None
    return tuple(item for item in unknown if not _accounted(item, spare, way, hidden=hidden))


def brought(
    old: str, before: Sequence[Diagnostic], new: str, after: Sequence[Diagnostic], rule: str
) -> tuple[Diagnostic, ...]:
    """List what is new, and what there is of one of ruff's rules in the changed lines, new or not."""
    fresh = appeared(old, before, new, after)
    way = Way.between(old, new)
    return tuple(item for item in after if item in fresh or (item.code == rule and way.new.hold(item.span.start)))


def remains(
    old: str,
    target: Diagnostic,
    before: Sequence[Diagnostic],
    new: str,
    after: Sequence[Diagnostic],
    way: Way | None = None,
) -> bool:
    """Tell whether the target is still there.

    It is where its rule, or its very message, is found as often as before, or where its rule is
    found in its place, beside the same line: an ``else`` in the place of another is not the same. Where
    several of its rule stood in its place, fewer of them are there once it is gone: one statement has many names.
    ``way`` leads between the texts, where it is known already.
    """
    rule = _rule(target)
    had, left = (tuple(item.message for item in found if _rule(item) == rule) for found in (before, after))
    if not left:
        return False
    if len(left) >= len(had) or left.count(target.message) >= max(1, had.count(target.message)):
        return True
    way = way or Way.between(old, new)
    beside = way.old.beside(target.span.start)
    places = [
        item.span.start for item in after if _rule(item) == rule and way.back(item.span.start) == target.span.start
    ]
    stood = sum(_rule(item) == rule and item.span.start == target.span.start for item in before)
    return len(places) >= stood and any(any(map(eq, beside, way.new.beside(place))) for place in places)


@frozen
class Lines:
    """The lines of a text that spans touch."""

    index: LineIndex
    touched: tuple[range, ...]

    @classmethod
    def of(cls, text: str, spans: Sequence[Span]) -> Lines:
        """Count the lines; an empty span touches the line that it stands in."""
        index = LineIndex(text)
        ends = ((index.line_at(span.start), index.line_at(max(span.start, span.end - 1))) for span in spans)
        return cls(index, tuple(range(first, last + 1) for first, last in ends))

    def hold(self, offset: int) -> bool:
        """Tell whether one of them holds the offset."""
        line = self.index.line_at(offset)
        at = bisect_right(self.touched, line, key=lambda lines: lines.start) - 1
        return at >= 0 and line in self.touched[at]

    def beside(self, offset: int) -> tuple[str, str]:
        """Give the lines before and after the one that holds the offset; empty where there is none."""
        line = self.index.line_at(offset)
        return self.index.line_text(line - 1) if line else "", self.index.line_text(line + 1)


@frozen
class Way:
    """The way from an old text to a new one and back, for offsets."""

    changes: tuple[Replacement, ...]
    starts: tuple[int, ...]
    """Where each change begins in the new text."""

    old: Lines
    new: Lines

    @classmethod
    def between(cls, old: str, new: str) -> Way:
        """Compare the texts."""
        changes = difference(old, new)
        shift = 0
        starts = []
        for change in changes:
            starts.append(change.span.start + shift)
            shift += change.shift
        written = [Span(start, start + len(change.text)) for start, change in zip(starts, changes, strict=True)]
        return cls(changes, tuple(starts), Lines.of(old, [change.span for change in changes]), Lines.of(new, written))

    def back(self, offset: int) -> int | None:
        """Give an offset of the new text in the old; None where the text there is new."""
        at = bisect_right(self.starts, offset) - 1
        if at < 0:
            return offset
        beyond = offset - self.starts[at] - len(self.changes[at].text)
        return None if beyond < 0 else self.changes[at].span.end + beyond


def _accounted(item: Diagnostic, spare: Counter[Rule], way: Way, *, hidden: bool) -> bool:
    """Take an old finding of the same rule for a new one in a changed line, if one is left over."""
    if not way.new.hold(item.span.start):
        return hidden
    if spare[_rule(item)] > 0:
        spare[_rule(item)] -= 1
        return True
    return False


def _rule(item: Diagnostic) -> Rule:
    return item.source, item.code
