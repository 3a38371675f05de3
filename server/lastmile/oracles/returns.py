"""What a function gives back, as far as its own text shows."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lastmile.docstrings.signature import SCOPES, last_name, within
from lastmile.oracles.reading import Function

NOTHING = {"None", "NoReturn", "Never"}
GENERATORS = {"Iterator", "Iterable", "Generator", "AsyncIterator", "AsyncIterable", "AsyncGenerator"}


def returns(node: Function) -> Iterator[ast.expr]:
    """Give the values that its return statements give, a bare None left out, then what it yields."""
    for item in own(node):
        value = item.value if isinstance(item, ast.Return | ast.Yield | ast.YieldFrom) else None
        if value is not None and not is_none(value):
            yield value


def own(node: Function) -> Iterator[ast.AST]:
    """Walk over the body, nested functions and classes left out."""
    return (item for item in within(node.body) if not isinstance(item, SCOPES))


def yields(node: Function) -> bool:
    """Tell whether it is a generator."""
    return any(isinstance(item, ast.Yield | ast.YieldFrom) for item in own(node))


def is_none(node: ast.expr | None) -> bool:
    """Tell whether an expression is None, written out."""
    return isinstance(node, ast.Constant) and node.value is None


def promises_value(node: Function) -> bool:
    """Tell whether its annotation says that something other than None comes back."""
    promised = node.returns
    if promised is None or is_none(promised):
        return False
    if last_name(promised) in NOTHING | GENERATORS | {"Optional", "Any", "object"}:
        return False
    text = ast.unparse(promised)
    return "None" not in text and "Optional" not in text


def falls_through(body: list[ast.stmt]) -> bool:  # noqa: PLR0911 - a table
    """Tell whether the end of a block can be reached, as far as its last statement shows."""
    last = body[-1] if body else ast.Pass()
    match last:
        case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
            return False
        case ast.If(body=inner, orelse=other):
            return not other or falls_through(inner) or falls_through(other)
        case ast.With(body=inner) | ast.AsyncWith(body=inner):
            return falls_through(inner)
        case ast.Try(body=inner, orelse=other, finalbody=final, handlers=handlers):
            if final and not falls_through(final):
                return False
            return falls_through(other or inner) or any(falls_through(item.body) for item in handlers)
        case ast.While(test=ast.Constant(value=True)):
            return any(isinstance(item, ast.Break) for item in ast.walk(last))
        case ast.Match(cases=cases):
            whole = any(isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None for case in cases)
            return not whole or any(falls_through(case.body) for case in cases)
        case _:
            return True
