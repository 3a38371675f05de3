"""Wrong operators: comparisons and their boundaries, arithmetic, bits, the truth of a condition."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType

from lastmile.repair.site import Rewrite, Site
from lastmile.text.edits import Replacement, Span

SIGNS: Mapping[type, str] = MappingProxyType(
    {
        ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is",
        ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in", ast.Add: "+", ast.Sub: "-", ast.Mult: "*",
        ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**", ast.BitAnd: "&", ast.BitOr: "|",
        ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>", ast.And: "and", ast.Or: "or",
    }
)  # fmt: skip
_BOUNDARY = MappingProxyType({"<": "<=", "<=": "<", ">": ">=", ">=": ">"})
_OTHERS: Mapping[str, str] = MappingProxyType(
    {
        "<": "> >= != ==", "<=": ">= > == !=", ">": "< <= != ==", ">=": "<= < == !=", "==": "!= <= >= < >",
        "!=": "== < >", "is": "is_not", "is not": "is", "in": "not_in", "not in": "in",
        "+": "- * |", "-": "+ //", "*": "+ ** // /", "/": "// * %", "//": "/ % - *", "%": "// / -", "**": "*",
        "&": "| ^ and", "|": "& ^ or", "^": "& | **", "<<": ">>", ">>": "<<",
    }
)  # fmt: skip


def operators(site: Site) -> Iterator[Rewrite]:
    """Give the changes of one operator."""
    match site.node:
        case ast.Compare(left=left, ops=ops, comparators=rights):
            for at, (op, one, other) in enumerate(zip(ops, [left, *rights], rights, strict=False)):
                yield from _compared(site, SIGNS[type(op)], one, other)
                if len(ops) == 1 and at == 0:
                    yield from _widened(site, op, one, other)
        case ast.BinOp(left=left, op=op, right=right):
            for sign in _OTHERS.get(SIGNS.get(type(op), ""), "").split():
                yield _sign(site, "operator", (left, right), (SIGNS[type(op)], sign))
        case ast.AugAssign(target=target, op=op, value=value):
            yield from _augmented(site, target, SIGNS.get(type(op), ""), value)
        case ast.BoolOp(op=op, values=[*values]):
            old, new = ("and", "or") if isinstance(op, ast.And) else ("or", "and")
            for one, other in pairwise(values):
                yield _sign(site, "operator", (one, other), (old, new))
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield site.fill("negation", site.node, "{0}", operand)


def _compared(site: Site, sign: str, one: ast.expr, other: ast.expr) -> Iterator[Rewrite]:
    if sign in _BOUNDARY:
        yield _sign(site, "boundary", (one, other), (sign, _BOUNDARY[sign]))
    first, *others = _OTHERS[sign].split()
    yield _sign(site, "comparison", (one, other), (sign, first.replace("_", " ")), share=2.0)
    for new in others:
        yield _sign(site, "comparison", (one, other), (sign, new))


def _widened(site: Site, op: ast.cmpop, one: ast.expr, other: ast.expr) -> Iterator[Rewrite]:
    """Let a base case take one value more: ``== 0`` becomes ``<= 1``."""
    if isinstance(op, ast.Eq) and isinstance(other, ast.Constant) and type(other.value) is int:
        yield site.fill("boundary", site.node, "{0} <= {1}", one, str(other.value + 1), share=0.5)
        yield site.fill("boundary", site.node, "{0} <= {1}", one, other, share=0.5)


def _augmented(site: Site, target: ast.expr, sign: str, value: ast.expr) -> Iterator[Rewrite]:
    if not sign:
        return
    for new in [*_OTHERS[sign].split(), ""]:
        if new not in {"and", "or"}:
            yield _sign(site, "operator", (target, value), (f"{sign}=", f"{new}="))


def _sign(
    site: Site, kind: str, between: tuple[ast.expr, ast.expr], signs: tuple[str, str], share: float = 1.0
) -> Rewrite:
    """Change the operator between two nodes, brackets and layout around it left alone."""
    (one, other), (old, new) = between, signs
    gap = Span(site.span(one).end, site.span(other).start)
    at = gap.of(site.code.text).find(old)
    span = Span(gap.start + at, gap.start + at + len(old)) if at >= 0 else gap
    put = (Replacement(span, new if at >= 0 else f" {new} "),)
    return Rewrite(kind, f"turns `{old}` into `{new}`", put, put, share)
