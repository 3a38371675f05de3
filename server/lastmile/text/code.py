"""A Python text with its syntax tree, and the way from a node to its place in the text and back.

The templates read through it. It changes nothing.
"""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TypeVar

from attrs import frozen

from lastmile.text.edits import Span
from lastmile.text.lines import LineIndex
from lastmile.text.parsing import tree

N = TypeVar("N", bound=ast.AST)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_Located = ast.expr | ast.stmt | ast.excepthandler


@frozen
class Code:
    """A text that parses."""

    text: str
    tree: ast.Module

    @classmethod
    def of(cls, text: str) -> Code | None:
        """Parse a text; None where it does not parse."""
        module = tree(text)
        return None if module is None else cls(text, module)

    @cached_property
    def lines(self) -> LineIndex:
        """The lines, as Python counts them too."""
        return LineIndex(self.text)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All nodes, outer before inner."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def _rows(self) -> dict[int, list[_Located]]:
        """The nodes that begin on each of ast's rows, outer before inner."""
        found: dict[int, list[_Located]] = {}
        for node in self.nodes:
            if isinstance(node, _Located):
                found.setdefault(node.lineno, []).append(node)
        return found

    @cached_property
    def _tops(self) -> list[int]:
        """The rows on which the statements of the module begin."""
        return [_first_row(node) for node in self.tree.body]

    @cached_property
    def _binders(self) -> dict[str, list[ast.AST]]:
        found: dict[str, list[ast.AST]] = {}
        for node in self.nodes:
            for name in dict.fromkeys(bound_by(node)):
                found.setdefault(name, []).append(node)
        return found

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """The node above each node."""
        return {child: node for node in self.nodes for child in ast.iter_child_nodes(node)}

    def span(self, node: _Located) -> Span:
        """Give a node's place; brackets around an expression are not part of it."""
        end_row, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return Span(self.offset(node.lineno, node.col_offset), self.offset(end_row, end_column))

    def offset(self, row: int, column: int) -> int:
        """Turn ast's row, from 1, and column, in UTF-8 bytes, into an offset."""
        line = self.lines.line_text(row - 1)
        return self.lines.start(row - 1) + len(line.encode()[:column].decode(errors="ignore"))

    def source(self, node: _Located) -> str:
        """Give the text of a node."""
        return self.span(node).of(self.text)

    def at(self, kind: type[N], start: int) -> N | None:
        """Find the outermost node of a kind that begins at an offset."""
        found = self.starting(start)
        return next((node for node in found if isinstance(node, kind)), None)

    def starting(self, start: int) -> Iterator[_Located]:
        """Give the nodes that begin at an offset, outer before inner."""
        row = self.lines.line_at(start) + 1
        return (node for node in self._rows.get(row, ()) if self.span(node).start == start)

    def around(self, span: Span) -> Iterator[_Located]:
        """Give the nodes that hold a span, edges included, outer before inner.

        Only what lies on the way is looked at, for a long file has a hundred thousand nodes.
        """
        first, last = (self.lines.line_at(place) + 1 for place in (span.start, span.end))
        end = bisect_right(self._tops, first)
        start = bisect_left(self._tops, self._tops[end - 1]) if end else 0
        waiting: list[Iterable[ast.AST]] = [self.tree.body[start:end]]
        while waiting:
            for node in waiting.pop():
                if not isinstance(node, _Located):
                    waiting.append(ast.iter_child_nodes(node))
                elif _first_row(node) <= first and last <= (node.end_lineno or node.lineno):
                    waiting.append(ast.iter_child_nodes(node))
                    if self.span(node).contains(span):
                        yield node

    def bound(self, name: str) -> Sequence[ast.AST]:
        """List all nodes that bind a name, wherever."""
        return self._binders.get(name, ())

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """Go up from a node, its parent first."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def frame(self, node: ast.AST) -> ast.AST:
        """Give the function or class whose names a node binds, or the module."""
        return next((above for above in self.above(node) if isinstance(above, (*FUNCTIONS, ast.ClassDef))), self.tree)

    def scope(self, node: ast.AST) -> ast.AST:
        """Give the function around a node, or the module."""
        return next((above for above in self.above(node) if isinstance(above, FUNCTIONS)), self.tree)


def _first_row(node: _Located) -> int:
    """Give the row on which a node begins, its decorators among it."""
    return min((item.lineno for item in getattr(node, "decorator_list", ())), default=node.lineno)


def bound_by(node: ast.AST) -> tuple[str, ...]:
    """Give the names that one node binds, deletes or declares, those of the nodes below it aside."""
    match node:
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            return tuple(names)
        case ast.alias(name=name, asname=bound):
            return ((bound or name).partition(".")[0],)
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name) | ast.MatchMapping(rest=str(name)):
            return (name,)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.ExceptHandler(name=str()):
            return (str(node.name),)
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return (name,)
        case _:
            return ()


def binders(node: ast.AST, name: str) -> list[ast.AST]:
    """List the nodes at and below one that bind a name, nested scopes included."""
    return [inner for inner in ast.walk(node) if name in bound_by(inner)]


def identifiers(node: ast.AST) -> frozenset[str]:
    """List every name that a piece of code reads, binds or declares; attributes are none."""
    read = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    return frozenset(read.union(*map(bound_by, ast.walk(node))))
