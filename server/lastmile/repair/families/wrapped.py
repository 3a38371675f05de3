"""A call that is missing or too much: a copy, an order, a bound, one step of unpacking; a missing slice."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lastmile.repair.site import Rewrite, Site
from lastmile.repair.sorts import COLLECTION, NUMBER, fits

_AROUND = ("list", "sorted", "set", "tuple", "len", "abs", "int", "str", "sum", "reversed")
_PLACES = (ast.Return, ast.Call, ast.For, ast.comprehension, ast.Assign, ast.Compare, ast.BinOp, ast.Tuple, ast.keyword)


def wrapped(site: Site) -> Iterator[Rewrite]:
    """Give the changes that put a call around an expression or take one away."""
    node = site.node
    match node:
        case ast.Call(func=ast.Name() | ast.Attribute(), args=[*given]):
            kind = "lost recursion" if _is_recursive(site, node) else "unwrapped call"
            yield from (site.fill(kind, node, "{0}", item) for item in given)
            if isinstance(node.func, ast.Attribute):
                yield site.fill("unwrapped call", node, "{0}", node.func.value)
        case ast.Yield(value=ast.expr() as value):
            yield site.fill("flow", node, "yield from {0}", value)
        case ast.YieldFrom(value=value):
            yield site.fill("flow", node, "yield {0}", value)
    if isinstance(node, ast.expr) and _is_read(site):
        yield from _around(site, node)
        yield from _bounded(site, node)
        yield from _sliced(site, node)


def _is_recursive(site: Site, node: ast.Call) -> bool:
    """Tell whether a function calls itself here."""
    around = (
        above.name for above in site.code.above(node) if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return isinstance(node.func, ast.Name) and node.func.id in around


def _is_read(site: Site) -> bool:
    loads = not isinstance(getattr(site.node, "ctx", None), ast.Store | ast.Del)
    called = isinstance(site.parent, ast.Call) and site.parent.func is site.node
    return loads and not called and isinstance(site.parent, _PLACES)


def _around(site: Site, node: ast.expr) -> Iterator[Rewrite]:
    if isinstance(node, ast.Constant | ast.Compare | ast.BoolOp | ast.Starred | ast.Lambda | ast.GeneratorExp):
        return
    for name in _AROUND:
        yield site.fill("wrapped call", node, f"{name}({{0}})", node)
    if isinstance(node, ast.Name | ast.Subscript | ast.Attribute):
        yield site.fill("wrapped call", node, "{0}.copy()", node)
        yield site.fill("squared", node, "{0} ** 2", node)
        yield site.fill("squared", node, "{0} * {0}", node, share=0.5)


def _bounded(site: Site, node: ast.expr) -> Iterator[Rewrite]:
    """Bound a number that is assigned or returned: ``max(0, …)``, ``max(best, …)``."""
    match site.parent:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is node:
            bounds = [name, "0"]
        case ast.Return() | ast.BinOp():
            bounds = ["0"] if isinstance(node, ast.BinOp | ast.Name | ast.Call) else []
        case _:
            return
    for function in ("max", "min"):
        for bound in bounds:
            yield site.fill("kept best", node, f"{function}({bound}, {{0}})", node)


def _sliced(site: Site, node: ast.expr) -> Iterator[Rewrite]:
    """Take a part of what is iterated or handed on."""
    if isinstance(node, ast.Name) and isinstance(site.parent, ast.Call | ast.For | ast.comprehension | ast.Return):
        likely = fits(site.sort(node), COLLECTION)
        for part in ("[1:]", "[:-1]", "[::-1]"):
            yield site.fill("slice", node, "{0}" + part, node, share=likely)
        for name in site.names:
            if name != node.id:
                yield site.fill(
                    "slice", node, f"{{0}}[{name}:]", node, share=0.5 * likely * fits(site.sort(name), NUMBER)
                )
                yield site.fill(
                    "slice", node, f"{{0}}[:{name}]", node, share=0.5 * likely * fits(site.sort(name), NUMBER)
                )
