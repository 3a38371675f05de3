"""What a text does, step by step: each simple statement is a step, and so is the head of each compound one.

Steps are compared by their shape, in which names may be left blank. Docstrings are no steps, nor are the heads of
functions and classes. Nothing here judges.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from attrs import frozen

from lastmile.oracles.reading import Definition, Reading
from lastmile.text.edits import Span

Shape = tuple[str, ...]
BLANK = "?"
_HOLDING = ("body", "orelse", "finalbody", "handlers", "cases")


@frozen(eq=False)
class Step:
    """A statement, or the head of one."""

    node: ast.AST
    span: Span
    around: tuple[ast.AST, ...]
    """What holds it, the outermost first, itself last."""

    def shape(self, blank: Collection[str] = ()) -> Shape:
        """Give the form of its syntax, with some names left blank."""
        return shape(self.node, blank)

    @property
    def is_simple(self) -> bool:
        """Whether it is a whole statement."""
        return _is_simple(self.node)

    def parts(self) -> Iterator[ast.AST]:
        """Walk over its own syntax, without the statements that it holds."""
        waiting = [self.node]
        while waiting:
            node = waiting.pop()
            yield node
            held = _held(node) if node is self.node else ()
            waiting += [child for child in ast.iter_child_nodes(node) if not any(child is item for item in held)]


def steps(reading: Reading, within: Span) -> Iterator[Step]:
    """List the steps that a span of the text touches, in order of place: of a compound one, its head."""
    for node, around, span in _touched(reading, within):
        if not isinstance(node, Definition) and not _is_docstring(node, around):
            first = min((_start(reading, item) for item in _held(node)), default=span.end)
            own = Span(span.start, max(span.start, first))
            if meets(own, within):
                yield Step(node, own, around)


def definitions_in(reading: Reading, within: Span) -> Iterator[tuple[str, Definition, bool]]:
    """List the definitions that a span touches by their qualified names; and whether one is inside of a function."""
    for node, around, _span in _touched(reading, within):
        if isinstance(node, Definition):
            holders = [item for item in around if isinstance(item, Definition)]
            inner = any(not isinstance(item, ast.ClassDef) for item in holders[:-1])
            yield ".".join(item.name for item in holders), node, inner


def _touched(reading: Reading, within: Span) -> Iterator[tuple[ast.AST, tuple[ast.AST, ...], Span]]:
    """Walk over the statements that a span touches, outer before inner, each with what holds it and its place."""
    waiting: list[tuple[ast.AST, tuple[ast.AST, ...]]] = [(item, ()) for item in reversed(reading.module.body)]
    while waiting:
        node, around = waiting.pop()
        span = _span(reading, node)
        if meets(span, within):
            around = (*around, node)
            yield node, around, span
            waiting.extend((item, around) for item in reversed(_held(node)))


def near(found: Collection[Step], touched: Collection[Step], module: ast.Module) -> set[int]:
    """Give the steps, by `id`, beside the touched ones and beside what holds those, and those inside of them."""
    chain = {id(item) for step in touched for item in (module, *step.around)}
    beside = set()
    for step in found:
        for holder in (module, *step.around[:-1]):
            for block in _blocks(holder):
                places = [at for at, item in enumerate(block) if id(item) in chain]
                beside |= {id(block[at]) for place in places for at in (place - 1, place + 1) if 0 <= at < len(block)}
    inner = beside | {id(step.node) for step in touched}
    return {id(step) for step in found if any(id(item) in inner for item in step.around) or id(step.node) in chain}


def shape(node: ast.AST, blank: Collection[str] = ()) -> Shape:
    """Give the form of a piece of syntax, without recursion, and without the statements that it holds."""
    out: list[str] = []
    waiting: list[object] = [node]
    while waiting:
        item = waiting.pop()
        match item:
            case ast.expr_context():
                pass
            case ast.Constant(value=value):
                out += ["Constant", repr(value)]
            case ast.AST():
                out.append(type(item).__name__)
                skipped = {"kind", *(_HOLDING if item is node and not _is_simple(node) else ())}
                waiting += [getattr(item, name, None) for name in reversed(item._fields) if name not in skipped]
            case list():
                out.append(f"[{len(item)}")
                waiting += reversed(item)
            case _:
                out.append(BLANK if item in blank else str(item))
    return tuple(out)


def meets(one: Span, other: Span) -> bool:
    """Tell whether two spans share a character; an empty one has to lie inside of the other."""
    if len(one) and len(other):
        return one.start < other.end and other.start < one.end
    empty, full = (one, other) if not len(one) else (other, one)
    return full.start < empty.start < full.end or empty.start == full.start == full.end


def _blocks(node: ast.AST) -> Iterator[list[ast.AST]]:
    for name in ("body", "orelse", "finalbody"):
        items = getattr(node, name, None)
        if isinstance(items, list) and items:
            yield items


def _held(node: ast.AST) -> list[ast.AST]:
    """Give what a node holds of statements, handlers and cases."""
    if isinstance(node, ast.expr):
        return []  # a lambda and a conditional expression have parts of the same names
    found = (getattr(node, name, None) for name in _HOLDING)
    return [item for items in found if isinstance(items, list) for item in items]


def _is_simple(node: ast.AST) -> bool:
    return not _held(node)


def _is_docstring(node: ast.AST, around: tuple[ast.AST, ...]) -> bool:
    holder = around[-2] if len(around) > 1 else None
    first = isinstance(holder, Definition) and holder.body[0] is node
    text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    return text and (first or holder is None)


def _span(reading: Reading, node: ast.AST) -> Span:
    """Give a node's place, decorators included; a case has the place of its parts."""
    start = _start(reading, node)
    last = node.body[-1] if isinstance(node, ast.match_case) else node
    row, column = getattr(last, "end_lineno", None) or 1, getattr(last, "end_col_offset", None) or 0
    return Span(start, max(start, reading.offset(row, column)))


def _start(reading: Reading, node: ast.AST) -> int:
    marks = getattr(node, "decorator_list", [])
    first = marks[0] if marks else node.pattern if isinstance(node, ast.match_case) else node
    return reading.offset(getattr(first, "lineno", 1), getattr(first, "col_offset", 0))
