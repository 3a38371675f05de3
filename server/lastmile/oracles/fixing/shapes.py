"""The form of a piece of syntax: what two texts are compared by, step by step, whatever their layout."""

from __future__ import annotations

import ast
from collections.abc import Collection

Shape = tuple[str, ...]
BLANK = "?"
"""What stands in a form for a name that was left blank."""

_HOLDING = ("body", "orelse", "finalbody", "handlers", "cases")


def shape(node: ast.AST, blank: Collection[str] = ()) -> Shape:
    """Give the form of a piece of syntax, without recursion, and without the statements that it holds."""
    out: list[str] = []
    waiting: list[object] = [node]
    while waiting:
        item = waiting.pop()
        match item:
            case ast.expr_context():
                pass
            case ast.Constant(value=value):
                out += ["Constant", repr(value)]
            case ast.AST():
                out.append(type(item).__name__)
                skipped = {"kind", *(_HOLDING if item is node and not is_simple(node) else ())}
                waiting += [getattr(item, name, None) for name in reversed(item._fields) if name not in skipped]
            case list():
                out.append(f"[{len(item)}")
                waiting += reversed(item)
            case _:
                out.append(BLANK if item in blank else str(item))
    return tuple(out)


def held(node: ast.AST) -> list[ast.AST]:
    """Give what a node holds of statements, handlers and cases."""
    if isinstance(node, ast.expr):
        return []  # a lambda and a conditional expression have parts of the same names
    found = (getattr(node, name, None) for name in _HOLDING)
    return [item for items in found if isinstance(items, list) for item in items]


def is_simple(node: ast.AST) -> bool:
    """Tell whether a node holds no statements."""
    return not held(node)
