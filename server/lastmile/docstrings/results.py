"""What a function gives back, so far as its annotation and its own statements show it."""

from __future__ import annotations

import ast

from attrs import evolve, frozen

from lastmile.docstrings.fragment import Function
from lastmile.docstrings.signature import decorators, last_name, within

RETURNS, YIELDS = "returns", "yields"

_NOTHING = {"None", "NoReturn", "Never"}
_ITERATORS = {"Generator", "Iterator", "Iterable", "AsyncGenerator", "AsyncIterator", "AsyncIterable"}
# What these make of a generator function is not seen as a generator by its users.
_GENERATOR_USERS = {"contextmanager", "asynccontextmanager", "fixture"}


@frozen
class Result:
    """Which sections may speak of what a function gives back, and whether one has to."""

    sections: tuple[str, ...] = ()
    """``returns``, ``yields`` or both, the usual one first; empty where it gives nothing back."""

    required: bool = False

    def optional(self) -> Result:
        """Give the same, to be documented or not."""
        return evolve(self, required=False)


def result(node: Function, code: list[ast.stmt]) -> Result:
    """Read off a function what it gives back; ``code`` is its body without the docstring."""
    if node.name == "__init__":
        return Result()
    inside = list(within(code))
    yields = [item for item in inside if isinstance(item, ast.Yield | ast.YieldFrom)]
    returns = any(isinstance(item, ast.Return) and not _is_none(item.value) for item in inside)
    if yields:
        also = returns or decorators(node) & _GENERATOR_USERS or _named(node.returns) in _ITERATORS
        return Result(
            (YIELDS, RETURNS) if also else (YIELDS,),
            any(isinstance(item, ast.YieldFrom) or not _is_none(item.value) for item in yields),
        )
    if node.returns is not None:
        return _annotated(node.returns)
    if returns:
        return Result((RETURNS,), required=True)
    return Result((RETURNS, YIELDS)) if is_unwritten(code) else Result()


def is_unwritten(code: list[ast.stmt]) -> bool:
    """Tell whether a body is left to others: nothing, ``pass``, ``...`` or an error that says so."""
    return all(
        isinstance(item, ast.Pass)
        or (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))
        or (isinstance(item, ast.Raise) and last_name(item.exc).startswith("NotImplemented"))
        for item in code
    )


def _annotated(annotation: ast.expr) -> Result:
    name = _named(annotation)
    if name in _NOTHING:
        return Result()
    return Result((RETURNS, YIELDS) if name in _ITERATORS else (RETURNS,), required=True)


def _named(annotation: ast.expr | None) -> str:
    """Give the last part of an annotation's name, without what stands in brackets."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return annotation.value.partition("[")[0].rsplit(".", 1)[-1].strip()
    return "None" if _is_none(annotation) else last_name(annotation)


def _is_none(node: ast.expr | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)
