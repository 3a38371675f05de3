"""What the names around a cursor stand for: the headers of functions and classes that are defined elsewhere.

In the same document, outside of what a model is shown of it anyway, and in the documents that it
imports from. It parses, so it runs in the worker. Python only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import PurePath

from attrs import frozen

from lastmile.complete.imported import found_in, imports
from lastmile.model.values import Chunk
from lastmile.text.symbols import Symbol, outline

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
    symbols = _outline(text)
    for symbol in symbols:
        outside = symbol.span.end <= shown[0] or symbol.span.start >= shown[1]
        if outside and symbol.qualname in names:
            yield _chunk(text, symbol, symbols, path)


def _from_imports(text: str, names: set[str], path: str, others: Mapping[str, str]) -> Iterator[Chunk]:
    outlines: dict[str, tuple[Symbol, ...]] = {}
    for item in imports(text):
        place = found_in(item, path, others) if item.alias in names else None
        if place is None:
            continue
        if place not in outlines:
            outlines[place] = _outline(others[place])
        is_module = not item.name or PurePath(place).stem == item.name
        wanted = names if is_module else {item.name}
        for symbol in outlines[place]:
            if symbol.qualname in wanted:
                yield _chunk(others[place], symbol, outlines[place], place)


def _chunk(text: str, symbol: Symbol, symbols: Sequence[Symbol], path: str) -> Chunk:
    lines = [_header(text, symbol)]
    if symbol.kind == "class":
        members = [item for item in symbols if item.qualname == f"{symbol.qualname}.{item.name}"]
        lines += [f"    {_header(text, item)} ..." for item in members[:_MOST_MEMBERS]]
    return Chunk(path, "\n".join(lines)[:_LONGEST] + "\n")


@lru_cache(maxsize=32)
def _outline(text: str) -> tuple[Symbol, ...]:
    """List the symbols of a text; cached, since the same few documents are looked at at every pause."""
    return outline(text)


def _header(text: str, symbol: Symbol) -> str:
    """Give the header, and the first line of what documents it."""
    header = symbol.header.of(text)
    said = "" if symbol.docstring is None else symbol.docstring.of(text).strip("rRuU\"'").strip().split("\n")[0]
    return f"{header}  # {said}" if said and symbol.kind == "function" and "." not in symbol.qualname else header
