"""What is wrong with an annotation, as far as the function's own text shows.

Only sure things are told: a form that no type has, a default of another type, a return that the
annotation denies. A name that may stand for anything is believed.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from lastmile.docstrings.signature import last_name
from lastmile.oracles.reading import Function
from lastmile.oracles.returns import GENERATORS, NOTHING, falls_through, is_none, own, promises_value, yields
from lastmile.oracles.stubs import is_filler

_FORMS = (ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.List, ast.BinOp, ast.BitOr, ast.Constant, ast.Starred)
_ACCEPTED = {"bool": {"int", "float", "complex"}, "int": {"float", "complex"}, "float": {"complex"}}
"""What a value of a type may be annotated as, beside the type itself (PEP 484's numeric tower)."""

_CONTAINERS = {"List": "list", "Dict": "dict", "Set": "set", "Tuple": "tuple", "FrozenSet": "frozenset"}
_PLAIN = {"int", "float", "complex", "bool", "str", "bytes", "list", "dict", "set", "tuple", "frozenset"}
_BELIEVED = (ast.Call, ast.Await, ast.IfExp, ast.BoolOp)
"""Expressions that may be None whatever they look like."""

_ASYNC = {"AsyncIterator", "AsyncIterable", "AsyncGenerator"}


def form_fault(annotation: ast.expr, named: frozenset[str]) -> str:
    """Say why an expression is no type; empty where it may be one."""
    parsed = unquoted(annotation)
    if parsed is None:
        return "is a string that does not parse"
    if last_name(parsed) in {"Literal", "Annotated"} or isinstance(parsed, ast.Name):
        return _name_fault(parsed, named)
    if isinstance(parsed, ast.Constant) and not is_none(parsed):
        return "is a value, and no type"
    if isinstance(parsed, ast.Tuple | ast.List):
        return "is a list of types, and no type"
    for node in _types_in(parsed):
        fault = _name_fault(node, named)
        if fault:
            return fault
    return ""


def default_fault(annotation: ast.expr, default: ast.expr) -> str:
    """Say that a default is not of the annotated type; empty where it may be."""
    kind, wanted = literal_type(default), plain_type(annotation)
    if is_none(default):
        return "does not allow its default, None" if wanted else ""
    if kind and wanted and not _accepts(wanted, kind):
        return f"is {wanted}, and the default is of type {kind}"
    return ""


def return_fault(node: Function) -> str:  # noqa: PLR0911 - one answer for each kind of function
    """Say what the body gives back that the annotation denies; empty where it may be right."""
    annotation = node.returns
    if annotation is None:
        return ""
    parsed = unquoted(annotation)
    name = last_name(parsed)
    if yields(node):
        return _generator_fault(node, name)
    if node.name == "__init__" and not (is_none(parsed) or name in NOTHING):
        return "is not None, which is all that `__init__` may return"
    given = [item.value for item in own(node) if isinstance(item, ast.Return)]
    if is_none(parsed) or name in NOTHING:
        lies = any(value is not None and not is_none(value) and not isinstance(value, _BELIEVED) for value in given)
        ends = name in {"NoReturn", "Never"} and falls_through(node.body)
        return f"is {ast.unparse(annotation)}, and a value is returned" if lies else "says that it never ends" * ends
    if isinstance(node, ast.AsyncFunctionDef) and name in {"Coroutine", "Awaitable"}:
        return "wraps what an async function wraps by itself"
    if promises_value(node) and not _open(parsed):
        return _denied(node, given, annotation)
    return ""


def unquoted(annotation: ast.expr | None) -> ast.expr | None:
    """Parse an annotation in quotes; None where that fails."""
    if not (isinstance(annotation, ast.Constant) and isinstance(annotation.value, str)):
        return annotation
    try:
        return ast.parse(annotation.value.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def plain_type(annotation: ast.expr | None) -> str:
    """Give the built-in type that an annotation names for certain; empty where it names another, or several."""
    parsed = unquoted(annotation)
    if isinstance(parsed, ast.Subscript):
        parsed = parsed.value
    name = last_name(parsed) if isinstance(parsed, ast.Name | ast.Attribute) else ""
    name = _CONTAINERS.get(name, name)
    return name if name in _PLAIN else ""


def literal_type(node: ast.expr) -> str:  # noqa: PLR0911 - a table
    """Give the type of an expression whose own form shows it; empty for others."""
    match node:
        case ast.Constant(value=value):
            return "None" if value is None else type(value).__name__
        case ast.JoinedStr():
            return "str"
        case ast.List() | ast.ListComp():
            return "list"
        case ast.Dict() | ast.DictComp():
            return "dict"
        case ast.Set() | ast.SetComp():
            return "set"
        case ast.Tuple():
            return "tuple"
        case ast.UnaryOp(op=ast.Not()):
            return "bool"
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant() as inner):
            return literal_type(inner)
        case ast.Call(func=ast.Name(id=name)) if name in _PLAIN | {"len"}:
            return "int" if name == "len" else name
        case _:
            return ""


def _denied(node: Function, given: list[ast.expr | None], annotation: ast.expr) -> str:
    said = ast.unparse(annotation)
    body = [item for item in node.body if not is_filler(item)]
    if not body:
        return ""
    if any(value is None or is_none(value) for value in given):
        return f"is {said}, and None is returned in places"
    if not given and falls_through(node.body):
        return f"is {said}, and nothing is ever returned"
    wanted = plain_type(annotation)
    kinds = {literal_type(value) for value in given if value is not None} - {""}
    wrong = next((kind for kind in sorted(kinds) if wanted and not _accepts(wanted, kind)), "")
    if wrong:
        return f"is {said}, and a value of type {wrong} is returned"
    last = node.body[-1]
    # A call may never come back.
    believed = isinstance(last, ast.Expr) and isinstance(last.value, ast.Call)
    ends = not falls_through(node.body) or believed or not given
    return "" if ends else f"is {said}, and the end of the body gives None"


def _generator_fault(node: Function, name: str) -> str:
    wanted = _ASYNC if isinstance(node, ast.AsyncFunctionDef) else GENERATORS - _ASYNC
    if name in wanted or name in {"Any", "object"} or (name and name not in _PLAIN | NOTHING | GENERATORS):
        return ""
    return "is not that of a generator"


def _open(parsed: ast.expr | None) -> bool:
    """Tell whether an annotation is a name that may stand for a union with None."""
    name = last_name(parsed)
    return isinstance(parsed, ast.Name | ast.Attribute) and name not in _PLAIN


def _name_fault(node: ast.expr, named: frozenset[str]) -> str:
    if isinstance(node, ast.Name) and node.id not in named:
        known = getattr(builtins, node.id, None)
        if known is not None and not isinstance(known, type):
            return f"names `{node.id}`, which is no type"
    return ""


def _types_in(node: ast.expr) -> Iterator[ast.expr]:
    """Walk over the parts of a type; a part that no type has is given as a name that is none."""
    waiting: list[ast.expr] = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, ast.Subscript) and last_name(item) in {"Literal", "Annotated"}:
            continue
        parts = [child for child in ast.iter_child_nodes(item) if isinstance(child, ast.expr)]
        union = not isinstance(item, ast.BinOp) or isinstance(item.op, ast.BitOr)
        yield item if isinstance(item, _FORMS) and union else ast.Name(id="print", ctx=ast.Load())
        waiting.extend(parts)


def _accepts(wanted: str, kind: str) -> bool:
    return wanted == kind or wanted in _ACCEPTED.get(kind, set())
