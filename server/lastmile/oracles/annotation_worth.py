"""What no type checker minds in annotations: that they say nothing, and that Python cannot evaluate them.

A checker is silent about `Any`, because it stops looking there. It looks at names that are imported for
type checkers alone as if they were there, and Python, which loads the module, does not.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from lastmile.docstrings.signature import SCOPES, within
from lastmile.oracles.annotation_faults import literal_type, unquoted
from lastmile.oracles.reading import Function
from lastmile.oracles.returns import own, yields

_AROUND = {"Optional", "Union", "typing", "t", "None"}
"""What may stand around a type without saying anything by itself."""


def says_nothing(parameters: Iterable[ast.expr]) -> bool:
    """Tell whether all annotations of a function's new parameters are `Any`.

    `object` is no such thing: a checker holds the body to it.
    """
    found = [_words(item) for item in parameters]
    return bool(found) and all(words == {"Any"} for words in found)


def hides_return(node: Function) -> str:
    """Say what a return annotated as anything is for certain; empty where its text does not show it."""
    if node.returns is None or yields(node) or not _words(node.returns) <= {"Any", "object"}:
        return ""
    given = [item.value for item in own(node) if isinstance(item, ast.Return)]
    kinds = {"" if value is None else literal_type(value) for value in given}
    return f"says nothing, and the body returns {' or '.join(sorted(kinds))}" if kinds and "" not in kinds else ""


def unloaded(module: ast.Module, annotation: ast.expr) -> str:
    """Name what an annotation needs that is imported for type checkers alone; empty where Python can evaluate it."""
    if _postponed(module):
        return ""
    names = {item.id for item in ast.walk(annotation) if isinstance(item, ast.Name)}
    missing = names & set(_for_checkers(module.body)) if names else set()
    return min(missing - set(_loaded(module.body)), default="")


def _words(annotation: ast.expr) -> set[str]:
    parsed = unquoted(annotation)
    nodes = () if parsed is None else ast.walk(parsed)
    found = {item.id if isinstance(item, ast.Name) else item.attr for item in nodes if isinstance(item, _NAMES)}
    return found - _AROUND


_NAMES = (ast.Name, ast.Attribute)


def _postponed(module: ast.Module) -> bool:
    futures = (item for item in module.body if isinstance(item, ast.ImportFrom) and item.module == "__future__")
    return any(name.name == "annotations" for item in futures for name in item.names)


def _is_for_checkers(node: ast.AST) -> bool:
    """Tell whether a statement is looked at by type checkers alone."""
    return isinstance(node, ast.If) and isinstance(node.test, _NAMES) and "TYPE_CHECKING" in ast.unparse(node.test)


def _for_checkers(body: list[ast.stmt]) -> Iterator[str]:
    for node in within(body):
        if isinstance(node, ast.If) and _is_for_checkers(node):
            yield from _bound(within(node.body))


def _loaded(body: list[ast.stmt]) -> Iterator[str]:
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        yield from _bound([node])
        if isinstance(node, ast.If) and _is_for_checkers(node):
            waiting.extend(node.orelse)
        elif not isinstance(node, SCOPES):
            waiting.extend(ast.iter_child_nodes(node))


def _bound(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
