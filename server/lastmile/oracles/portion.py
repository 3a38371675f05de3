"""What statements have to be given, and what they have to give back, to stand in a function of their own."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from attrs import frozen

from lastmile.oracles.flow import Flow, binds, declared, local_names, reads
from lastmile.oracles.places import Run, holder, statements_at
from lastmile.oracles.reading import Function, Reading, documentation
from lastmile.oracles.returns import falls_through
from lastmile.oracles.surroundings import LOOPS, bound_before, bound_elsewhere, in_loop, inside, read_after
from lastmile.text.edits import Span

_REFLECTION = {"locals", "vars", "dir", "eval", "exec", "super", "__class__"}


@frozen(eq=False)
class Portion:
    """Statements of a function that can stand in one of their own."""

    run: Run
    function: Function
    needs: frozenset[str]
    """Names that they read, and that are bound before."""

    gives: frozenset[str]
    """Names that they bind, and that are read afterwards."""

    may_give: frozenset[str]
    """Names that they bind, and that are bound for certain where they end."""

    known: frozenset[str]
    """Names that are bound for certain where they begin, those of functions around included."""

    ends: bool
    """Whether they always end the function."""


def portion(reading: Reading, span: Span) -> Portion | str:
    """Find the statements that are selected; a sentence where they cannot be moved."""
    run = statements_at(reading, span)
    if run is None:
        return "The selection is not one or more whole statements of one block."
    function = holder(reading.module, run.path)
    if function is None:
        return "The selection does not stand in a function."
    why = _form(run, function) or _names(reading, run, function)
    return why or _portion(reading, run, function)


def _portion(reading: Reading, run: Run, function: Function) -> Portion | str:
    module, around = reading.module, _around(reading, function)
    known = bound_before(module, run, function)
    bound = {name for item in run.statements for name in binds(item)}
    flow = Flow().through(run.statements)
    ends = not falls_through(list(run.statements))
    gives = set() if ends else read_after(module, run, function) & bound
    needs = flow.early & (bound_elsewhere(run, function) | around) | (gives - flow.bound)
    if in_loop(module, run, function):
        needs |= flow.early & bound
    unsure = sorted(needs - known - around)
    if unsure:
        return f"`{unsure[0]}` may not be bound where the selection begins or ends."
    may_give = bound & (flow.bound | needs)
    return Portion(
        run, function, frozenset(needs), frozenset(gives), frozenset(may_give), frozenset(known | around), ends
    )


def _form(run: Run, function: Function) -> str:  # noqa: PLR0911 - one answer for each reason
    """Say what of the form of the statements keeps them where they are."""
    if function.body[0] is run.statements[0] and documentation(function) is not None:
        return "The selection holds the docstring."
    if len(list(_statements(run.statements))) < 2:  # noqa: PLR2004 - a call is a statement too
        return "The selection is a single statement, and a call in its place would be no shorter."
    for node in _own(run.statements):
        if isinstance(node, ast.Yield | ast.YieldFrom | ast.Await | ast.AsyncFor | ast.AsyncWith):
            return "The selection yields or awaits."
        if isinstance(node, ast.comprehension) and node.is_async:
            return "The selection yields or awaits."
    if any(True for _ in _stray(run.statements)):
        return "The selection leaves a loop that is not part of it."
    has_return = any(isinstance(node, ast.Return) for node in _own(run.statements))
    if has_return and falls_through(list(run.statements)):
        return "The selection returns in some cases, and goes on in others."
    return ""


def _names(reading: Reading, run: Run, function: Function) -> str:
    """Say which names keep the statements where they are."""
    bound = {name for item in run.statements for name in binds(item)}
    if bound & declared(function):
        return "The selection binds a name that belongs to another scope."
    for node in (item for statement in run.statements for item in ast.walk(statement)):
        if isinstance(node, ast.Name) and (node.id in _REFLECTION or isinstance(node.ctx, ast.Del)):
            return f"The selection uses `{node.id}` in a way that means something else in another function."
        if isinstance(node, ast.Global | ast.Nonlocal):
            return "The selection declares names of another scope."
    return _handlers(reading, run, function, bound) or _closures(run, function, bound)


def _handlers(reading: Reading, run: Run, function: Function, bound: set[str]) -> str:
    for node, name, _place in inside(reading.module, run, function):
        if isinstance(node, ast.Try | ast.TryStar) and name == "body":
            parts = [*node.handlers, *node.finalbody]
            if bound & {read for part in parts for read in reads(part)}:
                return "A handler around the selection reads a name that the selection binds."
    return ""


def _closures(run: Run, function: Function, bound: set[str]) -> str:
    own = {id(node) for statement in run.statements for node in ast.walk(statement)}
    for item in ast.walk(function):
        if not isinstance(item, (Function, ast.Lambda)) or item is function:
            continue
        seen = set(reads(item)) & bound
        if id(item) not in own and seen:
            return "A nested function reads a name that the selection binds."
        if id(item) in own and seen & bound_elsewhere(run, function):
            return "A nested function in the selection reads a name that is bound elsewhere too."
    return ""


def _around(reading: Reading, function: Function) -> set[str]:
    """Give the names of the functions around one."""
    outer = (node for node in reading.around(function) if isinstance(node, Function))
    return {name for node in outer for name in local_names(node)} - local_names(function)


def _own(statements: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Walk over statements, nested functions and classes left out."""
    waiting = list(statements)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (Function, ast.ClassDef, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(node))


def _statements(statements: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    return (item for statement in statements for item in ast.walk(statement) if isinstance(item, ast.stmt))


def _stray(statements: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Find the breaks and continues whose loop is not among the statements."""
    waiting = list(statements)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Break | ast.Continue):
            yield node
        elif isinstance(node, LOOPS):
            waiting.extend(node.orelse)
        elif not isinstance(node, (Function, ast.ClassDef, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(node))
