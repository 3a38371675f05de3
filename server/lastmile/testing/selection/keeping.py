"""Whether a function leaves something behind for whoever comes later: in a variable of its module, or a class.

Where one does, a test can see a function that it does not run itself, because another ran it before. What
an object keeps for itself is left out: tests make their own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

_CHANGING = {"append", "add", "update", "setdefault", "extend", "insert", "pop", "clear", "remove", "discard"}
_CHANGING |= {"popitem", "appendleft", "register", "connect", "subscribe"}
_OWN = {"self"}


def keeps(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell whether a function writes into what is there before it runs and after it, beside its own object."""
    parts = list(ast.walk(node))
    own = _local(parts)
    return any(isinstance(part, ast.Global) or not own.issuperset(_written(part)) for part in parts)


def _local(parts: list[ast.AST]) -> set[str]:
    """Give the names that are the function's own; a class that it is called on is not."""
    names = {part.id for part in parts if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load)}
    names |= {part.arg for part in parts if isinstance(part, ast.arg) and part.arg not in {"cls", "mcs", "metacls"}}
    return names | _OWN


def _written(part: ast.AST) -> Iterator[str]:
    """Give the name under which something is found that is written into."""
    match part:
        case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Store() | ast.Del()):
            yield _root(part)
        case ast.Call(func=ast.Attribute(value=changed, attr=name)) if name in _CHANGING:
            yield _root(changed)
        case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[changed, *_]):
            yield _root(changed)


def _root(node: ast.AST) -> str:
    """Give the name that an expression begins with; ``self`` where it begins with a value of its own."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else "self"
