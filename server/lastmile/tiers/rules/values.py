"""What kind of value an expression surely gives, as far as one file shows it.

It says yes only where every way to the expression is in sight; anything else is a no. Annotations
of parameters count: a caller who breaks one breaks more than a template could.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator

from lastmile.text.code import FUNCTIONS, Code, binders

_TO_INT = frozenset({"len", "int", "ord", "id", "hash"})
_TO_SINGLE = _TO_INT | {"str", "repr", "ascii", "chr", "hex", "oct", "bin", "format", "float", "bool", "abs"}
_KEEPS_INT = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod, ast.BitAnd, ast.BitOr, ast.BitXor)
# Methods of texts that hardly anything else has, and that never give a tuple.
_TEXT_METHODS = frozenset(
    {"capitalize", "format", "hexdigest", "isoformat", "join", "ljust", "lower", "rjust", "strip", "title", "upper"}
)


def is_builtin(code: Code, node: ast.Name) -> bool:
    """Tell whether a name means what it means in `builtins`: nothing around it binds it."""
    seen = {code.tree, code.frame(node), *(above for above in code.above(node) if isinstance(above, FUNCTIONS))}
    bound = code.bound(node.id)
    return hasattr(builtins, node.id) and not any(code.frame(item) in seen for item in bound)


def calls(code: Code, node: ast.expr | None, names: frozenset[str]) -> bool:
    """Tell whether an expression calls one of the built-in functions."""
    match node:
        case ast.Call(func=ast.Name(id=name) as function):
            return name in names and is_builtin(code, function)
        case _:
            return False


def is_int(code: Code, node: ast.expr | None, assumed: frozenset[str] = frozenset()) -> bool:
    """Tell whether an expression surely gives an int (or a bool, which is one)."""
    match node:
        case ast.Constant(value=int()):
            return True
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Invert(), operand=operand):
            return is_int(code, operand, assumed)
        case ast.BinOp(left=left, op=op, right=right):
            return isinstance(op, _KEEPS_INT) and is_int(code, left, assumed) and is_int(code, right, assumed)
        case ast.IfExp(body=one, orelse=other):
            return is_int(code, one, assumed) and is_int(code, other, assumed)
        case ast.Name(id=name):
            return name in assumed or always(code, node, lambda item: _gives_int(code, item, assumed | {name}))
        case _:
            return calls(code, node, _TO_INT)


def is_single(code: Code, node: ast.expr) -> bool:
    """Tell whether an expression is surely no tuple and no mapping: `%` treats those apart."""
    match node:
        case ast.JoinedStr() | ast.Constant() | ast.Attribute(attr="__name__" | "__qualname__"):
            return True
        case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str())) | ast.BinOp(left=ast.JoinedStr()):
            return True
        case ast.Call(func=ast.Attribute(attr=method)):
            return method in _TEXT_METHODS
        case ast.Name(id=name):
            bound = binders(code.scope(node), name)
            return is_int(code, node) or (
                bool(bound) and all(is_annotated(code, item, {"int", "str"}) for item in bound)
            )
        case _:
            return is_int(code, node) or calls(code, node, _TO_SINGLE)


def is_list(code: Code, node: ast.Name) -> bool:
    """Tell whether a name stands for nothing but lists that its own function makes."""
    bound = binders(code.scope(node), node.id)
    return bool(bound) and all(_is_new_list(code, item) for item in bound)


def _is_new_list(code: Code, binder: ast.AST) -> bool:
    match code.parents.get(binder):
        case ast.Assign(targets=[ast.Name()], value=value) | ast.AnnAssign(value=value):
            return isinstance(value, ast.List | ast.ListComp) or calls(code, value, frozenset({"list", "sorted"}))
        case _:
            return False


def always(code: Code, name: ast.Name, gives: Callable[[ast.AST], bool]) -> bool:
    """Tell whether everything that binds the name, in its own function and in no other, gives it such a value."""
    scope = code.scope(name)
    bound = binders(scope, name.id)
    return bool(bound) and all(_from(code, item, scope) is scope and gives(item) for item in bound)


def _from(code: Code, binder: ast.AST, scope: ast.AST) -> ast.AST:
    """Give the scope that a binder binds in; a parameter's function is its own."""
    return scope if isinstance(binder, ast.arg) and binder in set(ast.walk(scope)) else code.scope(binder)


def _gives_int(code: Code, binder: ast.AST, assumed: frozenset[str]) -> bool:
    match code.parents.get(binder):
        case ast.Assign(targets=[ast.Name()], value=value) | ast.AnnAssign(value=ast.expr() as value):
            return is_int(code, value, assumed)
        case ast.AugAssign(op=op, value=value):
            return isinstance(op, _KEEPS_INT) and is_int(code, value, assumed)
        case ast.For(target=ast.Name(), iter=source) | ast.comprehension(target=ast.Name(), iter=source):
            return calls(code, source, frozenset({"range"}))
        case ast.Tuple(elts=[first, *_]) as pair if first is binder:
            return _counts(code, code.parents.get(pair))
        case _:
            return is_annotated(code, binder, {"int"})


def _counts(code: Code, loop: ast.AST | None) -> bool:
    """Tell whether a loop takes its pairs from ``enumerate`` without a start of its own."""
    match loop:
        case ast.For(iter=ast.Call(args=[_], keywords=[]) as source):
            return calls(code, source, frozenset({"enumerate"}))
        case ast.comprehension(iter=ast.Call(args=[_], keywords=[]) as source):
            return calls(code, source, frozenset({"enumerate"}))
        case _:
            return False


def is_annotated(code: Code, binder: ast.AST, types: set[str]) -> bool:
    """Tell whether a parameter is one of the types; the annotation of a starred one is about its items."""
    match binder, code.parents.get(binder):
        case ast.arg(annotation=ast.Name(id=name)), ast.arguments() as around:
            by_default = next((value for item, value in defaults(around) if item is binder), None)
            none = isinstance(by_default, ast.Constant) and by_default.value is None
            return name in types and not none and binder is not around.vararg and binder is not around.kwarg
        case _:
            return False


def defaults(arguments: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """Give the parameters that have a default, with it; None for one by name alone that has none."""
    yield from zip(reversed([*arguments.posonlyargs, *arguments.args]), reversed(arguments.defaults), strict=False)
    yield from zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
