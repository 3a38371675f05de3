"""Judges that statements moved into a function of their own, as they are, and that a call stands in their place.

Each name that they read is passed under its own name, and each that is read afterwards comes back
under its own. So nothing has to be run to know that the code does the same.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import deepcopy

from attrs import frozen

from lastmile.cascade.verdict import Finding
from lastmile.docstrings.signature import decorators
from lastmile.oracles.flow import identifiers
from lastmile.oracles.places import follow
from lastmile.oracles.portion import Portion, portion
from lastmile.oracles.reading import CHECK, Definition, Function, Reading, code, definitions, same
from lastmile.text.edits import Span

_OF_TYPES = (
    *(ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Tuple, ast.List, ast.BinOp, ast.BitOr),
    *(ast.expr_context, ast.Starred),
)


def judge(old: str, new: str, span: Span) -> tuple[Finding, ...]:
    """List why the selected statements did not just move into a new function; empty where they did."""
    return tuple(Finding(CHECK, message) for message in _judged(old, new, span))


@frozen(eq=False)
class _Call:
    """The statement that stands in the place of the moved ones."""

    call: ast.Call
    gets: tuple[str, ...] = ()
    returned: bool = False


def _judged(old: str, new: str, span: Span) -> Iterator[str]:
    before, after = Reading.of(old), Reading.of(new)
    if before is None or after is None:
        yield "The texts cannot be compared: one does not parse."
        return
    moved = portion(before, span)
    if isinstance(moved, str):
        yield moved
        return
    helper = _helper(before, after)
    if helper is None:
        yield "The draft does not bring exactly one new function, of a new name, outside the old one."
        return
    rest = _without(after.module, helper)
    place = follow(rest, moved.run.path)
    call = None if place is None else _call(place[0][place[1]], helper.name)
    if call is None:
        yield f"There is no plain call of `{helper.name}` in the place of the selection."
        return
    yield from _unchanged(before.module, rest, moved)
    yield from _passed(moved, helper, call)
    yield from _body(moved, helper, call)
    yield from _reached(after, moved, helper, call)


def _helper(before: Reading, after: Reading) -> Function | None:
    known = {name for name, _node in definitions(before.module)}
    fresh = [(name, node) for name, node in definitions(after.module) if name not in known]
    outer = [node for name, node in fresh if not any(name.startswith(f"{other}.") for other, _node in fresh)]
    if len(outer) != 1 or not isinstance(outer[0], ast.FunctionDef) or outer[0].name in identifiers(before.module):
        return None
    inside = any(isinstance(item, Function) for item in after.around(outer[0]))
    return None if inside else outer[0]


def _call(node: ast.stmt, name: str) -> _Call | None:
    match node:
        case ast.Expr(value=ast.Call() as call):
            found = _Call(call)
        case ast.Return(value=ast.Call() as call):
            found = _Call(call, returned=True)
        case ast.Assign(targets=[target], value=ast.Call() as call):
            found = _Call(call, _names(target))
        case ast.AnnAssign(target=ast.Name(id=only), value=ast.Call() as call):
            found = _Call(call, (only,))
        case _:
            return None
    function = found.call.func
    called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return found if called == name else None


def _names(target: ast.expr) -> tuple[str, ...]:
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    return tuple(item.id if isinstance(item, ast.Name) else "" for item in parts)


def _without(module: ast.Module, helper: Function) -> ast.Module:
    """Copy a module without the new function."""
    copies: dict[int, ast.AST] = {}
    twin = deepcopy(module, copies)
    gone = copies[id(helper)]
    for node in ast.walk(twin):
        body = getattr(node, "body", None)
        if isinstance(body, list) and any(item is gone for item in body):
            body.remove(gone)
    return twin


def _unchanged(before: ast.Module, after: ast.Module, moved: Portion) -> Iterator[str]:
    """Compare everything but the moved statements and the call."""
    old, new = deepcopy(before), deepcopy(after)
    for module, count in ((old, len(moved.run.statements)), (new, 1)):
        place = follow(module, moved.run.path)
        if place is not None:
            place[0][place[1] : place[1] + count] = [ast.Pass()]
    if not same(old, new):
        yield "More changed than the selection, which a call takes the place of."


def _passed(moved: Portion, helper: Function, call: _Call) -> Iterator[str]:
    """Compare what the call passes with what the function takes, and both with what the statements read."""
    taken = helper.args
    plain = [item.arg for item in (*taken.posonlyargs, *taken.args)]
    names = [*plain, *(item.arg for item in taken.kwonlyargs)]
    if taken.vararg or taken.kwarg or taken.defaults or any(item is not None for item in taken.kw_defaults):
        yield f"`{helper.name}` takes more than plain parameters."
    if not all(_is_type(node) for node in _annotations(helper)):
        yield f"An annotation of `{helper.name}` is more than a type, and runs when the module is imported."
    given = _given(helper, call.call)
    keywords = {item.arg: item.value for item in call.call.keywords}
    pairs = [*zip(plain, given, strict=False), *((str(name), value) for name, value in keywords.items())]
    passed = [name for name, value in pairs if isinstance(value, ast.Name) and value.id == name]
    if sorted(passed) != sorted(names) or len(given) + len(keywords) != len(names):
        yield f"The call of `{helper.name}` does not pass each variable by its own name."
    for name in sorted(moved.needs - set(names)):
        yield f"The selection reads `{name}`, which is not passed to `{helper.name}`."
    for name in sorted(set(names) - moved.known):
        yield f"`{name}` may not be bound where `{helper.name}` is called."


def _annotations(helper: Function) -> Iterator[ast.expr]:
    parts = (item.annotation for item in ast.walk(helper.args) if isinstance(item, ast.arg))
    return (node for node in (*parts, helper.returns) if node is not None)


def _is_type(node: ast.expr) -> bool:
    """Tell whether an annotation is made of names and what joins them: nothing is called to work it out."""
    return all(isinstance(item, _OF_TYPES) for item in ast.walk(node))


def _given(helper: Function, call: ast.Call) -> list[ast.expr]:
    """List what a call passes by place: what a method is called on comes first."""
    function = call.func
    if isinstance(function, ast.Attribute) and "staticmethod" not in decorators(helper):
        return [function.value, *call.args]
    return list(call.args)


def _body(moved: Portion, helper: Function, call: _Call) -> Iterator[str]:
    """Compare the function's body with the moved statements, and what it returns with what is needed."""
    if set(call.gets) - moved.may_give or len(set(call.gets)) != len(call.gets):
        yield "The call binds names that the selection does not bind for certain."
    for name in sorted(moved.gives - set(call.gets)):
        yield f"`{name}` is read afterwards, and does not come back from `{helper.name}`."
    if call.returned != moved.ends:
        call_does, selection_does = ("returns", "goes on") if call.returned else ("goes on", "returns")
        yield f"The call {call_does}, and the selection {selection_does}."
    forms = list(_forms(list(moved.run.statements), call))
    if not any(same(code(helper), form) for form in forms):
        yield f"The body of `{helper.name}` is not the selection as it is, with a return of what is read afterwards."


