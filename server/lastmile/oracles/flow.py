"""Which names a run of statements reads before it binds them, and which it binds for certain.

It sees names of the function's own scope: what a comprehension, a lambda or a nested function binds
stays in there, and what those read of the function is read where they stand. Where a path is not
sure to be taken, nothing is bound for certain, and everything may be read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from attrs import define, field

from lastmile.oracles.reading import Function

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, *_COMPREHENSIONS)


@define
class Flow:
    """What is known of the names on the way through statements."""

    bound: set[str] = field(factory=set)
    """Bound for certain by now."""

    early: set[str] = field(factory=set)
    """Read at a point where they were not bound for certain by what was walked."""

    def through(self, statements: Iterable[ast.stmt]) -> Flow:
        """Walk over statements in order."""
        for statement in statements:
            self._one(statement)
        return self

    def _one(self, node: ast.stmt) -> None:  # noqa: C901 - a table
        match node:
            case ast.If(test=test, body=body, orelse=other):
                self._read(test)
                self._join(body, other)
            case ast.For(target=target, iter=source) | ast.AsyncFor(target=target, iter=source):
                self._read(source)
                self._aside(node.body, (target,))
                self._aside(node.orelse)
            case ast.While(test=test, body=body, orelse=other):
                self._read(test)
                self._aside(body)
                self._aside(other)
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                self._read(*items)
                self._aside(body) if _may_swallow(items) else self.through(body)
            case ast.Try() | ast.TryStar():
                self._try(node)
            case ast.Match(subject=subject, cases=cases):
                self._read(subject)
                for case in cases:
                    self._aside(case.body, (case.pattern, *([case.guard] if case.guard else [])))
            case ast.AugAssign(target=ast.Name(id=name)):
                self._note(name)
                self._read(node)
            case ast.Assign(targets=targets, value=value):
                self._read(value, *targets)
            case ast.AnnAssign(value=value, target=inner):
                self._read(*([value, inner] if value else []))
            case _:
                self._read(node)

    def _try(self, node: ast.Try | ast.TryStar) -> None:
        inner = self._aside([*node.body, *node.orelse])
        ends = [inner]
        for handler in node.handlers:
            one = Flow(set(self.bound), self.early)
            one.bound |= {handler.name} if handler.name else set()
            one._read(*([handler.type] if handler.type else []))
            one.through(handler.body)
            if not _leaves(handler.body):
                ends.append(one.bound)
        self.bound |= set.intersection(*ends)
        self.through(node.finalbody)

    def _aside(self, body: Iterable[ast.stmt], targets: Iterable[ast.AST] = ()) -> set[str]:
        """Walk a path that may not be taken; gives what is bound at its end."""
        one = Flow(set(self.bound), self.early)
        one._read(*targets)
        return one.through(body).bound

    def _join(self, body: list[ast.stmt], other: list[ast.stmt]) -> None:
        ends = [self._aside(path) for path in (body, other) if not _leaves(path)]
        if ends:
            self.bound |= set.intersection(*ends)

    def _read(self, *nodes: ast.AST) -> None:
        """Note what expressions read, then what they bind."""
        for node in nodes:
            for name in reads(node):
                self._note(name)
            self.bound |= set(binds(node))

    def _note(self, name: str) -> None:
        if name not in self.bound:
            self.early.add(name)


def reads(node: ast.AST) -> Iterator[str]:
    """Give the names that a piece of code reads of the scope that it stands in, or of one around it."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
        yield node.id
    hidden = _own(node) if isinstance(node, _NESTED) else frozenset()
    for child in ast.iter_child_nodes(node):
        yield from (name for name in reads(child) if name not in hidden)


def binds(node: ast.AST) -> Iterator[str]:
    """Give the names that a piece of code binds in the scope that it stands in."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.alias(name=name, asname=bound):
            yield (bound or name).partition(".")[0]
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            yield name
        case ast.ExceptHandler(name=str(name)):
            yield name
        case _:
            pass
    if isinstance(node, _COMPREHENSIONS):
        walrus = (item.target for item in ast.walk(node) if isinstance(item, ast.NamedExpr))
        yield from (item.id for item in walrus)
    elif not isinstance(node, _NESTED):
        for child in ast.iter_child_nodes(node):
            yield from binds(child)


def local_names(node: Function) -> set[str]:
    """List the names that belong to a function: its parameters and what it binds."""
    taken = {item.arg for item in ast.walk(node.args) if isinstance(item, ast.arg)}
    return (taken | {name for item in node.body for name in binds(item)}) - declared(node)


def declared(node: Function) -> set[str]:
    """List the names that a function declares to be another scope's."""
    found = (item.names for item in ast.walk(node) if isinstance(item, ast.Global | ast.Nonlocal))
    return {name for names in found for name in names}


def names_in(node: ast.AST) -> set[str]:
    """List every name that a piece of code reads, binds or declares; attributes and keywords of calls are none."""
    found = set()
    for item in ast.walk(node):
        if isinstance(item, ast.Name):
            found.add(item.id)
        elif isinstance(item, ast.arg):
            found.add(item.arg)
        elif isinstance(item, ast.Global | ast.Nonlocal):
            found.update(item.names)
        found.update(binds(item) if not isinstance(item, ast.expr) else ())
    return found


def identifiers(node: ast.AST) -> set[str]:
    """List every name, attribute, parameter and keyword that stands in a piece of code."""
    found = set()
    for item in ast.walk(node):
        for key in ("id", "name", "asname", "arg", "attr", "rest"):
            value = getattr(item, key, None)
            if isinstance(value, str):
                found.add(value.partition(".")[0])
        if isinstance(item, ast.Global | ast.Nonlocal):
            found.update(item.names)
    return found


def _own(node: ast.AST) -> frozenset[str]:
    """Give the names that a nested scope keeps to itself."""
    if isinstance(node, _COMPREHENSIONS):
        return frozenset(name for item in node.generators for name in binds(item.target))
    if isinstance(node, ast.Lambda):
        return frozenset(item.arg for item in ast.walk(node.args) if isinstance(item, ast.arg))
    return frozenset(local_names(node)) if isinstance(node, Function) else frozenset()


def _leaves(body: list[ast.stmt]) -> bool:
    return bool(body) and isinstance(body[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)


def _may_swallow(items: list[ast.withitem]) -> bool:
    """Tell whether a context manager may end its block early and go on, as ``contextlib.suppress`` does."""
    return any(
        "suppress" in ast.unparse(item.context_expr) or "raises" in ast.unparse(item.context_expr) for item in items
    )
