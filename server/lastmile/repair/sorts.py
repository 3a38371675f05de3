"""What sort of value a variable holds, by how its function uses it: a collection, a number, or unknown.

A guess to rank by: it rules nothing out.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

COLLECTION, NUMBER, UNKNOWN = "collection", "number", ""
_COLLECTING = frozenset({"list", "set", "dict", "sorted", "tuple", "deque", "defaultdict", "Counter"})
_COUNTING = frozenset({"len", "int", "abs", "ord", "sum", "round"})


def sorts(nodes: Sequence[ast.AST], parents: Mapping[ast.AST, ast.AST]) -> Mapping[str, str]:
    """Give the sort of each variable of a function, where its uses speak for one and not for both."""
    found: dict[str, set[str]] = {}
    for node in nodes:
        if isinstance(node, ast.Name):
            found.setdefault(node.id, set()).add(_use(node, parents.get(node)))
    return {name: next(iter(seen - {UNKNOWN}), UNKNOWN) for name, seen in found.items() if len(seen - {UNKNOWN}) < 2}  # noqa: PLR2004 - both sorts


def _use(node: ast.Name, parent: ast.AST | None) -> str:  # noqa: PLR0911 - one a form
    """Say what one use speaks for."""
    match parent:
        case (
            ast.For(iter=value) | ast.comprehension(iter=value) | ast.Subscript(value=value) | ast.Starred(value=value)
        ):
            return COLLECTION if value is node else UNKNOWN
        case ast.Attribute():
            return UNKNOWN
        case ast.Call(func=ast.Name(id=name), args=args) if node in args:
            return NUMBER if name == "range" else COLLECTION if name in {"len", "enumerate", *_COLLECTING} else UNKNOWN
        case ast.Assign(targets=[target], value=value) if target is node:
            return _value(value)
        case (
            ast.BinOp(op=ast.Sub() | ast.FloorDiv() | ast.Div() | ast.Pow()) | ast.Slice() | ast.UnaryOp(op=ast.USub())
        ):
            return NUMBER
        case ast.BinOp(left=left, right=right) | ast.AugAssign(target=left, value=right):
            return (
                NUMBER
                if any(isinstance(side, ast.Constant) and isinstance(side.value, int) for side in (left, right))
                else UNKNOWN
            )
        case _:
            return UNKNOWN


def _value(value: ast.expr) -> str:
    """Say what sort of value an expression gives."""
    match value:
        case ast.List() | ast.Set() | ast.Dict() | ast.ListComp() | ast.SetComp() | ast.DictComp():
            return COLLECTION
        case ast.Call(func=ast.Name(id=name)):
            return COLLECTION if name in _COLLECTING else NUMBER if name in _COUNTING else UNKNOWN
        case ast.BinOp(left=left, right=right):
            return COLLECTION if COLLECTION in {_value(left), _value(right)} else UNKNOWN
        case ast.Constant(value=int() | float()):
            return NUMBER
        case ast.Subscript(value=held, slice=ast.Slice()):
            return COLLECTION if isinstance(held, ast.Name) else UNKNOWN
        case _:
            return UNKNOWN


def fits(sort: str, other: str) -> float:
    """Say how much likelier than not one variable is meant in the place of another, by their sorts."""
    if UNKNOWN in {sort, other}:
        return 1.0
    return 3.0 if sort == other else 0.2
