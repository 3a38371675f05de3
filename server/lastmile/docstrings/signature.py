"""The parameters and decorators of a definition, and a walk over a body that stays in its scope."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from lastmile.docstrings.fragment import Definition, Function

SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def parameters(node: Function, *, method: bool) -> tuple[str, ...]:
    """List the parameters in order, ``*args`` and ``**kwargs`` with their stars.

    The first one of a method is left out, unless it is static.
    """
    taken = node.args
    plain = [item.arg for item in (*taken.posonlyargs, *taken.args)]
    if method and "staticmethod" not in decorators(node):
        plain = plain[1:]
    several = [] if taken.vararg is None else [f"*{taken.vararg.arg}"]
    keywords = [] if taken.kwarg is None else [f"**{taken.kwarg.arg}"]
    return (*plain, *several, *(item.arg for item in taken.kwonlyargs), *keywords)


def keyword_catcher(node: Function) -> bool:
    """Tell whether it takes ``**kwargs``."""
    return node.args.kwarg is not None


def decorators(node: Definition) -> frozenset[str]:
    """Give the last parts of the decorators' names: ``cached_property`` of ``functools.cached_property``."""
    return frozenset(last_name(item) for item in node.decorator_list)


def last_name(node: ast.expr | None) -> str:
    """Give the last part of a dotted name, what is called, or what is subscripted; else nothing."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def within(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Walk over nodes and what is in them; nested functions and classes come, and stay closed."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, SCOPES):
            waiting.extend(ast.iter_child_nodes(node))
