"""The ways through the code: exits, waits and handlers that a fix brings or takes away.

Only of a rule about one place is it known that none has to come; that an error is passed over, or code put where it
never runs, is never asked for.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from lastmile.cascade.verdict import Finding
from lastmile.oracles.fixing.names_made import work
from lastmile.oracles.fixing.steps import Step
from lastmile.oracles.fixing.values import Mended
from lastmile.text.code import identifiers

_UNUSED, _NONE, _LAMBDA, _BARE = "F841", "E711", "E731", "E722"
_FLOW: tuple[type[ast.AST], ...] = (ast.Return, ast.Raise, ast.Break, ast.Continue, ast.Try, ast.Delete)
_PAUSES: tuple[type[ast.AST], ...] = (ast.Yield, ast.YieldFrom, ast.Await)
_BROAD = {"Exception", "BaseException", "NameError"}


def swallowed(both: Mended) -> Iterator[Finding]:
    """Find errors of every kind that are caught now, with nothing done about them."""
    if sum(map(_swallows, both.new)) > sum(map(_swallows, both.old)):
        yield both.finding("The draft catches every error and passes it over")


def put_aside(both: Mended) -> Iterator[Finding]:
    """Find code that stands now where it never runs."""
    if sum(map(_never_runs, both.new)) > sum(map(_never_runs, both.old)):
        yield both.finding("The draft puts code where it never runs")


def _never_runs(step: Step) -> bool:
    match step.node:
        case ast.If(test=ast.Constant(value=value)) | ast.While(test=ast.Constant(value=value)):
            return not value
        case _:
            return False


def _swallows(step: Step) -> bool:
    match step.node:
        case ast.ExceptHandler(body=body):
            return _is_broad(step) and all(map(_does_nothing, body))
        case _:
            return any(_suppresses(node) for node in step.parts)


def _is_broad(step: Step) -> bool:
    """Tell whether a handler catches errors of every kind."""
    if not isinstance(step.node, ast.ExceptHandler):
        return False
    kind = step.node.type
    return kind is None or any(isinstance(item, ast.Name) and item.id in _BROAD for item in ast.walk(kind))


def _does_nothing(node: ast.stmt) -> bool:
    match node:
        case ast.Pass() | ast.Continue() | ast.Expr(value=ast.Constant()) | ast.Return(value=None | ast.Constant()):
            return True
        case _:
            return False


def _suppresses(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress"), args=args):
            return any(isinstance(item, ast.Name) and item.id in _BROAD for item in args)
        case _:
            return False


def turned(both: Mended) -> Iterator[Finding]:
    """Find ways through the code that came, and waits that went."""
    place = both.place
    had, has = _kinds(both.old), _kinds(both.new)
    for kind in _FLOW:
        spare = kind is ast.Return and place.code == _LAMBDA
        if has[kind] > had[kind] + spare:
            yield both.finding(f"The draft adds a {kind.__name__.lower()}, which the finding does not ask for")
    for kind in _PAUSES:
        if has[kind] < had[kind]:
            yield both.finding(f"The draft leaves out a {kind.__name__.lower()}")
    if place.code != _BARE and sum(map(_is_broad, both.new)) > sum(map(_is_broad, both.old)):
        yield both.finding("The draft catches more errors than before")
    if place.code == _NONE and _compared_anew(both.old) != _compared_anew(both.new):
        yield both.finding("The draft changes more than how `None` is compared")
    if place.code == _UNUSED and work(both.new) > work(both.old):
        yield both.finding("The draft adds a statement to use what nothing uses")
    known = {name for step in both.old for name in _declared(step)}
    fresh = {name for step in both.new for name in _declared(step)} - known
    bound = {name for node in both.after.module.body for name in identifiers(node)} if fresh else set()
    for name in sorted(fresh):
        if name == place.undefined or name not in bound:
            yield both.finding(f"The draft declares `{name}` in place of binding it")


def _compared_anew(found: tuple[Step, ...]) -> Counter[tuple[str, ...]]:
    """Count the forms of statements, with `==` taken for `is`."""
    same = {"Eq": "Is", "NotEq": "IsNot"}
    return Counter(tuple(same.get(part, part) for part in step.form) for step in found)


def _kinds(found: tuple[Step, ...]) -> Counter[type[ast.AST]]:
    """Count the nodes of each kind."""
    return Counter(type(node) for step in found for node in step.parts)


def _declared(step: Step) -> tuple[str, ...]:
    return tuple(step.node.names) if isinstance(step.node, ast.Global | ast.Nonlocal) else ()
