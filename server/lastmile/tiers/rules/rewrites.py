"""Templates for single expressions and loops: E721 and PERF402.

Each takes the code and the finding's span and gives the new text, or None where it does not fit.
"""

from __future__ import annotations

import ast
import builtins
import re

from lastmile.text.code import Code, binders, identifiers
from lastmile.text.edits import Span
from lastmile.tiers.rules.values import calls, is_builtin, is_list

_OPERATOR = re.compile(r"(?P<before>[\s)]*)(?P<operator>==|!=)(?P<after>[\s(]*)")
_CLASS = re.compile(r"_*[A-Z]\w*[a-z]\w*")


def identical_types(code: Code, span: Span) -> str | None:
    """Compare types by identity (E721).

    Only where both sides are surely types: other things that equal a type are not it.
    """
    for node in code.around(span):
        match node:
            case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq()], comparators=[right]):
                if code.span(node) == span and _both_types(code, left, right):
                    return _by_identity(code.text, code.span(left).end, code.span(right).start)
    return None


def extended(code: Code, span: Span) -> str | None:
    """Extend a list at once where a loop appends each item as it is (PERF402)."""
    node = code.at(ast.Expr, span.start)
    loop = None if node is None else code.parents.get(node)
    match loop:
        case ast.For(target=ast.Name(id=item), body=[ast.Expr(value=ast.Call() as call)], orelse=[]):
            made = _appended_to(call, item)
            fits = made is not None and made.id not in identifiers(loop.iter) | {item} and is_list(code, made)
            return _extended(code, loop, made.id) if made is not None and fits else None
        case _:
            return None


def _appended_to(call: ast.Call, item: str) -> ast.Name | None:
    """Give the name of the list that a call appends the item to."""
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name() as made, attr="append"), args=[ast.Name(id=added)]):
            return made if added == item and not call.keywords else None
        case _:
            return None


def _extended(code: Code, loop: ast.For, made: str) -> str | None:
    whole, source = code.span(loop), code.source(loop.iter)
    inside = set(ast.walk(loop))
    item = loop.target.id if isinstance(loop.target, ast.Name) else ""
    names = (node for node in ast.walk(code.scope(loop)) if isinstance(node, ast.Name) and node.id == item)
    # A comment would go, and the item may be read after the loop: a module's by anyone.
    if "#" in whole.of(code.text) or code.scope(loop) is code.tree or any(node not in inside for node in names):
        return None
    # The items of a tuple without brackets would become arguments.
    if isinstance(loop.iter, ast.Tuple):
        return None
    return f"{code.text[: whole.start]}{made}.extend({source}){code.text[whole.end :]}"


def _both_types(code: Code, left: ast.expr, right: ast.expr) -> bool:
    sides = (left, right)
    return any(_is_type_of(code, side) for side in sides) and all(_is_type(code, side) for side in sides)


def _is_type_of(code: Code, node: ast.expr | None) -> bool:
    """Tell whether an expression takes the type of something, or is a name for nothing else."""
    match node:
        case ast.Attribute(attr="__class__"):
            return True
        case ast.Name(id=name):
            bound = binders(code.scope(node), name)
            return bool(bound) and all(_binds_type(code, item) for item in bound)
        case ast.Call(args=[_], keywords=[]):
            return calls(code, node, frozenset({"type"}))
        case _:
            return False


def _binds_type(code: Code, binder: ast.AST) -> bool:
    match code.parents.get(binder):
        case ast.Assign(targets=[ast.Name()], value=ast.Call() | ast.Attribute() as value):
            return _is_type_of(code, value)
        case _:
            return False


def _is_type(code: Code, node: ast.expr) -> bool:
    match node:
        case ast.Name(id=name) if is_builtin(code, node):
            return isinstance(getattr(builtins, name), type)
        case ast.Name(id=name) | ast.Attribute(attr=name) if _CLASS.fullmatch(name):
            return True
        case _:
            return _is_type_of(code, node)


def _by_identity(text: str, end: int, start: int) -> str | None:
    found = _OPERATOR.fullmatch(text, end, start)
    if found is None:
        return None
    before, after = found["before"], found["after"]
    before += "" if before[-1:].isspace() else " "
    after = after if after[:1].isspace() else f" {after}"
    return f"{text[:end]}{before}{'is' if found['operator'] == '==' else 'is not'}{after}{text[start:]}"
