"""Arguments: swapped, one too many, one too few, moved by a step; elements of a tuple likewise."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import combinations

from lastmile.repair.site import Rewrite, Site, short
from lastmile.text.edits import Replacement, Span

_MOST = 5
"""Calls with more arguments are left alone: what is built of so many is seldom swapped."""


def arguments(site: Site) -> Iterator[Rewrite]:
    """Give the changes of a call's arguments, or of a tuple's elements."""
    match site.node:
        case ast.Call(args=[*given]):
            yield from _swapped(site, given)
            yield from _dropped(site, given)
            yield from _added(site, site.node, given)
            yield from _recursive(site, site.node, given)
        case ast.Tuple(elts=[*elements], ctx=ast.Load()):
            yield from _swapped(site, elements)


def _swapped(site: Site, items: Sequence[ast.expr]) -> Iterator[Rewrite]:
    if len(items) > _MOST or any(isinstance(item, ast.Starred) for item in items):
        return
    for one, other in combinations(items, 2):
        if ast.dump(one) != ast.dump(other):
            label = f"swaps `{short(site.source(one))}` and `{short(site.source(other))}`"
            edits = (
                Replacement(site.span(one), site.source(other)),
                Replacement(site.span(other), site.source(one)),
            )
            yield site.edit("swapped arguments", label, *edits)


def _dropped(site: Site, given: Sequence[ast.expr]) -> Iterator[Rewrite]:
    if len(given) > 1:
        for at, item in enumerate(given):
            span = (
                Span(site.span(item).start, site.span(given[at + 1]).start)
                if at + 1 < len(given)
                else Span(site.span(given[at - 1]).end, site.span(item).end)
            )
            label = f"drops the argument `{short(site.source(item))}`"
            yield site.edit("argument", label, Replacement(span, ""), share=0.5)


def _added(site: Site, call: ast.Call, given: Sequence[ast.expr]) -> Iterator[Rewrite]:
    """Add a variable where the file's own function takes more than it is given."""
    wanted = _parameters(site, call)
    if not given or len(given) >= wanted:
        return
    at = site.span(given[-1]).end
    for name in site.names:
        yield site.edit("argument", f"adds the argument `{name}`", Replacement(Span(at, at), f", {name}"))


def _recursive(site: Site, call: ast.Call, given: Sequence[ast.expr]) -> Iterator[Rewrite]:
    """Move what a function hands to itself by a step, so that it comes nearer to its end."""
    owner = call.func.id if isinstance(call.func, ast.Name) else ""
    if owner not in {getattr(above, "name", "") for above in site.code.above(call)}:
        return
    for item in given:
        for form in ("{0} - 1", "{0} + 1", "{0}[1:]"):
            yield site.fill("recursion", item, form, item)
        for name in site.names:
            if not isinstance(item, ast.Name) or item.id != name:
                yield site.fill("recursion", item, "{0} - {1}", item, name, share=0.4)
                yield site.fill("recursion", item, "{0} + {1}", item, name, share=0.4)


def _parameters(site: Site, call: ast.Call) -> int:
    if not isinstance(call.func, ast.Name):
        return 0
    found = (
        node for node in ast.walk(site.code.tree) if isinstance(node, ast.FunctionDef) and node.name == call.func.id
    )
    return max((len(node.args.args) for node in found), default=0)