def _forms(statements: list[ast.stmt], call: _Call) -> Iterator[list[ast.stmt]]:
    """Give the bodies that do what the statements do."""
    if call.returned or not call.gets:
        yield statements
        return
    values: list[ast.expr] = [ast.Name(id=name, ctx=ast.Load()) for name in call.gets]
    last = statements[-1]
    value: ast.expr = values[0] if len(values) == 1 else ast.Tuple(elts=values, ctx=ast.Load())
    yield [*statements, ast.Return(value=value)]
    match last:
        case ast.Assign(targets=[ast.Name(id=name)], value=given) if call.gets == (name,):
            yield [*statements[:-1], ast.Return(value=given)]
        case _:
            pass


def _reached(after: Reading, moved: Portion, helper: Function, call: _Call) -> Iterator[str]:
    """Say why the call would not find the function, or would find it changed."""
    owner = next(iter(after.around(helper)[-1:]), None)
    function = call.call.func
    wrapped = decorators(helper) - {"staticmethod"}
    if wrapped or (decorators(helper) and not isinstance(owner, ast.ClassDef)):
        yield f"`{helper.name}` is decorated."
    if isinstance(function, ast.Attribute):
        yield from _method(after, moved, helper, function)
    elif owner is not None:
        yield f"`{helper.name}` stands in a class, and is called as if it did not."
    elif any(name.startswith("__") and not name.endswith("__") for name in identifiers(helper)):
        yield "The selection uses a name that is private to its class."


def _method(after: Reading, moved: Portion, helper: Function, function: ast.Attribute) -> Iterator[str]:
    owner: tuple[Definition, ...] = after.around(helper)
    holders = [node for name, node in definitions(after.module) if node.name == moved.function.name]
    beside = any(after.around(node) == owner for node in holders)
    first = [item.arg for item in (*moved.function.args.posonlyargs, *moved.function.args.args)][:1]
    marks = decorators(moved.function)
    on_self = isinstance(function.value, ast.Name) and [function.value.id] == first
    if not owner or not isinstance(owner[-1], ast.ClassDef) or not beside or not on_self:
        yield f"`{helper.name}` is not called on the instance that it is a method of."
    if marks & {"staticmethod", "classmethod"}:
        yield f"`{moved.function.name}` is no plain method, so there is no instance to call `{helper.name}` on."
    if first and first[0] in {name for item in moved.function.body for name in _stored(item)}:
        yield f"`{first[0]}` is bound anew in `{moved.function.name}`."


def _stored(node: ast.stmt) -> Iterator[str]:
    return (item.id for item in ast.walk(node) if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store))
