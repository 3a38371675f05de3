"""Reads what a Python text imports and the text before did not: everywhere in it, functions among it.

Parsing is done here, so it runs in the worker process. Names that are put together when the code runs
(`importlib.import_module`) are not seen.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache

from attrs import evolve
from tree_sitter import Language, Node, Query, QueryCursor

from lastmile.text.symbols import Source, python
from lastmile.verify.modules.values import Asked, Need, Wanted

_MOST = 500
_MOST_PARTS = 30
_STATEMENT = re.compile(r"(?:^[ \t]+)?\b(?:import|from)\b(?:[^\n\\(]|\\\r?\n|\([^)]{0,2000}\))*", re.MULTILINE)
"""What may be an import statement, with what it is indented by: prose begins so too."""

_CATCHES = re.compile(r"\b(?:ImportError|ModuleNotFoundError)\b")
_FOR_TYPES = re.compile(r"(?:\w+\.)?TYPE_CHECKING")
_PLATFORM = re.compile(r"\b(?:sys\.(?:version_info|platform|implementation)|os\.name|platform\.\w+|PY[23]\d*)\b")
_BLANK = re.compile(r"[\s\\]+")
_FRAMES = {"function_definition", "lambda"}
_SCRIPT = re.compile(r"^# /// script\r?\n((?:#(?: [^\n]*)?\r?\n)*?)# ///\r?$", re.MULTILINE)


def newly(old: str, new: str) -> Asked:
    """List what the new text imports and the old did not."""
    if not _may_differ(old, new):
        return Asked()
    had = tuple(_wanted(old))
    before = {(item.module, item.name) for item in had}
    needed = {(item.module, item.name) for item in had if item.need is Need.ALWAYS}
    fresh: dict[tuple[str, str], Wanted] = {}
    for item in _wanted(new):
        key = item.module, item.name
        if key in (needed if item.need is Need.ALWAYS else before):
            continue
        known = fresh.get(key)
        if known is None or known.need is not Need.ALWAYS:
            fresh[key] = item
    known_modules = frozenset(name for item in had if item.need is Need.ALWAYS for name in _prefixes(item))
    return Asked(tuple(fresh.values())[:_MOST], known_modules, declared(old))


def declared(text: str) -> tuple[str, ...] | None:
    """Give what a script declares to depend on, in a comment for whoever runs it (PEP 723); None where it does not."""
    found = _SCRIPT.search(text)
    if found is None:
        return None
    lines = (line.removeprefix("#").removeprefix(" ") for line in found[1].splitlines())
    try:
        said = tomllib.loads("\n".join(lines)).get("dependencies", [])
    except (ValueError, RecursionError):
        return ()
    return tuple(item for item in said if isinstance(item, str)) if isinstance(said, list) else ()


def _may_differ(old: str, new: str) -> bool:
    """Tell by the statements alone whether something may be new: parsing takes long where a text is long."""
    return not set(_STATEMENT.findall(new)) <= set(_STATEMENT.findall(old))


def _prefixes(item: Wanted) -> Iterator[str]:
    dots = "." * item.dots
    for count in range(len(item.parts)):
        yield dots + ".".join(item.parts[: count + 1])


def _wanted(text: str) -> Iterator[Wanted]:
    root = Source(text).parse().root_node
    found = QueryCursor(_query(python())).captures(root)
    for node in sorted((node for group in found.values() for node in group), key=lambda node: node.start_byte):
        need = _need(node)
        for item in _named(node):
            if all(part.isidentifier() for part in (*item.parts, *([item.name] if item.name else ()))):
                yield evolve(item, need=need, line=node.start_point.row)


@cache
def _query(grammar: Language) -> Query:
    return Query(grammar, "(import_statement) @import (import_from_statement) @from")


def _named(statement: Node) -> Iterator[Wanted]:
    module = statement.child_by_field_name("module_name")
    names = [child.child_by_field_name("name") or child for child in statement.children_by_field_name("name")]
    if statement.type == "import_statement":
        made = [Wanted(_text(name)) for name in names]
    elif module is None:
        made = []
    else:
        made = [Wanted(_text(module), _text(name)) for name in names] or [Wanted(_text(module))]
    return (item for item in made if (item.dots or item.parts) and len(item.parts) <= _MOST_PARTS)


def _need(node: Node) -> Need:
    """Say what becomes of the text without the module, by what the statement stands in."""
    types = False
    inner, outer = node, node.parent
    while outer is not None and outer.type not in _FRAMES:
        if _is_caught(outer, inner):
            return Need.NEVER
        types = types or _is_for_types(outer, inner)
        inner, outer = outer, outer.parent
    return Need.TYPES if types else Need.ALWAYS


def _is_caught(outer: Node, inner: Node) -> bool:
    """Tell whether a module may be missing in one part of a statement."""
    match outer.type:
        case "try_statement":
            catching = [child for child in outer.children if child.type == "except_clause" and _catches(child)]
            return inner in catching or (bool(catching) and inner == outer.child_by_field_name("body"))
        case "with_statement":
            clause = next((child for child in outer.children if child.type == "with_clause"), None)
            return clause is not None and "suppress" in _raw(clause) and bool(_CATCHES.search(_raw(clause)))
        case "if_statement" | "elif_clause":
            condition = outer.child_by_field_name("condition")
            return condition is not None and condition != inner and bool(_PLATFORM.search(_raw(condition)))
        case _:
            return False


def _catches(clause: Node) -> bool:
    """Tell whether a clause names the error. One that catches everything hides what it was not written for."""
    return any(
        _CATCHES.search(_raw(child)) for child in clause.named_children if child.type not in {"block", "comment"}
    )


def _is_for_types(outer: Node, inner: Node) -> bool:
    if outer.type not in {"if_statement", "elif_clause"} or inner != outer.child_by_field_name("consequence"):
        return False
    condition = outer.child_by_field_name("condition")
    return condition is not None and bool(_FOR_TYPES.fullmatch(_raw(condition).strip("() ")))


def _text(node: Node) -> str:
    """Give a dotted name as Python reads it: without blanks, and letters of one kind for those that look alike."""
    return unicodedata.normalize("NFKC", _BLANK.sub("", _raw(node)))


def _raw(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
