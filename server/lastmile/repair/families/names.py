"""Wrong names: another variable, another attribute or method of the family, another function."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lastmile.repair.site import Rewrite, Site
from lastmile.repair.sorts import fits
from lastmile.text.edits import Replacement, Span

_KIN = tuple(
    frozenset(row.split())
    for row in (
        "any all",
        "min max sum len",
        "sorted reversed list set tuple",
        "sum len",
        "int float round abs",
        "append extend add update insert appendleft",
        "add discard remove update",
        "pop popleft popitem",
        "find rfind index rindex",
        "startswith endswith",
        "strip lstrip rstrip",
        "split rsplit splitlines partition rpartition",
        "upper lower title capitalize",
        "keys values items",
        "get setdefault pop",
        "isdigit isalpha isalnum isnumeric isspace",
        "issubset issuperset isdisjoint",
        "union intersection difference symmetric_difference update",
        "ceil floor trunc",
        "remove discard pop",
        "match search fullmatch",
        "ljust rjust center zfill",
        "heappushpop heapreplace",
        "bisect bisect_left bisect_right",
        "deepcopy copy",
    )
)


def names(site: Site) -> Iterator[Rewrite]:
    """Give the changes of one name."""
    match site.node:
        case ast.Name(id=name, ctx=ast.Load()):
            if isinstance(site.parent, ast.Call) and site.parent.func is site.node:
                yield from _functions(site, name, len(site.parent.args))
            else:
                yield from _variables(site, name)
        case ast.Name(id=name, ctx=ast.Store()) if isinstance(site.parent, ast.Assign | ast.AugAssign):
            yield from _variables(site, name, share=0.5)
        case ast.Attribute(attr=attr):
            yield from _attributes(site, site.node, attr)


def _variables(site: Site, name: str, share: float = 1.0) -> Iterator[Rewrite]:
    if name not in site.names:
        return
    mine = _ways(site, name)
    for other in site.names:
        if other != name:
            alike = len(mine & _ways(site, other)) + (mine == _ways(site, other))
            yield site.turn(
                "variable", site.node, other, share=share * (1 + alike) * fits(site.sort(name), site.sort(other))
            )


def _ways(site: Site, name: str) -> frozenset[str]:
    """Say how a variable is used in its function, which is what can be known of its type."""
    found = set()
    for node in site.pool.nodes:
        if isinstance(node, ast.Name) and node.id == name:
            parent = site.code.parents.get(node)
            found.add(f"{type(parent).__name__}.{_field(parent, node)}" if parent is not None else "")
    return frozenset(found)


def _field(parent: ast.AST, node: ast.AST) -> str:
    return next((key for key, value in ast.iter_fields(parent) if value is node), "*")


def _functions(site: Site, name: str, given: int) -> Iterator[Rewrite]:
    for other in sorted(frozenset().union(*(row for row in _KIN if name in row)) - {name}):
        yield site.turn("function", site.node, other)
    for node in ast.walk(site.code.tree):
        top = isinstance(site.code.parents.get(node), ast.Module)
        if top and isinstance(node, ast.FunctionDef) and node.name != name and len(node.args.args) == given:
            yield site.turn("function", site.node, node.name, share=0.5)


def _attributes(site: Site, node: ast.Attribute, attr: str) -> Iterator[Rewrite]:
    """Try the family of a method, and the attributes that the file uses, those with a common part first."""
    kin = frozenset().union(*(row for row in _KIN if attr in row)) - {attr}
    called = isinstance(site.parent, ast.Call) and site.parent.func is node
    seen = {
        inner.attr
        for inner in ast.walk(site.code.tree)
        if isinstance(inner, ast.Attribute) and _is_called(site, inner) == called
    }
    for other in sorted((kin | seen) - {attr}):
        share = 2.0 if other in kin or set(other.split("_")) & set(attr.split("_")) else 0.5
        end = site.span(node).end
        put = Replacement(Span(end - len(attr), end), other)
        yield site.edit("attribute", f"turns `.{attr}` into `.{other}`", put, share=share)


def _is_called(site: Site, node: ast.Attribute) -> bool:
    parent = site.code.parents.get(node)
    return isinstance(parent, ast.Call) and parent.func is node
