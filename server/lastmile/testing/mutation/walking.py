"""Which nodes of a tree are worth a fault: all but those that no test could or should notice.

Left out: docstrings, annotations, decorators, blocks for type checkers and for scripts, ``__all__`` and
its like, what is logged, the words of exceptions, and f-strings, whose parts have no reliable places
before Python 3.12.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

_LEVELS = {"debug", "info", "warning", "warn", "error", "exception", "critical", "log"}
_LOGGERS = {"log", "logger", "logging", "_log", "_logger", "LOG", "LOGGER", "warnings"}
_NAMING = {"TypeVar", "ParamSpec", "NewType", "namedtuple", "NamedTuple", "TypedDict", "cast", "isinstance"}
_FIXED = {"TYPE_CHECKING", "__name__", "version_info", "platform", "hexversion", "PY2", "PY3"}
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def worthy(tree: ast.Module) -> Iterator[ast.AST]:
    """Walk over the nodes worth a fault, in no particular order."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.stmt | ast.expr):
            yield node
        waiting.extend(_children(node))


def _children(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.If() if _is_fixed(node.test):
            yield from node.orelse if "TYPE_CHECKING" in ast.dump(node.test) else ()
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from (item for item in (*node.args.defaults, *node.args.kw_defaults) if item is not None)
            yield from () if _is_overload(node) else _statements(node.body)
        case ast.ClassDef():
            yield from _statements(node.body)
        case ast.Module():
            yield from _statements(node.body)
        case ast.Lambda():
            yield from (item for item in (*node.args.defaults, *node.args.kw_defaults) if item is not None)
            yield node.body
        case ast.AnnAssign():
            yield from [] if node.value is None else [node.value]
        case ast.Raise():
            yield from _of_raise(node)
        case ast.Call(func=func) if _last(func) in _NAMING:
            yield from node.args[:1] if _last(func) == "isinstance" else ()
        case ast.ExceptHandler():
            yield from node.body
        case _:
            yield from (child for child in ast.iter_child_nodes(node) if not _is_passed_over(child))


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    return (item for item in body if not _is_passed_over(item))


def _of_raise(node: ast.Raise) -> Iterator[ast.AST]:
    """Give what decides in an exception: anything but its words."""
    if isinstance(node.exc, ast.Call):
        yield from (item for item in node.exc.args if not isinstance(item, ast.Constant | ast.JoinedStr | ast.BinOp))


def _is_passed_over(node: ast.AST) -> bool:
    match node:
        case ast.JoinedStr() | ast.Import() | ast.ImportFrom() | ast.Assert() | ast.Global() | ast.Nonlocal():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=value, attr=name))):
            return name in _LEVELS and _last(value) in _LOGGERS
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name.startswith("__") and name.endswith("__")
        case _:
            return type(node).__name__ == "TemplateStr"


def _is_fixed(test: ast.expr) -> bool:
    """Tell whether a condition asks for where it runs rather than for what it was given."""
    names = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}
    return not _FIXED.isdisjoint(names | {node.attr for node in ast.walk(test) if isinstance(node, ast.Attribute)})


def _is_overload(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(_last(item) in {"overload", "abstractmethod"} for item in node.decorator_list)


def _last(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=inner):
            return _last(inner)
        case _:
            return ""
