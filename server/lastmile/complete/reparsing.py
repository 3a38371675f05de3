"""One document with many texts in one of its places, each parsed in a fraction of the time that the whole would take.

tree-sitter takes over what of a tree an edit leaves as it was. Like everything that parses, this runs
in the worker.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from attrs import field, frozen
from tree_sitter import Language, Node

from lastmile.complete.trees import Parsed, edited, parsed, parser_of
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
        return _count(self._base.tree.root_node)

    def errors_with(self, text: str) -> int:
        """Count the broken places that the document has with a text in the place; counted once for each text."""
        if text not in self._known:
            self._known[text] = self._counted(text)
        return self._known[text]

    def _counted(self, text: str) -> int:
        start, end = self._edges
        data = self._base.data[:start] + Source(text).data + self._base.data[end:]
        return _count(edited(self._base, data, self._edges, parser_of(self.language)).tree.root_node)

    @cached_property
    def _edges(self) -> tuple[int, int]:
        before = len(Source(self.text[: self.span.start]).data)
        return before, before + len(Source(self.span.of(self.text)).data)

    @cached_property
    def _base(self) -> Parsed:
        return parsed(Source(self.text).data, self.language)


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
