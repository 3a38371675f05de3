"""Unsafe fixes that are withheld, because they may change what the code does and no check would see it.

A comparison that is handed on (``where(user.name == None)``, ``table[table.a == True]``) may build an
expression out of its operands, as SQLAlchemy, pandas and numpy do; as ``is`` it builds none. And where
a file says itself what equal means, ``not a == b`` need not be ``a != b``.
"""

from __future__ import annotations

import ast

from lastmile.text.edits import Span
from lastmile.tiers.rules.code import Code

_COMPARED = {"E711", "E712"}
_NEGATED = {"SIM201", "SIM202"}
WITHHELD = frozenset(_COMPARED | _NEGATED)
_BUILDING = (ast.BitAnd, ast.BitOr, ast.BitXor)


def may_mean_more(text: str, rule: str, span: Span) -> bool:
    """Tell whether the fix of one of the rules may change what the code at the span does."""
    code = Code.of(text)
    if code is None:
        return True
    if rule in _NEGATED:
        methods = (node.name for node in ast.walk(code.tree) if isinstance(node, ast.FunctionDef))
        return not {"__eq__", "__ne__"}.isdisjoint(methods)
    compared = (node for node in ast.walk(code.tree) if isinstance(node, ast.Compare))
    around = [node for node in compared if code.span(node).contains(span)]
    return any(_is_handed_on(code, node) for node in around[-1:])


def _is_handed_on(code: Code, node: ast.AST) -> bool:
    """Tell whether the value itself goes into a call, an index or a bit operation; a truth value does not."""
    match code.parents.get(node):
        case ast.Call(args=given) if node in given:
            return True
        case ast.Subscript() | ast.Starred() | ast.UnaryOp(op=ast.Invert()) | ast.keyword():
            return True
        case ast.BinOp(op=op):
            return isinstance(op, _BUILDING)
        case ast.Tuple() | ast.List() | ast.Slice() as above:
            return _is_handed_on(code, above)
        case _:
            return False
