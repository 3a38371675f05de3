"""What a text does, step by step: each simple statement is a step, and so is the head of each compound one.

Docstrings are no steps, nor are the heads of functions and classes. Nothing here judges.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterator
from functools import cached_property

from attrs import frozen

from lastmile.oracles.fixing.shapes import Shape, held, is_simple, shape
from lastmile.oracles.reading import Definition, Reading
from lastmile.text.edits import Span


@frozen(eq=False)
class Step:
    """A statement, or the head of one."""

    node: ast.AST
    span: Span
    around: tuple[ast.AST, ...]
    """What holds it, the outermost first, itself last."""

    @cached_property
    def form(self) -> Shape:
        """The form of its syntax."""
        return shape(self.node)

    def shape(self, blank: Collection[str] = ()) -> Shape:
        """Give the form of its syntax, with some names left blank."""
        return shape(self.node, blank) if blank else self.form

    @property
    def is_simple(self) -> bool:
        """Whether it is a whole statement."""
        return is_simple(self.node)

    @cached_property
    def parts(self) -> tuple[ast.AST, ...]:
        """Its own syntax, without the statements that it holds."""
        left = {id(item) for item in held(self.node)}
        found, waiting = [self.node], [child for child in ast.iter_child_nodes(self.node) if id(child) not in left]
        while waiting:
            found.append(node := waiting.pop())
            waiting += [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.expr_context)]
        return tuple(found)


def steps(reading: Reading, within: Span, standing: Collection[int] = ()) -> Iterator[Step]:
    """List the steps that a span of the text touches, in order of place: of a compound one, its head.

    Statements that are ``standing``, by `id`, are left out with all that they hold; so they are below.
    """
    for node, around, span in _touched(reading, within, standing):
        if not isinstance(node, Definition) and not _is_docstring(node, around):
            first = min((_start(reading, item) for item in held(node)), default=span.end)
            own = Span(span.start, max(span.start, first))
            if meets(own, within):
                yield Step(node, own, around)


def definitions_in(
    reading: Reading, within: Span, standing: Collection[int] = ()
) -> Iterator[tuple[str, Definition, bool]]:
    """List the definitions that a span touches by their qualified names; and whether one is inside of a function."""
    for node, around, _span in _touched(reading, within, standing):
        if isinstance(node, Definition):
            holders = [item for item in around if isinstance(item, Definition)]
            inner = any(not isinstance(item, ast.ClassDef) for item in holders[:-1])
            yield ".".join(item.name for item in holders), node, inner


def _touched(
    reading: Reading, within: Span, standing: Collection[int]
) -> Iterator[tuple[ast.AST, tuple[ast.AST, ...], Span]]:
    """Walk over the statements that a span touches, outer before inner, each with what holds it and its place."""
    waiting: list[tuple[ast.AST, tuple[ast.AST, ...]]] = [(item, ()) for item in reversed(reading.module.body)]
    while waiting:
        node, around = waiting.pop()
        if id(node) in standing:
            continue
        span = place_of(reading, node)
        if meets(span, within):
            around = (*around, node)
            yield node, around, span
            waiting.extend((item, around) for item in reversed(held(node)))


def unmatched(found: tuple[Step, ...], other: tuple[Step, ...]) -> list[Step]:
    """Give the steps that the other text has not, each as often as it has them less."""
    left = Counter(step.form for step in other)
    left.subtract(step.form for step in found)
    missing = []
    for step in reversed(found):
        if left[step.form] < 0:
            left[step.form] += 1
            missing.append(step)
    return missing[::-1]


def meets(one: Span, other: Span) -> bool:
    """Tell whether two spans share a character; an empty one has to lie inside of the other."""
    if len(one) and len(other):
        return one.start < other.end and other.start < one.end
    empty, full = (one, other) if not len(one) else (other, one)
    return full.start < empty.start < full.end or empty.start == full.start == full.end


def _is_docstring(node: ast.AST, around: tuple[ast.AST, ...]) -> bool:
    holder = around[-2] if len(around) > 1 else None
    first = isinstance(holder, Definition) and holder.body[0] is node
    text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    return text and (first or holder is None)


def place_of(reading: Reading, node: ast.AST) -> Span:
    """Give a node's place, decorators included; a case has the place of its parts."""
    start = _start(reading, node)
    last = node.body[-1] if isinstance(node, ast.match_case) else node
    row, column = getattr(last, "end_lineno", None) or 1, getattr(last, "end_col_offset", None) or 0
    return Span(start, max(start, reading.offset(row, column)))


def _start(reading: Reading, node: ast.AST) -> int:
    marks = getattr(node, "decorator_list", [])
    first = marks[0] if marks else node.pattern if isinstance(node, ast.match_case) else node
    return reading.offset(getattr(first, "lineno", 1), getattr(first, "col_offset", 0))
