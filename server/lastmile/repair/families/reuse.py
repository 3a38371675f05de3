"""Expressions of the same function in the place of others of their form.

What a repair is made of mostly stands nearby already (Barr et al., "The plastic surgery hypothesis",
FSE 2014).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lastmile.repair.site import Rewrite, Site

_REUSED = (ast.Subscript, ast.Call, ast.Attribute, ast.BinOp, ast.Compare, ast.List, ast.ListComp)
_LARGEST = 12
"""Nodes of the largest expression that is reused: larger ones are seldom meant twice."""


def reuse(site: Site) -> Iterator[Rewrite]:
    """Give the changes of an expression for another of the function."""
    node = site.node
    if not isinstance(node, ast.expr) or isinstance(node, ast.Constant | ast.Tuple | ast.Starred):
        return
    if isinstance(site.parent, ast.Call) and site.parent.func is node:
        return
    if isinstance(getattr(node, "ctx", None), ast.Store):
        yield from _targets(site, node)
        return
    own = ast.dump(node)
    for other in site.pool.loads:
        if isinstance(other, _REUSED) and ast.dump(other) != own and _small(other):
            alike = type(other) is type(node)
            yield site.fill("reuse", node, "{0}", other, share=1.0 if alike else 0.2)
    if isinstance(node, ast.Call | ast.Subscript | ast.BinOp | ast.Attribute):
        for name in site.names:
            yield site.turn("reuse", node, name, share=0.7)


def _targets(site: Site, node: ast.expr) -> Iterator[Rewrite]:
    """Assign elsewhere: to another item or attribute that the function reads."""
    if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(site.parent, ast.Assign | ast.AugAssign):
        for other in site.pool.loads:
            if isinstance(other, ast.Subscript | ast.Attribute) and site.source(other) != site.source(node):
                yield site.turn_bare("reuse", node, site.source(other))


def _small(node: ast.AST) -> bool:
    return sum(1 for _ in ast.walk(node)) <= _LARGEST * 2
