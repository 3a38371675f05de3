"""Loops that can be seen to go on for ever once they begin: trying them costs a whole deadline.

It sees only what is plain: a condition of variables and lengths, and a body that changes none of them
and has no way out.
"""

from __future__ import annotations

import ast

_WAYS_OUT = (ast.Break, ast.Return, ast.Raise, ast.Yield, ast.YieldFrom, ast.Await, ast.Try, ast.Assert)
_PLAIN = (
    ast.Name, ast.Constant, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.operator, ast.cmpop, ast.boolop,
    ast.unaryop, ast.expr_context,
)  # fmt: skip


def never_ends(tree: ast.AST) -> bool:
    """Tell whether there is a loop that surely goes on for ever unless it never begins."""
    return any(isinstance(node, ast.While) and _is_endless(node) for node in ast.walk(tree))


def _is_endless(loop: ast.While) -> bool:
    test = list(ast.walk(loop.test))
    lengths = [node for node in test if isinstance(node, ast.Call)]
    if not all(isinstance(node.func, ast.Name) and node.func.id in {"len", "abs"} for node in lengths):
        return False
    if not all(isinstance(node, _PLAIN) for node in test if node not in lengths):
        return False
    inner = [node for item in loop.body for node in ast.walk(item)]
    if any(isinstance(node, _WAYS_OUT) for node in inner):
        return False
    read = {node.id for node in test if isinstance(node, ast.Name)}
    return read.isdisjoint(_touched(inner, values=bool(lengths) or not any(isinstance(n, ast.Compare) for n in test)))


def _touched(nodes: list[ast.AST], *, values: bool) -> set[str]:
    """List the variables that may be bound anew and, where their contents matter, those that may be changed."""
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    calls = (node for node in nodes if isinstance(node, ast.Call | ast.Subscript | ast.Attribute))
    reached = {inner.id for node in calls for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    return stored | (reached if values else set())
