"""Judges that a function got its annotations and nothing else changed.

The syntax without annotations is the same, but for imports that annotations need. Every parameter
and the return of the target has one. Whether they are right is a type checker's to say; what
contradicts the function's own text is seen here, and what no checker minds.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import copy, deepcopy

from lastmile.cascade.verdict import Finding
from lastmile.docstrings.signature import decorators
from lastmile.oracles.annotation_faults import default_fault, form_fault, return_fault
from lastmile.oracles.annotation_worth import hides_return, says_nothing, unloaded
from lastmile.oracles.frame import Pair, pair, rest
from lastmile.oracles.reading import Definition, Function, Target, same


def judge(old: str, new: str, target: Target) -> tuple[Finding, ...]:
    """List why the function is not annotated; empty where it is."""
    both = pair(old, new, target)
    if isinstance(both, Finding):
        return (both,)
    found = (*_code(both), *rest(both, imports=True))
    return found or (*_kept(both), *_missing(both), *_faults(both)) or tuple(_worthless(both))


def unannotated(node: Function, around: tuple[Definition, ...]) -> tuple[str, ...]:
    """List the parameters that lack an annotation, ``return`` last; the first of a method may."""
    lacking = [item.arg for item in _parameters(node, around) if item.annotation is None]
    return (*lacking, *["return"] * (node.returns is None))


def _parameters(node: Function, around: tuple[Definition, ...]) -> list[ast.arg]:
    taken = node.args
    plain = [*taken.posonlyargs, *taken.args]
    if around and isinstance(around[-1], ast.ClassDef) and "staticmethod" not in decorators(node):
        plain = plain[1:]
    stars = [item for item in (taken.vararg, taken.kwarg) if item is not None]
    return [*plain, *taken.kwonlyargs, *stars]


def _code(both: Pair) -> Iterator[Finding]:
    old, new = _plain(both.old), _plain(both.new)
    if type(old) is not type(new) or not same(old, new):
        yield both.finding(f"The code of `{both.old.name}` changed, not its annotations alone.")


def _kept(both: Pair) -> Iterator[Finding]:
    """Compare the annotations that were there with those that are in their place."""
    for (name, before), (_name, after) in zip(_annotations(both.old), _annotations(both.new), strict=True):
        if before is not None and (after is None or not same(before, after)):
            yield both.finding(f"The annotation of `{name}` was there and changed.")


def _missing(both: Pair) -> Iterator[Finding]:
    for name in unannotated(both.new, both.after.around(both.new)):
        what = "The return" if name == "return" else f"Parameter `{name}`"
        yield both.finding(f"{what} of `{both.new.name}` has no annotation.")


def _faults(both: Pair) -> Iterator[Finding]:
    old = {name for name, before in _annotations(both.old) if before is not None}
    named = _bound(both.after.module)
    for name, annotation in _annotations(both.new):
        fault = "" if annotation is None or name in old else form_fault(annotation, named)
        if fault:
            yield both.finding(f"The annotation of `{name}` {fault}.", annotation)
    for item, default in _defaults(both.new):
        fault = "" if item.annotation is None or item.arg in old else default_fault(item.annotation, default)
        if fault:
            yield both.finding(f"The annotation of `{item.arg}` {fault}.", item)
    fault = "" if "return" in old else return_fault(both.new)
    if fault:
        yield both.finding(f"The annotation of the return {fault}.", both.new.returns)


def _worthless(both: Pair) -> Iterator[Finding]:
    """List what a type checker would let pass and nobody wants."""
    old = {name for name, before in _annotations(both.old) if before is not None}
    new = {name: item for name, item in _annotations(both.new) if item is not None and name not in old}
    for name, annotation in new.items():
        if needed := unloaded(both.after.module, annotation):
            message = f"The annotation of `{name}` needs `{needed}`, which is not imported when the module is loaded"
            yield both.finding(f"{message}: put it into quotes, or import it outside of TYPE_CHECKING.", annotation)
    plain = [item.arg for item in _parameters(both.new, both.after.around(both.new)) if item.arg in new]
    stars = {item.arg for item in (both.new.args.vararg, both.new.args.kwarg) if item is not None}
    if says_nothing(new[name] for name in plain if name not in stars):
        yield both.finding("The annotations say nothing: every parameter is `Any`. Say what the body needs of them.")
    if "return" in new and (why := hides_return(both.new)):
        yield both.finding(f"The annotation of the return {why}.", both.new.returns)


def _annotations(node: Function) -> list[tuple[str, ast.expr | None]]:
    taken = node.args
    stars = [item for item in (taken.vararg, taken.kwarg) if item is not None]
    every = [*taken.posonlyargs, *taken.args, *taken.kwonlyargs, *stars]
    return [*((item.arg, item.annotation) for item in every), ("return", node.returns)]


def _defaults(node: Function) -> Iterator[tuple[ast.arg, ast.expr]]:
    plain = [*node.args.posonlyargs, *node.args.args]
    yield from zip(plain[len(plain) - len(node.args.defaults) :], node.args.defaults, strict=True)
    for item, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
        if default is not None:
            yield item, default


def _plain(node: Function) -> Function:
    """Copy a function without any annotation; an annotated assignment becomes a plain one."""
    twin = _Plain().visit(deepcopy(node))
    assert isinstance(twin, Function)  # noqa: S101 - for the type checker: the visitor keeps functions
    return twin


class _Plain(ast.NodeTransformer):
    """Takes annotations away."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is None:
            return node
        # Brackets around a name make the annotated form one of an expression, which binds the same.
        plain = copy(node)
        self.generic_visit(plain)
        return ast.copy_location(ast.Assign(targets=[node.target], value=plain.value or node.value), node)


def _bound(module: ast.Module) -> frozenset[str]:
    """List the names that a module binds anywhere: a type may be any of them."""
    found = set()
    for node in ast.walk(module):
        if isinstance(node, Definition):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return frozenset(found)
