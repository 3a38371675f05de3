"""A mutant as a frozen value, and the text whose mutants are made, with the way from nodes to offsets."""

from __future__ import annotations

import ast
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

from attrs import field, frozen

from lastmile.text.edits import Replacement, Span
from lastmile.text.lines import split_lines

_MARK = "\ufeff"


@frozen
class Mutant:
    """A text with one fault in it."""

    text: str = field(repr=False)
    label: str
    """What was done, for a person: ``< became <=``."""

    line: int
    """Where, from 1."""

    change: Replacement
    """The one difference to the source."""


@frozen
class Site:
    """A place where a fault can be put."""

    span: Span
    text: str
    """What is put there."""

    label: str


@frozen
class Page:
    """A text and its tree."""

    text: str
    tree: ast.Module

    @staticmethod
    def of(text: str) -> Page:
        """Parse a text; raises `SyntaxError` or `ValueError` where that is not possible."""
        return Page(text, ast.parse(text.removeprefix(_MARK)))

    @cached_property
    def _lines(self) -> tuple[str, ...]:
        return tuple(split_lines(self.text.removeprefix(_MARK)))

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return tuple(accumulate(map(len, self._lines), initial=self.text.startswith(_MARK)))

    def offset(self, line: int, column: int) -> int:
        """Turn a line from 1 and a column in bytes of UTF-8 into an offset of the text."""
        if line > len(self._lines):
            return len(self.text)
        here = self._lines[line - 1]
        wide = not here.isascii()
        return self._starts[line - 1] + (len(here.encode()[:column].decode()) if wide else column)

    def span(self, node: ast.expr | ast.stmt) -> Span:
        """Give the span of a node."""
        end = self.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
        return Span(self.offset(node.lineno, node.col_offset), end)

    def source(self, node: ast.expr | ast.stmt) -> str:
        """Give the text of a node."""
        return self.span(node).of(self.text)

    def line(self, offset: int) -> int:
        """Give the line of an offset, from 1."""
        return min(bisect_right(self._starts, offset), max(1, len(self._lines)))
