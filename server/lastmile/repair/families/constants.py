"""Wrong constants and results: another usual value, a list with an element, a truth that is computed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lastmile.repair.site import Rewrite, Site

_USUAL = ("None", "True", "False", "0", "1", "-1", "''", "[]", "float('inf')", "float('-inf')")


def constants(site: Site) -> Iterator[Rewrite]:
    """Give the changes of one constant, or of an empty list."""
    match site.node:
        case ast.Constant(value=bool()):
            yield from _truth(site)
        case ast.Constant(value=int() | float() | None as value):
            for usual in _USUAL:
                alike = usual in {"0", "1", "-1", "float('inf')", "float('-inf')"} and value is not None
                yield site.turn("constant", site.node, usual, share=1.0 if alike else 0.3)
        case ast.Constant(value=str(value)):
            for usual in ("''", "' '"):
                yield site.turn("constant", site.node, usual, share=0.3)
            yield from _texts(site, value)
        case ast.List(elts=[], ctx=ast.Load()):
            yield site.turn("element", site.node, "[[]]")
            yield from (site.turn("element", site.node, f"[{name}]") for name in site.names)
            yield site.turn("constant", site.node, "None", share=0.3)


def _truth(site: Site) -> Iterator[Rewrite]:
    """Turn a fixed truth over, or compute it from a variable."""
    yield site.turn("constant", site.node, str(not getattr(site.node, "value", False)))
    if isinstance(site.statement, ast.Return):
        for name in site.names:
            for form in ("{0} == 0", "{0} > 0", "not {0}", "bool({0})"):
                yield site.turn("condition", site.node, form.format(name), share=0.5)


def _texts(site: Site, value: str) -> Iterator[Rewrite]:
    """Try the other texts of the function: a key, a mode, a separator."""
    others = {
        node.value: None
        for node in site.pool.nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value != value
    }
    yield from (site.turn("constant", site.node, repr(other)) for other in others if len(other) <= len(value) + 20)
