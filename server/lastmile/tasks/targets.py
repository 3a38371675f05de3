"""What part of a document a task is about, where the request names only a place.

A tier that rewrites whole symbols is shown the target and rewrites it, so it should be whole, and
no longer than it must be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Span
from lastmile.text.lines import LineIndex
from lastmile.text.snapshot import Snapshot
from lastmile.text.symbols import Symbol

_MOST_LINES = 120
_AROUND = 5
_ABOUT_SUPPRESSIONS = re.compile(
    r"RUF10\d|PGH00[34]|unused-ignore|ignore-without-code|reportUnnecessaryTypeIgnoreComment"
)


def around(snapshot: Snapshot, symbols: tuple[Symbol, ...], place: Span) -> Span:
    """Give the innermost function or class around the place, if it is short enough to rewrite.

    Otherwise a few whole lines around it. Symbols of 120 lines and fewer count as short: models
    that rewrite longer texts lose lines.
    """
    lines = snapshot.lines
    for symbol in sorted(symbols, key=lambda item: len(item.span)):
        if symbol.span.contains(place) and _count(lines, symbol.span) <= _MOST_LINES:
            return symbol.span
    first, last = lines.line_at(place.start), lines.line_at(place.end)
    return Span(lines.start(max(0, first - _AROUND)), lines.end(min(last + _AROUND, len(lines) - 1)))


def whole_lines(snapshot: Snapshot, place: Span) -> Span:
    """Widen a span to the lines that it touches; an end at a line's start leaves that line out."""
    lines = snapshot.lines
    first = lines.line_at(place.start)
    last = lines.line_at(max(place.start, place.end - 1))
    return Span(lines.start(first), lines.end(last))


def about_suppressions(problems: Iterable[Diagnostic]) -> bool:
    """Tell whether a problem lies in a comment that silences a tool, so that mending it rewrites one."""
    return any(_ABOUT_SUPPRESSIONS.fullmatch(problem.code) for problem in problems)


def _count(lines: LineIndex, span: Span) -> int:
    return lines.line_at(span.end) - lines.line_at(span.start) + 1
