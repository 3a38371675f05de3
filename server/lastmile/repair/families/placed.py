"""Statements in the wrong place: one too many, two in the wrong order, one inside or outside a block."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lastmile.repair.site import Rewrite, Site, short
from lastmile.text.edits import Replacement, Span

_STEP = "    "


def placed(site: Site) -> Iterator[Rewrite]:
    """Give the changes that delete, swap or move a statement, or make an assignment of a call."""
    node = site.node
    if not isinstance(node, ast.stmt) or isinstance(node, ast.FunctionDef | ast.ClassDef):
        return
    label = short(site.source(node))
    yield site.edit("deleted", f"drops `{label}`", Replacement(site.span(node), "pass"))
    yield from _unblocked(site, node)
    for body in _bodies(site.parent):
        if any(item is node for item in body):
            yield from _swapped(site, node, body)
            yield from _moved_out(site, node, body)
            yield from _moved_in(site, node, body)
    yield from _assigning(site, node)
    yield from _returning(site, node)


def _bodies(parent: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        value = getattr(parent, name, None)
        if isinstance(value, list) and value:
            yield value


def _swapped(site: Site, node: ast.stmt, body: list[ast.stmt]) -> Iterator[Rewrite]:
    at = body.index(node)
    if at + 1 < len(body) and body[at + 1].col_offset == node.col_offset:
        other = body[at + 1]
        edits = (Replacement(site.span(node), site.source(other)), Replacement(site.span(other), site.source(node)))
        yield site.edit("moved", f"swaps `{short(site.source(node))}` and the next statement", *edits)


def _moved_out(site: Site, node: ast.stmt, body: list[ast.stmt]) -> Iterator[Rewrite]:
    """Move the last statement of a block behind the block."""
    block = site.parent
    if body[-1] is not node or len(body) == 1 or not isinstance(block, ast.For | ast.While | ast.If | ast.With):
        return
    if getattr(block, "orelse", []) or not site.indent.endswith(_STEP):
        return
    text = site.source(node).replace(f"\n{_STEP}", "\n")
    span = Span(site.span(node).start - len(site.indent), site.span(node).end)
    put = Replacement(span, site.indent[: -len(_STEP)] + text)
    yield site.edit("moved", f"moves `{short(site.source(node))}` out of the block", put)


def _moved_in(site: Site, node: ast.stmt, body: list[ast.stmt]) -> Iterator[Rewrite]:
    """Move a statement into the end of the block before it."""
    at = body.index(node)
    if at == 0 or not isinstance(body[at - 1], ast.For | ast.While | ast.If | ast.With):
        return
    text = site.source(node).replace("\n", f"\n{_STEP}")
    span = Span(site.span(node).start - len(site.indent), site.span(node).end)
    put = Replacement(span, site.indent + _STEP + text)
    yield site.edit("moved", f"moves `{short(site.source(node))}` into the block before", put)


def _unblocked(site: Site, node: ast.stmt) -> Iterator[Rewrite]:
    """Turn ``elif`` into ``if`` and keep a loop from running on."""
    if isinstance(node, ast.Continue):
        yield site.turn_bare("flow", node, "break")
    elif isinstance(node, ast.Break):
        yield site.turn_bare("flow", node, "continue")


def _assigning(site: Site, node: ast.stmt) -> Iterator[Rewrite]:
    """Turn ``a.update(b)`` into ``a = b``, and keep the result of a call that was dropped."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=target, attr=attr), args=[given])):
            if attr in {"update", "extend", "append", "add"}:
                yield site.turn_bare("assigned", node, f"{site.source(target)} = {site.source(given)}")
    match node:
        case ast.Expr(value=ast.Call() as call):
            for name in site.names:
                yield site.turn_bare("assigned", node, f"{name} = {site.source(call)}", share=0.3)


def _returning(site: Site, node: ast.stmt) -> Iterator[Rewrite]:
    match node:
        case ast.Expr(value=ast.Call() as call):
            yield site.turn_bare("flow", node, f"return {site.source(call)}")
        case ast.Return(value=ast.expr() as value):
            yield site.turn_bare("flow", node, f"yield {site.source(value)}", share=0.3)
