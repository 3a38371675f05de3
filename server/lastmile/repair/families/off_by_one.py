"""Off by one: in an index, a slice, a range, an argument, a bound, a result."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lastmile.repair.site import Rewrite, Site
from lastmile.repair.sorts import NUMBER, fits

_COUNTS = frozenset({"len", "int", "sum", "max", "min", "abs", "ord", "round"})


def off_by_one(site: Site) -> Iterator[Rewrite]:
    """Give the changes by one of an expression that may be a number."""
    node = site.node
    match node:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            yield from _constant(site, node, value)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=ast.Constant(value=1)):
            yield site.fill("off by one", node, "{0}", left)
        case _ if _may_be_number(site):
            share = (1.0 if _counts_here(site) else 0.4) * fits(site.sort(node), NUMBER)
            yield site.fill("off by one", node, "{0} + 1", node, share=share)
            yield site.fill("off by one", node, "{0} - 1", node, share=share)


def _constant(site: Site, node: ast.Constant, value: int) -> Iterator[Rewrite]:
    negative = isinstance(site.parent, ast.UnaryOp)
    yield site.turn("off by one", node, str(value + 1))
    if value > 0 or not negative:
        yield site.turn("off by one", node, str(value - 1))


def _may_be_number(site: Site) -> bool:
    match site.node:
        case ast.Name(ctx=ast.Load()):
            return not isinstance(site.parent, ast.Attribute) and not _is_called(site)
        case ast.Call(func=ast.Name(id=name)):
            return name in _COUNTS or isinstance(site.parent, ast.Return | ast.BinOp)
        case ast.BinOp(op=op):
            return not isinstance(op, ast.Mod | ast.Mult) or not isinstance(site.parent, ast.BinOp)
        case ast.Subscript(ctx=ast.Load()):
            return isinstance(site.parent, ast.Compare | ast.Call | ast.BinOp | ast.Return)
        case _:
            return False


def _is_called(site: Site) -> bool:
    match site.parent:
        case ast.Call(func=function):
            return function is site.node
        case ast.Subscript(value=value):
            return value is site.node
        case _:
            return False


def _counts_here(site: Site) -> bool:
    """Tell whether the place asks for a count: an index, a slice's bound, an argument, arithmetic."""
    match site.parent:
        case ast.Slice() | ast.Subscript() | ast.BinOp():
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name == "range" or isinstance(site.node, ast.Name)
        case ast.Tuple():
            return isinstance(site.code.parents.get(site.parent), ast.Subscript)
        case _:
            return isinstance(site.node, ast.Call)
