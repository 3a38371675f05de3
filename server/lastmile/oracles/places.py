"""Finds what a selection of text selects: an expression, or statements of one block."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from attrs import frozen

from lastmile.oracles.reading import Function, Placed, Reading, same
from lastmile.text.edits import Span
from lastmile.text.parsing import tree

Step = tuple[str, int | None]
_BLOCKS = ("body", "orelse", "finalbody")
_EMPTY = re.compile(r"(?:\s|#[^\n\r]*|;|\\)*")


@frozen(eq=False)
class Chosen:
    """An expression that is selected, and the statement that it stands in."""

    node: ast.expr
    span: Span
    """Of the selection, brackets around the expression included."""

    statement: ast.stmt
    path: tuple[Step, ...]
    """The way from the module to the statement: fields, and places in lists."""


@frozen(eq=False)
class Run:
    """Statements of one block, one after the other."""

    statements: tuple[ast.stmt, ...]
    first: int
    """Where in the block they begin."""

    path: tuple[Step, ...]
    """The way from the module to the first of them."""

    span: Span


def stripped(text: str, span: Span) -> Span:
    """Leave out the blanks at both ends of a span."""
    inside = span.of(text)
    start = span.start + len(inside) - len(inside.lstrip())
    return Span(start, max(start, span.end - (len(inside) - len(inside.rstrip()))))


def expression_at(reading: Reading, span: Span) -> Chosen | None:
    """Find the expression that a span selects, whole and alone."""
    whole = bare = stripped(reading.text, span)
    while True:
        for node in _on_row(reading, bare):
            if isinstance(node, ast.expr) and reading.span(node) == bare and _is_itself(reading, node):
                found = _statement(reading.module, node)
                return None if found is None else Chosen(node, whole, *found)
        inside = bare.of(reading.text)
        if not (inside.startswith("(") and inside.endswith(")")):
            return None
        bare = stripped(reading.text, Span(bare.start + 1, bare.end - 1))


def statements_at(reading: Reading, span: Span) -> Run | None:
    """Find the statements that a span selects, whole, with nothing but comments beside them."""
    bare = stripped(reading.text, span)
    for block, path in blocks(reading.module):
        inside = [number for number, item in enumerate(block) if bare.contains(_whole(reading, item))]
        if not inside:
            continue
        first, last = inside[0], inside[-1]
        start, end = _whole(reading, block[first]).start, _whole(reading, block[last]).end
        beside = reading.text[bare.start : start], reading.text[end : bare.end]
        if all(_EMPTY.fullmatch(part) for part in beside):
            chosen = tuple(block[first : last + 1])
            return Run(chosen, first, (*path[:-1], (path[-1][0], first)), Span(start, end))
    return None


def blocks(module: ast.Module) -> Iterator[tuple[list[ast.stmt], tuple[Step, ...]]]:
    """Give every list of statements, outer before inner, with the way to its first."""
    waiting: list[tuple[ast.AST, tuple[Step, ...]]] = [(module, ())]
    while waiting:
        node, path = waiting.pop(0)
        for name, value in ast.iter_fields(node):
            items = value if isinstance(value, list) else []
            if items and isinstance(items[0], ast.stmt):
                yield items, (*path, (name, 0))
            for number, item in enumerate(items):
                if isinstance(item, ast.stmt | ast.excepthandler | ast.match_case):
                    waiting.append((item, (*path, (name, number))))


def follow(module: ast.AST, path: tuple[Step, ...]) -> tuple[list[ast.stmt], int] | None:
    """Go a way in a tree; gives the block that it ends in, and the place in it."""
    node: ast.AST = module
    for name, number in path[:-1]:
        items = getattr(node, name, None)
        if not isinstance(items, list) or number is None or number >= len(items):
            return None
        node = items[number]
    name, number = path[-1]
    block = getattr(node, name, None)
    return (block, number) if isinstance(block, list) and number is not None and number < len(block) else None


def ancestors(module: ast.Module, path: tuple[Step, ...]) -> list[tuple[ast.AST, str, int]]:
    """List the nodes on a way, the innermost first, each with the field and place that the way goes on by."""
    node: ast.AST = module
    found = []
    for name, number in path:
        place = number or 0
        found.append((node, name, place))
        node = getattr(node, name)[place]
    return found[::-1]


def holder(module: ast.Module, path: tuple[Step, ...]) -> Function | None:
    """Give the innermost function on a way; None in a class body or outside functions."""
    scopes = (node for node, _name, _place in ancestors(module, path) if isinstance(node, (Function, ast.ClassDef)))
    inner = next(scopes, None)
    return inner if isinstance(inner, Function) else None


def _on_row(reading: Reading, span: Span) -> Iterator[Placed]:
    row = reading.lines.line_at(span.start) + 1
    for node in ast.walk(reading.module):
        if isinstance(node, Placed) and node.lineno == row:
            yield node


def _is_itself(reading: Reading, node: ast.expr) -> bool:
    """Tell whether the text at the node's place says what the node says: Python 3.11 misplaces parts of f-strings."""
    parsed = tree(f"({reading.span(node).of(reading.text)}\n)")
    only = parsed.body[0] if parsed is not None and len(parsed.body) == 1 else None
    return isinstance(only, ast.Expr) and same(only.value, node)


def _statement(module: ast.Module, node: ast.expr) -> tuple[ast.stmt, tuple[Step, ...]] | None:
    """Find the innermost statement that holds an expression."""
    found = None
    for block, path in blocks(module):
        for number, item in enumerate(block):
            if any(inner is node for inner in ast.walk(item)):
                found = item, (*path[:-1], (path[-1][0], number))
    return found


def _whole(reading: Reading, node: ast.stmt) -> Span:
    """Give a statement's place with its decorators."""
    span = reading.span(node)
    marks = getattr(node, "decorator_list", [])
    if not marks:
        return span
    first = reading.span(marks[0]).start
    return Span(reading.text.rindex("@", 0, first), span.end)
