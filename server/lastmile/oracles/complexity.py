"""Cyclomatic complexity, counted as ruff's C901 counts it, so that the figure is the one that was complained of.

A function counts one, and one more for each ``if`` and ``elif``, loop, handler, ``else`` of a ``try``, case of
a ``match`` but a last one that takes everything, and nested function, with what is in it. Conditions,
comprehensions and assertions count nothing, as there.
"""

from __future__ import annotations

import ast

from lastmile.oracles.reading import Function


def complexity(node: Function) -> int:
    """Give the complexity of a function."""
    return 1 + _of(node.body)


def _of(body: list[ast.stmt]) -> int:
    return sum(map(_one, body))


def _one(node: ast.stmt) -> int:  # noqa: PLR0911 - one answer for each kind of statement
    match node:
        case ast.If(body=body, orelse=other):
            return 1 + _of(body) + _of(other)
        case (
            ast.For(body=body, orelse=other)
            | ast.AsyncFor(body=body, orelse=other)
            | ast.While(body=body, orelse=other)
        ):
            return 1 + _of(body) + _of(other)
        case ast.With(body=body) | ast.AsyncWith(body=body) | ast.ClassDef(body=body):
            return _of(body)
        case ast.FunctionDef(body=body) | ast.AsyncFunctionDef(body=body):
            return 1 + _of(body)
        case ast.Try() | ast.TryStar():
            handlers = sum(1 + _of(item.body) for item in node.handlers)
            return _of(node.body) + handlers + bool(node.orelse) + _of(node.orelse) + _of(node.finalbody)
        case ast.Match(cases=cases):
            return len(cases) - _takes_all(cases[-1]) + sum(_of(case.body) for case in cases)
        case _:
            return 0


def _takes_all(case: ast.match_case) -> bool:
    return isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None and case.guard is None
