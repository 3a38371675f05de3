"""Which types of a function's names its own text tells, for a function that some of its statements move into.

What the annotations say is carried over, and what a plain constant is. Nothing is inferred beyond that: where
one type is not told, none is given, and the project's type checker says whether it minds.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from attrs import frozen

from lastmile.docstrings.signature import decorators
from lastmile.oracles.flow import binds
from lastmile.oracles.portion import Portion
from lastmile.oracles.reading import Function, Reading

_CONSTANTS = (bool, int, float, str, bytes)
_NO_TYPES = {"Final", "ClassVar", "InitVar"}


@frozen
class Signature:
    """The types of a function that statements move into."""

    parameters: tuple[str, ...]
    """A type for each parameter, in their order; empty for the instance that a method is called on."""

    gives: str


def carried(reading: Reading, moved: Portion, parameters: list[str], gives: list[str]) -> Signature | None:
    """Give the types; None where one is not told, or where they would mean something else in the other place.

    The first parameter of a method is the instance. Names that only the function or its class knows stay where
    they are known: a method's own class is, any other scope around the function is not.
    """
    function = moved.function
    method = bool(parameters) and parameters[0] == _instance(reading, function)
    if (reading.around(function) and not method) or not _is_annotated(function) or getattr(function, "type_params", ()):
        return None
    taken = [_type(function, name) for name in parameters[1 if method else 0 :]]
    given = _returned(function) if moved.ends else _together([_type(function, name) for name in gives])
    if given is None or None in taken:
        return None
    return Signature(tuple([""] * method + [item or "" for item in taken]), given)


def _instance(reading: Reading, function: Function) -> str:
    around = reading.around(function)
    first = [item.arg for item in (*function.args.posonlyargs, *function.args.args)][:1]
    plain = len(around) == 1 and isinstance(around[0], ast.ClassDef)
    return first[0] if first and plain and not decorators(function) & {"staticmethod", "classmethod"} else ""


def _is_annotated(function: Function) -> bool:
    return function.returns is not None


def _returned(function: Function) -> str | None:
    """Give what the function returns; None for a generator, which returns what it does not say."""
    yields = any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(function))
    return None if yields or function.returns is None else ast.unparse(function.returns)


def _together(types: list[str | None]) -> str | None:
    if None in types:
        return None
    told = [item for item in types if item]
    return "None" if not told else told[0] if len(told) == 1 else f"tuple[{', '.join(told)}]"


def _type(function: Function, name: str) -> str | None:
    parameter = _of_parameter(function.args, name)
    if parameter is not None:
        return parameter or None
    for node in _own(function.body):
        match node:
            case ast.AnnAssign(target=ast.Name(id=found), annotation=annotation) if found == name:
                told = ast.unparse(annotation)
                return None if _NO_TYPES & {getattr(item, "id", "") for item in ast.walk(annotation)} else told
            case ast.Assign(targets=[ast.Name(id=found)], value=ast.Constant(value=value)) if found == name:
                return type(value).__name__ if isinstance(value, _CONSTANTS) else None
            case _:
                if name in _bound_here(node):
                    return None
    return None


def _of_parameter(taken: ast.arguments, name: str) -> str | None:
    """Give a parameter's type, empty where it has none; None where no parameter has the name."""
    for item in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs):
        if item.arg == name:
            return ast.unparse(item.annotation) if item.annotation else ""
    for rest, form in ((taken.vararg, "tuple[{}, ...]"), (taken.kwarg, "dict[str, {}]")):
        if rest is not None and rest.arg == name:
            return form.format(ast.unparse(rest.annotation)) if rest.annotation else ""
    return None


def _own(statements: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Give the statements of a function in the order of its text, nested scopes left out."""
    for statement in statements:
        yield statement
        if not isinstance(statement, (Function, ast.ClassDef)):
            parts = (getattr(statement, part, []) for part in ("body", "handlers", "orelse", "finalbody", "cases"))
            for part in parts:
                for item in part:
                    yield from _own([item] if isinstance(item, ast.stmt) else item.body)


def _bound_here(statement: ast.stmt) -> set[str]:
    """List what a statement binds itself, what it holds left out."""
    held = {"body", "handlers", "orelse", "finalbody", "cases"}
    if isinstance(statement, (Function, ast.ClassDef)):
        return {statement.name}
    parts = [value for key, value in ast.iter_fields(statement) if key not in held]
    nodes = [node for part in parts for node in (part if isinstance(part, list) else [part])]
    return {name for node in nodes if isinstance(node, ast.AST) for name in binds(node)}
