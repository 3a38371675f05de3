"""Faults in statements: conditions, returned values, jumps, statements left out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lastmile.testing.mutation.expressions import negation, operator_sites
from lastmile.testing.mutation.values import Page, Site


def sites(page: Page, node: ast.AST) -> Iterator[Site]:
    """Give the faults that can be put into a statement itself, not into what stands in it."""
    match node:
        case ast.If() | ast.While():
            yield negation(page, node.test)
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield Site(page.span(value), "None", "the returned value became None")
        case ast.Break():
            yield Site(page.span(node), "continue", "break became continue")
        case ast.Continue():
            yield Site(page.span(node), "break", "continue became break")
        case ast.AugAssign():
            yield from operator_sites(page, node.op, page.span(node.target).end, page.span(node.value).start)
            yield _deleted(page, node)
        case ast.Expr(value=ast.Call() | ast.Await()) | ast.Raise() | ast.Delete():
            yield _deleted(page, node)
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield _deleted(page, node)
        case _:
            pass


def _deleted(page: Page, node: ast.stmt) -> Site:
    return Site(page.span(node), "pass", f"left out: {page.source(node).splitlines()[0][:40]}")


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
