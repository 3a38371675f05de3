"""Conditions: too strict, too lax, inverted, or missing a guard; loops that end too late or never."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lastmile.repair.site import Rewrite, Site


def conditions(site: Site) -> Iterator[Rewrite]:
    """Give the changes of the condition of an ``if``, a ``while`` or a choice."""
    match site.parent:
        case ast.While(test=test) if test is site.node:
            yield from _loop(site, test)
        case ast.If(test=test) | ast.IfExp(test=test) if test is site.node:
            yield from _condition(site, test)
        case ast.comprehension(ifs=[*tests]) if any(test is site.node for test in tests):
            yield from _condition(site, site.node)
        case ast.Return(value=ast.Compare() | ast.BoolOp() as value) if value is site.node:
            yield from _condition(site, value)
    match site.node:
        case ast.BoolOp(values=[*values]):
            yield from (site.fill("condition", site.node, "{0}", value) for value in values)


def _loop(site: Site, test: ast.expr) -> Iterator[Rewrite]:
    for name in site.names:
        if isinstance(test, ast.Constant):
            yield site.turn("loop", test, name)
            yield site.turn("loop", test, f"not {name}", share=0.5)
    if not isinstance(test, ast.Constant):
        yield from _condition(site, test)


def _condition(site: Site, test: ast.AST) -> Iterator[Rewrite]:
    yield site.fill("negation", test, "not {0}", test, share=0.4 if isinstance(test, ast.Compare) else 1.0)
    yield from _null_safe(site, test)
    for name in site.names:
        for form in ("{0} or not {1}", "{0} or {1}", "{0} and {1}", "{0} and not {1}"):
            yield site.fill("condition", test, form, test, name, share=0.5)
    for other in site.pool.loads:
        if isinstance(other, ast.Compare) and ast.dump(other) != ast.dump(test):
            yield site.fill("condition", test, "{0} or {1}", test, other, share=0.2)
            yield site.fill("condition", test, "{0} and {1}", test, other, share=0.2)


def _null_safe(site: Site, test: ast.AST) -> Iterator[Rewrite]:
    """Ask whether there is something before asking what it holds."""
    held = {
        ast.dump(node.value): node.value
        for node in ast.walk(test)
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.value, ast.Name | ast.Attribute)
    }
    for value in held.values():
        yield site.fill("condition", test, "{1} is None or {0}", test, value, share=2.0)
        yield site.fill("condition", test, "{1} is not None and {0}", test, value, share=2.0)
        yield site.fill("condition", test, "{1} and {0}", test, value, share=0.5)
        yield site.fill("condition", test, "not {1} or {0}", test, value, share=0.5)
