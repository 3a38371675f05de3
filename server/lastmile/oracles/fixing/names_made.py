"""Whether a name that nothing binds was mended, or made up: given a value out of nothing, or left out."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

from lastmile.oracles.fixing.shapes import shape
from lastmile.oracles.fixing.steps import Step
from lastmile.text.edits import Span

_WORDS = {"true", "false", "null", "none", "nil", "undefined", "nan", "inf", "infinity"}
"""Names that other languages have for values that Python writes as constants."""


def made_up(old: Sequence[Step], new: Sequence[Step], name: str, touches: Callable[[Span], bool]) -> Iterator[str]:
    """Say what a draft makes of an undefined name that is no answer to what it stands for."""
    about = [step for step in old if touches(step.span)]
    left = {step.form for step in new}
    gone = [step for step in about if step.form not in left]
    had = {step.form for step in old}
    came = [step for step in new if step.form not in had]
    if any(_is_nothing_for(name, one.node, other.node) for one in gone for other in came):
        yield f"The draft puts a value out of nothing into the place of `{name}`."
    elif any(step.is_simple for step in gone) and work(new) < work(old):
        yield f"The draft leaves out the statement that uses `{name}`."
    if any(name in _given(step) for step in new) and sum(map(bool, map(_given, new))) > sum(
        map(bool, map(_given, old))
    ):
        yield f"The draft makes up a value for `{name}`."


def _is_nothing_for(name: str, old: ast.AST, new: ast.AST) -> bool:
    """Tell whether a constant or something empty took the place of what used the name; it may have lacked quotes."""
    if type(old) is not type(new):
        return False
    for one, other in _differences(old, new):
        used = isinstance(one, ast.AST) and any(
            isinstance(node, ast.Name) and node.id == name for node in ast.walk(one)
        )
        if used and _is_empty(other) and not (isinstance(one, ast.Name) and _is_meant(name, other)):
            return True
    return False


def _is_empty(node: object) -> bool:
    return isinstance(node, ast.AST) and not any(
        isinstance(item, ast.Name | ast.Attribute | ast.Call) for item in ast.walk(node)
    )


def _is_meant(name: str, node: object) -> bool:
    value = getattr(node, "value", None)
    return isinstance(node, ast.Constant) and (value == name or name.lower() in _WORDS)


def _differences(old: ast.AST, new: ast.AST) -> Iterator[tuple[object, object]]:
    """Give the outermost parts in which two pieces of syntax differ."""
    waiting: list[tuple[object, object]] = [(old, new)]
    while waiting:
        one, other = waiting.pop()
        if not isinstance(one, ast.AST) or type(one) is not type(other):
            yield one, other
        elif isinstance(one, ast.Name | ast.Constant):
            if shape(one) != shape(other):
                yield one, other
        else:
            for field in one._fields:
                waiting += _pairs(getattr(one, field, None), getattr(other, field, None))


def _pairs(one: object, other: object) -> Iterator[tuple[object, object]]:
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        yield from zip(one, other, strict=True)
    elif isinstance(one, ast.AST):
        yield one, other


def _given(step: Step) -> tuple[str, ...]:
    """Give the name that a statement binds to a constant."""
    match step.node:
        case ast.Assign(targets=[ast.Name(id=bound)], value=ast.Constant()):
            return (bound,)
        case ast.AnnAssign(target=ast.Name(id=bound), value=ast.Constant()):
            return (bound,)
        case _:
            return ()


def work(found: Sequence[Step]) -> int:
    """Count the statements that do something."""
    return sum(step.is_simple and not isinstance(step.node, ast.Pass | ast.Import | ast.ImportFrom) for step in found)
