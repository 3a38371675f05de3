"""A statement that is missing: a call that fills a collection, an update, a guard, a base case, a result."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lastmile.repair.site import Rewrite, Site
from lastmile.repair.sorts import COLLECTION, NUMBER, fits
from lastmile.text.code import FUNCTIONS


def inserted(site: Site) -> Iterator[Rewrite]:
    """Give the statements that can be put before or behind one."""
    node = site.node
    if not isinstance(node, ast.stmt) or isinstance(node, ast.FunctionDef | ast.Import | ast.ImportFrom):
        return
    body = _body(site, node)
    first, last = body[0] is node, body[-1] is node
    for kind, text, share in _texts(site):
        yield site.before(kind, node, text, share=share if not first else share * 1.2)
        if last and not isinstance(node, ast.Return | ast.Break | ast.Continue | ast.Raise):
            yield site.after(kind, node, text, share=share)
    yield from _guards(site, node)


def _body(site: Site, node: ast.stmt) -> list[ast.stmt]:
    for _name, value in ast.iter_fields(site.parent):
        if isinstance(value, list) and any(item is node for item in value):
            return value
    return [node]


def _texts(site: Site) -> Iterator[tuple[str, str, float]]:
    yield from _fills(site)
    names = site.names
    for one in _assigned(site):
        for other in names:
            if one != other:
                yield "added assignment", f"{one} = {other}", fits(site.sort(one), site.sort(other))
        likely = fits(site.sort(one), NUMBER)
        yield "added step", f"{one} += 1", likely
        yield "added step", f"{one} -= 1", 0.7 * likely
    if any(isinstance(above, ast.For | ast.While) for above in site.code.above(site.node)):
        yield "flow", "break", 0.5
        yield "flow", "continue", 0.5


def _fills(site: Site) -> Iterator[tuple[str, str, float]]:
    """Fill a collection with a variable, by the method that its kind has; seldom with another collection."""
    for name, method in _collections(site):
        kind = "forgotten call" if _is_forgotten(site, name) else "added call"
        for other in site.names:
            if other != name:
                share = 0.3 if site.sort(other) == COLLECTION else 1.0
                yield kind, f"{name}.{method}({other})", share


def _is_forgotten(site: Site, name: str) -> bool:
    """Tell whether a collection is asked what it holds, and nothing else is ever done with it."""
    uses = [node for node in site.pool.nodes if isinstance(node, ast.Name) and node.id == name]
    reads = [node for node in uses if isinstance(node.ctx, ast.Load)]
    return len(uses) == len(reads) + 1 and bool(reads) and all(_is_asked(site, node) for node in reads)


def _is_asked(site: Site, node: ast.Name) -> bool:
    match site.code.parents.get(node):
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[asked]):
            return asked is node
    return False


def _collections(site: Site) -> Iterator[tuple[str, str]]:
    for node in site.pool.nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                method = _method(value)
                if method and name in site.names:
                    yield name, method


def _method(value: ast.expr) -> str:
    match value:
        case ast.List() | ast.ListComp() | ast.Call(func=ast.Name(id="list" | "deque" | "sorted")):
            return "append"
        case ast.Set() | ast.SetComp() | ast.Call(func=ast.Name(id="set")):
            return "add"
        case _:
            return ""


def _assigned(site: Site) -> tuple[str, ...]:
    """List the variables that the function around assigns: parameters are seldom set anew."""
    scope = site.code.scope(site.node)
    stored = (
        node.id
        for node in site.pool.nodes
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and site.code.scope(node) is scope
    )
    return tuple(name for name in dict.fromkeys(stored) if name in site.names)


def _guards(site: Site, node: ast.stmt) -> Iterator[Rewrite]:
    """Return early for what is empty or missing, at the top of a function; skip it, in a loop."""
    if isinstance(site.parent, FUNCTIONS) and _is_first(site, node):
        parameters = [item.arg for item in site.parent.args.args if item.arg != "self"]
        for name in parameters:
            for condition in (f"not {name}", f"{name} is None"):
                for result in _results(site, parameters):
                    yield site.before("guard", node, f"if {condition}:", f"    return {result}".rstrip())
    if isinstance(site.parent, ast.For) and site.parent.body[0] is node and isinstance(site.parent.target, ast.Name):
        for name, _method_of in _collections(site):
            yield site.before("guard", node, f"if {site.parent.target.id} in {name}:", "    continue")


def _is_first(site: Site, node: ast.stmt) -> bool:
    body = getattr(site.parent, "body", [])
    return node in body[:2] and all(isinstance(item, ast.Expr) for item in body[: body.index(node)])


def _results(site: Site, parameters: list[str]) -> list[str]:
    """List what may be returned early: what the function returns elsewhere, and the usual nothings."""
    returned = [
        site.source(node.value)
        for node in site.pool.nodes
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Constant | ast.List | ast.Name)
        if not isinstance(node.value, ast.Name) or node.value.id in parameters
    ]
    return list(dict.fromkeys([*returned, "None", "0", "[]", "''", "False", "True"]))
