"""The exceptions that leave a function and that its own body names.

Counted is ``raise Name`` and ``raise Name(...)``, and a local name that is only ever bound to such
a call. Left out are re-raises, nested functions, what a ``try`` around it or ``suppress`` clearly
handles, names in small letters (a function that makes the exception), and the error that says that
something is left to a subclass. What called functions raise cannot be seen.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from attrs import frozen

from lastmile.docstrings.fragment import Function
from lastmile.docstrings.signature import SCOPES, last_name, within

_ALL = {"Exception", "BaseException"}
_Try = ast.Try | ast.TryStar
_Guard = _Try | ast.With | ast.AsyncWith


@frozen
class Raised:
    """An exception by the last part of its name."""

    name: str
    line: int
    """The parser's number of the line that raises it first."""


def raised(node: Function) -> tuple[Raised, ...]:
    """List the exceptions that leave a function, in the order of the lines that raise them."""
    bound = _bound(node)
    found: dict[str, int] = {}
    for statement, guards in _raises(node):
        name = last_name(statement.exc)
        for candidate in {name} if _is_class(name) else bound.get(name, set()):
            if not candidate.startswith("NotImplemented") and not any(_stops(guard, candidate) for guard in guards):
                found[candidate] = min(statement.lineno, found.get(candidate, statement.lineno))
    return tuple(Raised(name, line) for name, line in sorted(found.items(), key=lambda item: (item[1], item[0])))


def _raises(node: Function) -> Iterator[tuple[ast.Raise, tuple[_Guard, ...]]]:
    """Find the raise statements, each with the statements that may stop it."""
    waiting: list[tuple[ast.AST, tuple[_Guard, ...]]] = [(item, ()) for item in node.body]
    while waiting:
        item, guards = waiting.pop()
        if isinstance(item, ast.Raise):
            yield item, guards
        elif isinstance(item, _Guard):
            waiting += [(child, (*guards, item)) for child in item.body]
            if isinstance(item, _Try):
                waiting += [(child, guards) for child in (*item.handlers, *item.orelse, *item.finalbody)]
        elif isinstance(item, ast.stmt | ast.excepthandler | ast.match_case) and not isinstance(item, SCOPES):
            waiting += [(child, guards) for child in ast.iter_child_nodes(item)]


def _stops(guard: _Guard, name: str) -> bool:
    if not isinstance(guard, _Try):
        calls = [item.context_expr for item in guard.items if isinstance(item.context_expr, ast.Call)]
        return any(_catches(kind, name) for call in calls if last_name(call) == "suppress" for kind in call.args)
    first = next((item for item in guard.handlers if item.type is None or _catches(item.type, name)), None)
    return first is not None and not _raises_again(first)


def _catches(kind: ast.expr, name: str) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(_covers(last_name(item), name) for item in kinds)


def _covers(caught: str, name: str) -> bool:
    base, own = getattr(builtins, caught, None), getattr(builtins, name, None)
    if isinstance(base, type) and isinstance(own, type):
        return issubclass(own, base)
    return caught == name or caught in _ALL


def _raises_again(handler: ast.ExceptHandler) -> bool:
    found = (item for item in within(handler.body) if isinstance(item, ast.Raise))
    return any(item.exc is None or (isinstance(item.exc, ast.Name) and item.exc.id == handler.name) for item in found)


def _bound(node: Function) -> dict[str, set[str]]:
    """Map local names that are only ever bound to calls of classes to those classes."""
    classes: dict[str, set[str]] = {}
    bindings: dict[str, int] = {}
    for item in within(node.body):
        if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store):
            bindings[item.id] = bindings.get(item.id, 0) + 1
        elif isinstance(item, ast.ExceptHandler) and item.name:
            bindings[item.name] = bindings.get(item.name, 0) + 1
        elif isinstance(item, ast.Assign) and isinstance(item.value, ast.Call) and _is_class(last_name(item.value)):
            for target in item.targets:
                bindings[last_name(target)] = bindings.get(last_name(target), 0) - 1
                classes.setdefault(last_name(target), set()).add(last_name(item.value))
    return {name: found for name, found in classes.items() if bindings[name] == 0}


def _is_class(name: str) -> bool:
    return name.lstrip("_")[:1].isupper()
