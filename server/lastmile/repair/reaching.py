"""Statements that can be seen never to run: a change that makes more of them hides code instead of repairing it.

It sees only what the form tells: what follows a way out, branches of a constant, loops left at once.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

_OUT = (ast.Return, ast.Raise, ast.Break, ast.Continue)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def dead(tree: ast.AST) -> int:
    """Count the statements that never run by form alone, and the loops whose last statement always leaves them."""
    blocks = [block for node in ast.walk(tree) for block in _never(node)]
    lost = {id(inner) for block in blocks for item in block for inner in ast.walk(item) if isinstance(inner, ast.stmt)}
    left = sum(isinstance(node, _LOOPS) and isinstance(node.body[-1], ast.Break) for node in ast.walk(tree))
    return len(lost) + left


def _never(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """Give the stretches of a node's own blocks that are never begun."""
    for _name, block in ast.iter_fields(node):
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
            ends = next((at for at, item in enumerate(block) if _leaves(item)), len(block))
            yield block[ends + 1 :]
    if isinstance(node, ast.If | ast.While) and isinstance(node.test, ast.Constant):
        if not node.test.value:
            yield node.body
        elif isinstance(node, ast.If) or not _is_broken(node):
            yield node.orelse


def _leaves(node: ast.stmt) -> bool:
    """Tell whether what follows a statement in its block never runs."""
    match node:
        case ast.If(test=ast.Constant(value=value), body=body, orelse=orelse):
            return any(map(_leaves, body if value else orelse))
        case ast.If(body=body, orelse=orelse):
            return any(map(_leaves, body)) and any(map(_leaves, orelse))
        case ast.While(test=ast.Constant(value=value)):
            return bool(value) and not _is_broken(node)
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
            ways = [[*body, *orelse], *(item.body for item in handlers)]
            return any(map(_leaves, final)) or all(any(map(_leaves, way)) for way in ways)
        case _:
            return isinstance(node, _OUT)


def _is_broken(loop: ast.While) -> bool:
    """Tell whether a ``break`` of a loop's own stands in it."""
    waiting: list[ast.AST] = list(loop.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Break):
            return True
        if isinstance(node, _LOOPS):
            waiting.extend(node.orelse)
        elif not isinstance(node, _SCOPES):
            waiting.extend(ast.iter_child_nodes(node))
    return False
