"""What the names around a cursor stand for: the headers of functions and classes that are defined elsewhere.

In the same document, outside of what a model is shown of it anyway, and in the documents that it
imports from, where they are open. It parses, so it runs in the worker. Python only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath

from attrs import frozen
from tree_sitter import Node

from lastmile.model.values import Chunk
from lastmile.text.symbols import Source, Symbol, outline

_MOST = 12
"""Definitions that are shown."""

_MOST_MEMBERS = 20
_LONGEST = 2000
_NEAR = 40
"""Lines above the cursor whose names are looked up, and a quarter of them below."""

_NAME = re.compile(r"[^\W\d]\w*")


@frozen
class Other:
    """Another document."""

    path: str
    text: str


@frozen
class _Imported:
    module: str
    """Dotted; a relative one begins with dots."""

    name: str
    """In the module; empty for the module itself."""

    alias: str
    """As the document calls it."""


def definitions(
    text: str, offset: int, shown: tuple[int, int], path: str, others: Sequence[Other]
) -> tuple[Chunk, ...]:
    """Give the definitions of names near an offset, in the order of the imports, then of the document.

    ``shown`` is the part of the text that needs none, as it is shown in full.
    """
    names = set(_NAME.findall(_near(text, offset)))
    by_path = {other.path: other.text for other in others if other.path != path}
    found = [*_from_imports(text, names, path, by_path), *_from_itself(text, names, shown, path)]
    return tuple(dict.fromkeys(found))[:_MOST]


def _near(text: str, offset: int) -> str:
    above = text[:offset].splitlines(keepends=True)[-_NEAR:]
    below = text[offset:].splitlines(keepends=True)[: _NEAR // 4]
    return "".join([*above, *below])


def _from_itself(text: str, names: set[str], shown: tuple[int, int], path: str) -> Iterator[Chunk]:
    symbols = outline(text)
    for symbol in symbols:
        outside = symbol.span.end <= shown[0] or symbol.span.start >= shown[1]
        if outside and symbol.qualname in names:
            yield _chunk(text, symbol, symbols, path)


def _from_imports(text: str, names: set[str], path: str, others: Mapping[str, str]) -> Iterator[Chunk]:
    outlines: dict[str, tuple[Symbol, ...]] = {}
    for item in _imports(text):
        place = _place_of(item, path, others) if item.alias in names else None
        if place is None:
            continue
        if place not in outlines:
            outlines[place] = outline(others[place])
        wanted = {item.name} if item.name else names
        for symbol in outlines[place]:
            if symbol.qualname in wanted:
                yield _chunk(others[place], symbol, outlines[place], place)


def _imports(text: str) -> Iterator[_Imported]:
    waiting = [Source(text).parse().root_node]
    while waiting:
        node = waiting.pop()
        if node.type == "import_from_statement":
            module = _text(node.child_by_field_name("module_name"))
            yield from (_Imported(module, name, alias) for name, alias in _named(node))
        elif node.type == "import_statement":
            yield from (_Imported(name, "", alias.partition(".")[0]) for name, alias in _named(node))
        elif not node.type.endswith("_definition"):
            waiting.extend(reversed(node.named_children))


def _named(node: Node) -> Iterator[tuple[str, str]]:
    for child in node.children_by_field_name("name"):
        name = child.child_by_field_name("name") if child.type == "aliased_import" else child
        alias = child.child_by_field_name("alias") if child.type == "aliased_import" else child
        yield _text(name), _text(alias)


def _text(node: Node | None) -> str:
    return "" if node is None else (node.text or b"").decode("utf-8", "replace")


def _place_of(item: _Imported, path: str, others: Mapping[str, str]) -> str | None:
    """Find the document that is imported from: by the end of its path, or beside the importing one."""
    dots = len(item.module) - len(item.module.lstrip("."))
    parts = tuple(part for part in item.module.lstrip(".").split(".") if part)
    if dots:
        parts = (*PurePath(path).parts[:-dots], *parts)
    tails = [(*parts, "__init__"), parts]
    if item.name:
        tails.append((*parts, item.name))
    for other in others:
        own = (*PurePath(other).parts[:-1], PurePath(other).stem)
        if any(tail and own[-len(tail) :] == tail for tail in tails):
            return other
    return None


def _chunk(text: str, symbol: Symbol, symbols: Sequence[Symbol], path: str) -> Chunk:
    lines = [_header(text, symbol)]
    if symbol.kind == "class":
        members = [item for item in symbols if item.qualname == f"{symbol.qualname}.{item.name}"]
        lines += [f"    {_header(text, item)} ..." for item in members[:_MOST_MEMBERS]]
    return Chunk(path, "\n".join(lines)[:_LONGEST] + "\n")


def _header(text: str, symbol: Symbol) -> str:
    """Give the header, and the first line of what documents it."""
    header = symbol.header.of(text)
    said = "" if symbol.docstring is None else symbol.docstring.of(text).strip("rRuU\"'").strip().split("\n")[0]
    return f"{header}  # {said}" if said and symbol.kind == "function" and "." not in symbol.qualname else header
