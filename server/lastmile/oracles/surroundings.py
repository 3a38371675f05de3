"""What holds around statements in a function: which names are bound when they begin, and read when they end."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from lastmile.oracles.flow import Flow, binds
from lastmile.oracles.places import Run, ancestors
from lastmile.oracles.reading import Function

LOOPS = (ast.For, ast.AsyncFor, ast.While)


def inside(module: ast.Module, run: Run, function: Function) -> list[tuple[ast.AST, str, int]]:
    """List the nodes from a run up to its function, the innermost first, with where the way goes on in each."""
    found = []
    for step in ancestors(module, run.path):
        found.append(step)
        if step[0] is function:
            break
    return found


def in_loop(module: ast.Module, run: Run, function: Function) -> bool:
    """Tell whether the statements may run again in the same call."""
    return any(isinstance(node, LOOPS) for node, _name, _place in inside(module, run, function))


def parameters(function: Function) -> set[str]:
    """List the names that a call binds."""
    return {item.arg for item in ast.walk(function.args) if isinstance(item, ast.arg)}


def bound_before(module: ast.Module, run: Run, function: Function) -> set[str]:
    """Give the names that are bound for certain where a run begins."""
    flow = Flow(parameters(function))
    for node, name, place in reversed(inside(module, run, function)):
        flow.bound |= set(_made(node, name))
        block = getattr(node, name)
        flow.through(item for item in block[:place] if isinstance(item, ast.stmt))
    return flow.bound


def bound_elsewhere(run: Run, function: Function) -> set[str]:
    """Give the names of a function that something outside of a run binds."""
    every = Counter(name for item in function.body for name in binds(item))
    own = Counter(name for item in run.statements for name in binds(item))
    return set(every - own) | parameters(function)


def read_after(module: ast.Module, run: Run, function: Function) -> set[str]:
    """Give the names that are read after a run before they are bound anew."""
    flow = Flow()
    past = len(run.statements)
    for node, name, place in inside(module, run, function):
        block = getattr(node, name)
        if isinstance(block[0], ast.stmt):
            flow.through(block[place + past :])
        past = 1
        if isinstance(node, LOOPS) and name == "body":
            flow.bound = set()  # a path to here may have left the block early
            _again(node, flow.early)
            flow.through(node.orelse)
        if isinstance(node, ast.Try | ast.TryStar) and name != "finalbody":
            flow.through([*(node.orelse if name == "body" else []), *node.finalbody])
    return flow.early


def _again(node: ast.For | ast.AsyncFor | ast.While, early: set[str]) -> None:
    """Note what the next turn of a loop reads before it binds it."""
    if isinstance(node, ast.While):
        Flow(set(), early).through([node])
    else:
        Flow(set(binds(node.target)), early).through(node.body)


def _made(node: ast.AST, name: str) -> Iterator[str]:
    """Give the names that a node binds before the part of it that a way goes on by."""
    parts: list[ast.AST | None] = []
    match node:
        case ast.For(target=target) | ast.AsyncFor(target=target) if name == "body":
            parts = [target]
        case ast.With(items=items) | ast.AsyncWith(items=items):
            parts = [item.optional_vars for item in items]
        case ast.match_case(pattern=pattern):
            parts = [pattern]
        case ast.If(test=test) | ast.While(test=test):
            parts = [test]
        case ast.ExceptHandler(name=str(caught)):
            yield caught
        case _:
            pass
    for part in parts:
        if part is not None:
            yield from binds(part)
