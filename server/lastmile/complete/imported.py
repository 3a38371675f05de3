"""What a Python text imports, and in which files that may be. It parses, so it runs in the worker; it opens no file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath

from attrs import frozen
from tree_sitter import Node

from lastmile.text.symbols import Source

_MOST_IMPORTS = 64


@frozen
class Imported:
    """One name that a document gets from a module."""

    module: str
    """Dotted; a relative one begins with dots."""

    name: str
    """In the module; empty for the module itself."""

    alias: str
    """As the document calls it."""


def candidates(text: str, path: str, roots: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Give the paths at which the modules that a document imports may be, the likeliest first, for each module."""
    found: dict[tuple[str, ...], None] = {}
    for item in list(imports(text))[:_MOST_IMPORTS]:
        places = ("",) if item.module.startswith(".") else (*roots, str(PurePath(path).parent))
        files = (f"{PurePath(place, *tail)}.py" for place in places for tail in _tails(item, path))
        found[tuple(dict.fromkeys(files))] = None
    return tuple(found)


def imports(text: str) -> Iterator[Imported]:
    """Give the imports outside of functions and classes, in order of place."""
    waiting = [Source(text).parse().root_node]
    while waiting:
        node = waiting.pop()
        if node.type == "import_from_statement":
            module = _text(node.child_by_field_name("module_name"))
            yield from (Imported(module, name, alias) for name, alias in _named(node))
        elif node.type == "import_statement":
            yield from (Imported(name, "", alias.partition(".")[0]) for name, alias in _named(node))
        elif not node.type.endswith("_definition"):
            waiting.extend(reversed(node.named_children))


def _named(node: Node) -> Iterator[tuple[str, str]]:
    for child in node.children_by_field_name("name"):
        name = child.child_by_field_name("name") if child.type == "aliased_import" else child
        alias = child.child_by_field_name("alias") if child.type == "aliased_import" else child
        yield _text(name), _text(alias)


def _text(node: Node | None) -> str:
    return "" if node is None else (node.text or b"").decode("utf-8", "replace")


def found_in(item: Imported, path: str, others: Mapping[str, str]) -> str | None:
    """Find the document that is imported from: by the end of its path, or beside the importing one."""
    ends = {(*PurePath(other).parts[:-1], PurePath(other).stem): other for other in others}
    for tail in _tails(item, path):
        found = next((other for own, other in ends.items() if own[-len(tail) :] == tail), None)
        if found is not None:
            return found
    return None


def _tails(item: Imported, path: str) -> list[tuple[str, ...]]:
    """Give the ends of the paths that the import can mean, without the suffix; of a relative one the whole."""
    dots = len(item.module) - len(item.module.lstrip("."))
    parts = tuple(part for part in item.module.lstrip(".").split(".") if part)
    if dots:
        base = PurePath(path).parts[:-dots]
        if not base:
            return []
        parts = (*base, *parts)
    tails = [(*parts, item.name)] if item.name else []
    return [tail for tail in (*tails, parts, (*parts, "__init__")) if tail]
