"""Trees of documents that are typed in: what a key leaves as it was is not parsed again.

tree-sitter takes over what of a tree an edit did not touch. What was parsed last is kept for that in
the process that parses, a few texts of each language, found by what they say: nobody names a document.
"""

from __future__ import annotations

from functools import lru_cache

import tree_sitter_python
from attrs import define, field, frozen
from tree_sitter import Language, Parser, Tree

_MOST = 4
"""Texts of a language that are kept: the document, what it would be, and another one."""

_STEP = 4096
"""Bytes that are compared at once."""


@frozen
class Parsed:
    """A text and its tree."""

    data: bytes = field(repr=False)
    tree: Tree


def parsed(data: bytes, language: Language | None) -> Parsed:
    """Parse a text in UTF-8; as Python where no language is given."""
    return _shelf(language).parsed(data)


def edited(old: Parsed, data: bytes, edges: tuple[int, int], parser: Parser) -> Parsed:
    """Parse a text that differs from another between two of that one's offsets alone."""
    start, end = edges
    tree, stop = old.tree.copy(), end + len(data) - len(old.data)
    tree.edit(start, end, stop, _point(old.data, start), _point(old.data, end), _point(data, stop))
    return Parsed(data, parser.parse(data, tree))


@define(eq=False)
class _Shelf:
    parser: Parser
    _kept: list[Parsed] = field(factory=list, init=False)
    """The last one first."""

    def parsed(self, data: bytes) -> Parsed:
        found = next((item for item in self._kept if item.data == data), None) or self._made(data)
        self._kept = [found, *(item for item in self._kept if item is not found)][:_MOST]
        return found

    def _made(self, data: bytes) -> Parsed:
        for old in self._kept:
            start, tail = _common(old.data, data)
            if start + tail > len(data) // 2:
                return edited(old, data, (start, len(old.data) - tail), self.parser)
        return Parsed(data, self.parser.parse(data))


@lru_cache(maxsize=8)
def _shelf(language: Language | None) -> _Shelf:
    """Give what is kept of a language; the cache is what holds it from call to call."""
    return _Shelf(parser_of(language))


@lru_cache(maxsize=8)
def parser_of(language: Language | None) -> Parser:
    """Give a parser; Python's where no language is given."""
    return Parser(language or Language(tree_sitter_python.language()))


def _common(one: bytes, other: bytes) -> tuple[int, int]:
    """Give how many bytes two texts begin with alike, and how many of the rest they end with alike."""
    most = min(len(one), len(other))
    start = 0
    while start < most and one[start : start + _STEP] == other[start : start + _STEP]:
        start += _STEP
    start = min(start, most)
    while start < most and one[start] == other[start]:
        start += 1
    most -= start
    tail = 0
    while tail + _STEP <= most and _back(one, tail) == _back(other, tail):
        tail += _STEP
    while tail < most and one[-tail - 1] == other[-tail - 1]:
        tail += 1
    return start, tail


def _back(data: bytes, tail: int) -> bytes:
    end = len(data) - tail
    return data[end - _STEP : end]


def _point(data: bytes, at: int) -> tuple[int, int]:
    return data.count(b"\n", 0, at), at - (data.rfind(b"\n", 0, at) + 1)
