"""What of a change is imports alone: it is taken back, so that the rest can be judged by itself.

An import may come, go or move anywhere outside functions and classes, with the blank lines around
it. A line counts only if nothing but an import stands on it, a comment behind it aside; a comment
that keeps tools from it says that the import is there for what it does, so that line stays. Parsing
is done here, so it runs in the worker process.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence

from attrs import frozen

from lastmile.text.edits import Span
from lastmile.text.imports import import_spans
from lastmile.text.lines import LineIndex, split_lines
from lastmile.text.runs import Run, changed_runs
from lastmile.text.symbols import Source
from lastmile.verify.suppressions import hides

_NOTHING_ELSE = re.compile(r"[\s;]*(?:#[^\n]*)?\s*")


def without_import_changes(old: str, new: str, spans: Sequence[Span]) -> str:
    """Give the new text with every change of imports outside the spans taken back."""
    before, after = Page.of(old), Page.of(new)
    parts = []
    at = 0
    for run in changed_runs(before.lines, after.lines):
        parts += after.lines[at : run.j]
        parts += _taken_back(before, after, run, spans)
        at = run.y
    return "".join([*parts, *after.lines[at:]])


def unused_imports(old: str, new: str) -> tuple[str, ...]:
    """Name what the new text imports outside functions and classes, the old does not, and nothing uses.

    A name within a string is used: it may be an annotation, or stand in ``__all__``.
    """
    spans = import_spans(new)
    fresh = _bound(new, spans) - _bound(old, import_spans(old))
    if not fresh:
        return ()
    starts, ends = [0, *(span.end for span in spans)], [*(span.start for span in spans), len(new)]
    rest = "\n".join(new[start:end] for start, end in zip(starts, ends, strict=True))
    used = set(re.findall(r"\w+", re.sub(r"#[^\r\n]*", "", rest)))
    return tuple(sorted(fresh - used))


def _bound(text: str, spans: Sequence[Span]) -> set[str]:
    return {name for span in spans for name in _names(span.of(text))}


def _names(statement: str) -> Iterator[str]:
    try:
        (node,) = ast.parse(statement).body
    except (SyntaxError, ValueError):
        return  # Whatever it is, the check of syntax refuses it.
    if isinstance(node, ast.Import | ast.ImportFrom) and getattr(node, "module", "") != "__future__":
        for alias in node.names:
            yield alias.asname or alias.name.partition(".")[0]


@frozen
class Page:
    """The lines of a text, and which of them are imports or the blanks between statements."""

    lines: list[str]
    starts: list[int]
    imports: frozenset[int]
    blanks: frozenset[int]

    @classmethod
    def of(cls, text: str) -> Page:
        """Parse a text."""
        index = LineIndex(text)
        spans = import_spans(text)
        covered = {line for span in spans for line in _lines_of(index, span)}
        imports = frozenset(line for line in covered if _is_plain(_around(index, line, spans)))
        source = Source(text)
        solid = {
            line
            for node in source.parse().root_node.children
            for line in _lines_of(index, source.span(node))
            if node.type != "comment"
        }
        blank = frozenset(line for line in range(len(index)) if not index.line_text(line).strip())
        return cls(split_lines(text), index.starts, imports, blank - solid)

    def is_free(self, line: int) -> bool:
        """Tell whether the line may change where imports may."""
        return line in self.imports or line in self.blanks

    def near_import(self, first: int, last: int) -> bool:
        """Tell whether lines hold an import, or stand beside one with nothing but blanks between."""
        while first - 1 in self.blanks:
            first -= 1
        while last in self.blanks:
            last += 1
        return not self.imports.isdisjoint(range(first - 1, last + 1))


def _taken_back(before: Page, after: Page, run: Run, spans: Sequence[Span]) -> list[str]:
    """Give a run of changed new lines with the imports at both its ends as they were."""

    def outside(line: int) -> bool:
        place = Span(before.starts[line], before.starts[line] + len(before.lines[line]))
        return before.is_free(line) and not any(span.start < place.end and place.start < span.end for span in spans)

    i = _while(range(run.i, run.x), outside)
    j = _while(range(run.j, run.y), after.is_free)
    x = run.x - _while(range(run.x - 1, run.i + i - 1, -1), outside)
    y = run.y - _while(range(run.y - 1, run.j + j - 1, -1), after.is_free)
    head, tail = Run(run.i, run.i + i, run.j, run.j + j), Run(x, run.x, y, run.y)
    return [
        *(before.lines[head.i : head.x] if _about_imports(before, after, head) else after.lines[head.j : head.y]),
        *after.lines[head.y : tail.j],
        *(before.lines[tail.i : tail.x] if _about_imports(before, after, tail) else after.lines[tail.j : tail.y]),
    ]


def _about_imports(before: Page, after: Page, run: Run) -> bool:
    return before.near_import(run.i, run.x) or after.near_import(run.j, run.y)


def _while(lines: Sequence[int], holds: Callable[[int], bool]) -> int:
    count = 0
    for line in lines:
        if not holds(line):
            break
        count += 1
    return count


def _lines_of(index: LineIndex, span: Span) -> range:
    return range(index.line_at(span.start), index.line_at(max(span.start, span.end - 1)) + 1)


def _is_plain(beside: str) -> bool:
    return _NOTHING_ELSE.fullmatch(beside) is not None and not hides(beside)


def _around(index: LineIndex, line: int, spans: Sequence[Span]) -> str:
    """Give what stands on a line beside the spans."""
    return "".join(_pieces(index, line, spans))


def _pieces(index: LineIndex, line: int, spans: Sequence[Span]) -> Iterator[str]:
    at, end = index.start(line), index.end(line)
    for span in spans:
        if span.end > at and span.start < end:
            yield index.text[at : max(at, span.start)]
            at = span.end
    yield index.text[at : max(at, end)]
