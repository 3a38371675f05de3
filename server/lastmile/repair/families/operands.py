"""Operands: swapped, one too many, one too few."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lastmile.repair.families.operators import SIGNS
from lastmile.repair.site import Rewrite, Site

_COMMUTES = (ast.Mult, ast.BitAnd, ast.BitOr, ast.BitXor)
_GROWS = (ast.Return, ast.Call, ast.Assign, ast.AugAssign, ast.Tuple, ast.Subscript, ast.Compare)


def operands(site: Site) -> Iterator[Rewrite]:
    """Give the changes of what an operator works on."""
    node = site.node
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            if not isinstance(op, _COMMUTES):
                yield site.fill("operands", node, f"{{1}} {SIGNS.get(type(op), '+')} {{0}}", left, right)
            yield site.fill("fewer operands", node, "{0}", left)
            yield site.fill("fewer operands", node, "{0}", right)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            yield site.fill("operands", node, f"{{1}} {SIGNS[type(op)]} {{0}}", left, right, share=0.25)
    if isinstance(node, ast.expr) and isinstance(site.parent, _GROWS) and _grows(site, node):
        yield from _more(site, node)


def _grows(site: Site, node: ast.expr) -> bool:
    loads = not isinstance(getattr(node, "ctx", None), ast.Store | ast.Del)
    called = isinstance(site.parent, ast.Call) and site.parent.func is node
    kept = isinstance(site.parent, ast.Subscript) and site.parent.value is node
    return (
        loads and not called and not kept and not isinstance(node, ast.Constant | ast.Slice | ast.Tuple | ast.Starred)
    )


def _more(site: Site, node: ast.expr) -> Iterator[Rewrite]:
    if isinstance(site.parent, ast.Return) and isinstance(node, ast.List | ast.ListComp | ast.Call | ast.BinOp):
        for name in site.names:
            yield site.fill("joined", node, "{1} + {0}", node, name)
            yield site.fill("joined", node, "{0} + {1}", node, name)
        return
    own = node.id if isinstance(node, ast.Name) else ""
    for name in site.names:
        if name != own:
            yield site.fill("more operands", node, "{0} - {1}", node, name)
            yield site.fill("more operands", node, "{0} + {1}", node, name)
            yield site.fill("more operands", node, "{1} + {0}", node, name, share=0.5)
