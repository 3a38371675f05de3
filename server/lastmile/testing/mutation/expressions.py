"""Faults in expressions: operators, constants, conditions, arguments, slices."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from lastmile.testing.mutation.values import Page, Site
from lastmile.text.edits import Span

_COMMENT = re.compile(r"#[^\r\n]*")
_COMPARISONS: dict[type[ast.cmpop], tuple[str, tuple[str, ...]]] = {
    ast.Lt: ("<", ("<=", ">")),
    ast.LtE: ("<=", ("<", ">=")),
    ast.Gt: (">", (">=", "<")),
    ast.GtE: (">=", (">", "<=")),
    ast.Eq: ("==", ("!=",)),
    ast.NotEq: ("!=", ("==",)),
    ast.Is: (r"is\b", ("is not",)),
    ast.IsNot: (r"is\s+not\b", ("is",)),
    ast.In: (r"in\b", ("not in",)),
    ast.NotIn: (r"not\s+in\b", ("in",)),
}
_OPERATORS: dict[type[ast.operator], tuple[str, tuple[str, ...]]] = {
    ast.Add: (r"\+", ("-",)),
    ast.Sub: ("-", ("+",)),
    ast.Mult: (r"\*", ("+",)),
    ast.Div: ("/", ("*", "//")),
    ast.FloorDiv: ("//", ("/",)),
    ast.Mod: ("%", ("//",)),
    ast.Pow: (r"\*\*", ("*",)),
    ast.LShift: ("<<", (">>",)),
    ast.RShift: (">>", ("<<",)),
    ast.BitAnd: ("&", ("|",)),
    ast.BitOr: (r"\|", ("&",)),
    ast.BitXor: (r"\^", ("&",)),
}
_LARGE = 10**9
"""From here on a number is rather an identity than an amount: one more or less is no likely fault."""
_LEFT_OUT = frozenset({"casefold", "copy", "lower", "lstrip", "rstrip", "strip", "upper"})
"""Methods that are forgotten without anything stopping: what they are called on is of the same type."""


def sites(page: Page, node: ast.AST) -> Iterator[Site]:
    """Give the faults that can be put into an expression itself, not into what stands in it."""
    match node:
        case ast.Compare():
            yield from _compare(page, node)
        case ast.BinOp() if not _is_text(node.left) and not _is_text(node.right):
            yield from _operator(page, node.op, node.left, node.right)
        case ast.BoolOp():
            yield from _boolean(page, node)
        case ast.UnaryOp():
            yield from _unary(page, node)
        case ast.IfExp():
            yield _negated(page, node.test)
        case ast.Constant():
            yield from _constant(page, node)
        case ast.Call():
            yield from _call(page, node)
        case ast.Slice():
            yield from _slice(page, node)
        case _:
            yield from _emptied(page, node)


def between(page: Page, start: int, end: int, *, pattern: str) -> Span | None:
    """Find an operator between two operands, past brackets and comments."""
    text = _COMMENT.sub(lambda found: " " * len(found[0]), page.text[start:end])
    found = re.search(pattern, text)
    return None if found is None else Span(start + found.start(), start + found.end())


def negation(page: Page, test: ast.expr) -> Site:
    """Negate a condition."""
    return _negated(page, test)


def operator_sites(page: Page, kind: ast.operator, start: int, end: int) -> Iterator[Site]:
    """Exchange the operator that stands between two offsets."""
    if type(kind) not in _OPERATORS:
        return
    pattern, others = _OPERATORS[type(kind)]
    place = between(page, start, end, pattern=pattern)
    if place is not None:
        yield from _exchanged(page, place, others)


def _compare(page: Page, node: ast.Compare) -> Iterator[Site]:
    for (left, right), kind in zip(pairwise([node.left, *node.comparators]), node.ops, strict=True):
        pattern, others = _COMPARISONS[type(kind)]
        place = between(page, page.span(left).end, page.span(right).start, pattern=pattern)
        if place is not None:
            yield from _exchanged(page, place, others)


def _exchanged(page: Page, place: Span, others: Iterable[str]) -> Iterator[Site]:
    return (Site(place, other, f"{place.of(page.text)} became {other}") for other in others)


def _operator(page: Page, kind: ast.operator, left: ast.expr, right: ast.expr) -> Iterator[Site]:
    return operator_sites(page, kind, page.span(left).end, page.span(right).start)


def _boolean(page: Page, node: ast.BoolOp) -> Iterator[Site]:
    old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    for left, right in pairwise(node.values):
        place = between(page, page.span(left).end, page.span(right).start, pattern=rf"\b{old}\b")
        if place is not None:
            yield Site(place, new, f"{old} became {new}")


def _unary(page: Page, node: ast.UnaryOp) -> Iterator[Site]:
    names = {ast.Not: "not", ast.USub: "-", ast.Invert: "~"}
    if type(node.op) in names:
        yield Site(page.span(node), f"({page.source(node.operand)})", f"{names[type(node.op)]} was removed")


def _negated(page: Page, test: ast.expr) -> Site:
    return Site(page.span(test), f"(not ({page.source(test)}))", "the condition was negated")


def _constant(page: Page, node: ast.Constant) -> Iterator[Site]:
    span, old = page.span(node), page.source(node)
    for new in _others(node.value):
        yield Site(span, new, f"{old[:20]} became {new}")


def _others(value: object) -> Iterator[str]:
    """Give the values that a constant may be mistaken for, as source."""
    match value:
        case bool():
            yield str(not value)
        case int() if abs(value) < _LARGE:
            yield str(value + 1)
            yield f"({value - 1})" if value < 1 else str(value - 1)
            if value > 1:
                yield f"(-{value})"
        case float() if abs(value) < _LARGE:
            yield repr(value + 1)
            yield f"(-{value!r})" if value else "(-1.0)"
        case str() | bytes():
            empty = "b''" if isinstance(value, bytes) else "''"
            yield empty if value else f"{empty[:-2]}'mutant'"
        case _:
            pass


def _call(page: Page, node: ast.Call) -> Iterator[Site]:
    if isinstance(node.func, ast.Attribute) and node.func.attr in _LEFT_OUT and not node.args and not node.keywords:
        yield Site(page.span(node), page.source(node.func.value), f".{node.func.attr}() was left out")
    plain = [item for item in node.args if not isinstance(item, ast.Starred)]
    if len(plain) != len(node.args):
        return
    for left, right in pairwise(plain):
        one, gap, other = page.source(left), page.text[page.span(left).end : page.span(right).start], page.source(right)
        if one != other:
            yield Site(
                Span(page.span(left).start, page.span(right).end), f"{other}{gap}{one}", "two arguments changed places"
            )
    if len(plain) > 1:
        yield Site(Span(page.span(plain[-2]).end, page.span(plain[-1]).end), "", "the last argument was removed")
    if _name(node.func) == "range" and plain:
        stop = plain[min(1, len(plain) - 1)]
        yield from _off_by_one(page, stop, "the end of the range")


def _slice(page: Page, node: ast.Slice) -> Iterator[Site]:
    for bound in (node.lower, node.upper):
        if bound is not None:
            yield from _off_by_one(page, bound, "a bound of the slice")


def _off_by_one(page: Page, node: ast.expr, what: str) -> Iterator[Site]:
    if isinstance(node, ast.Constant):  # as a constant it has its own
        return
    for sign in "+-":
        yield Site(page.span(node), f"({page.source(node)}) {sign} 1", f"{what} became {sign} 1")


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))


def _emptied(page: Page, node: ast.AST) -> Iterator[Site]:
    match node:
        case ast.List(elts=[_, *_], ctx=ast.Load()):
            yield Site(page.span(node), "[]", "emptied")
        case ast.Set(elts=[_, *_]):
            yield Site(page.span(node), "set()", "emptied")
        case ast.Dict(keys=[_, *_]):
            yield Site(page.span(node), "{}", "emptied")
        case _:
            pass


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""
