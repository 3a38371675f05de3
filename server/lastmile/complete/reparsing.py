"""One document with many texts in one of its places, each parsed in a fraction of the time that the whole would take.

tree-sitter takes over what of a tree an edit leaves as it was. Like everything that parses, this runs
in the worker.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import tree_sitter_python
from attrs import field, frozen
from tree_sitter import Language, Node, Parser, Tree

from lastmile.text.edits import Span
from lastmile.text.symbols import Source


@frozen
class Reparsing:
    """A document and the place in it."""

    text: str
    span: Span
    language: Language | None = None
    """None for Python."""

    _known: dict[str, int] = field(factory=dict, init=False, repr=False)

    @property
    def errors(self) -> int:
        """The broken places of the document as it is."""
        return _count(self._tree.root_node)

    def errors_with(self, text: str) -> int:
        """Count the broken places that the document has with a text in the place; counted once for each text."""
        if text not in self._known:
            self._known[text] = self._counted(text)
        return self._known[text]

    def _counted(self, text: str) -> int:
        put = Source(text).data
        start, end = self._edges
        data = self._data[:start] + put + self._data[end:]
        old = self._tree.copy()
        stop = start + len(put)
        old.edit(start, end, stop, _point(self._data, start), _point(self._data, end), _point(data, stop))
        return _count(self._parser.parse(data, old).root_node)

    @cached_property
    def _data(self) -> bytes:
        return Source(self.text).data

    @cached_property
    def _edges(self) -> tuple[int, int]:
        before = len(Source(self.text[: self.span.start]).data)
        return before, before + len(Source(self.span.of(self.text)).data)

    @cached_property
    def _parser(self) -> Parser:
        return Parser(self.language or Language(tree_sitter_python.language()))

    @cached_property
    def _tree(self) -> Tree:
        return self._parser.parse(self._data)


def _point(data: bytes, at: int) -> tuple[int, int]:
    return data.count(b"\n", 0, at), at - (data.rfind(b"\n", 0, at) + 1)


def _count(root: Node) -> int:
    """Count as `text.symbols.defects` does: what is wrong in the same place is one."""
    return len({(node.start_byte, node.end_byte, node.is_missing and node.type) for node in _broken(root)})


def _broken(root: Node) -> Iterator[Node]:
    waiting = [root] if root.has_error else []
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            yield node
        waiting.extend(child for child in node.children if child.has_error or child.is_missing)
