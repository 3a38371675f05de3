"""The functions and classes of a Python text, and its syntax errors, by tree-sitter.

tree-sitter reads broken code, so symbols are there while a person types. It counts bytes: offsets
are turned into code points here and nowhere else. Parsing a long file takes tens of milliseconds
and holds the interpreter's lock: call `outline` and `defects` through `tools.offload`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache, cached_property, lru_cache

import tree_sitter_python
from attrs import frozen
from tree_sitter import Language, Node, Parser, Query, QueryCursor, Tree

from lastmile.text.edits import Span

_LONE_RETURN = re.compile(r"\r(?!\n)")
# Literals that Python takes for values and never for a docstring: bytes, f-strings and t-strings.
_NOT_TEXT = frozenset("bft")
_DEFINITIONS = {"function_definition": "function", "class_definition": "class"}


@frozen
class Symbol:
    """A function or class. All spans are offsets of the snapshot that it was found in."""

    kind: str
    """``function`` or ``class``; a method is a function."""

    qualname: str
    """``Class.method``; names of enclosing functions are part of it."""

    span: Span
    """The whole definition with its decorators, from the first character to the last of the body."""

    name_span: Span
    header: Span
    """From ``def`` or ``class`` to the colon."""

    body: Span
    docstring: Span | None
    """The string that documents it, quotes included."""

    @property
    def name(self) -> str:
        """The last part of the qualified name."""
        return self.qualname.rsplit(".", 1)[-1]


@frozen
class Defect:
    """A place where the text does not parse."""

    span: Span
    missing: str = ""
    """The token that is missing there; empty where there is something unexpected instead."""


@frozen
class Source:
    """A text with its bytes and the way back from byte to character offsets."""

    text: str

    @cached_property
    def data(self) -> bytes:
        """The text in UTF-8, character for character as far as counting goes.

        A lone surrogate becomes a question mark. The grammar takes a lone carriage return for
        a blank where Python and every editor end a line, so it becomes a line feed.
        """
        return _LONE_RETURN.sub("\n", self.text).encode("utf-8", "replace")

    @cached_property
    def _wide(self) -> tuple[list[int], list[int]]:
        """Byte offsets just after each non-ASCII character, and how many bytes too many by there."""
        ends: list[int] = []
        surplus: list[int] = []
        position = extra = 0
        for char in self.text:
            size = len(char.encode("utf-8", "replace"))
            position += size
            if size > 1:
                extra += size - 1
                ends.append(position)
                surplus.append(extra)
        return ends, surplus

    def offset(self, byte: int) -> int:
        """Turn a byte offset at a character's edge into a code point offset."""
        if len(self.data) == len(self.text):
            return byte
        ends, surplus = self._wide
        at = bisect_right(ends, byte)
        return byte - (surplus[at - 1] if at else 0)

    def span(self, node: Node) -> Span:
        """Give a node's span in code points."""
        return Span(self.offset(node.start_byte), self.offset(node.end_byte))

    def parse(self, language: Language | None = None) -> Tree:
        """Parse it, as Python unless another language is given."""
        return Parser(language or python()).parse(self.data)


def outline(text: str) -> tuple[Symbol, ...]:
    """List the functions and classes of a Python text, outer before inner, in order of place."""
    source = Source(text)
    return tuple(_definitions(source, source.parse().root_node, ""))


def defects(text: str, language: Language | None = None) -> tuple[Defect, ...]:
    """List the places where a text does not parse, in order of place; it is Python unless another language is given."""
    source = Source(text)
    root = source.parse(language).root_node
    if not root.has_error:
        return ()
    found = QueryCursor(_defect_query(language or python())).captures(root)
    nodes = sorted((node for group in found.values() for node in group), key=lambda node: node.start_byte)
    # An error inside an error of the same place is one place.
    return tuple(dict.fromkeys(Defect(source.span(node), node.type if node.is_missing else "") for node in nodes))


def enclosing(symbols: tuple[Symbol, ...], span: Span) -> Symbol | None:
    """Give the innermost symbol that holds the span."""
    start, end = span.start, span.end  # compared here: a menu asks of thousands of symbols for each kind
    around = [symbol for symbol in symbols if symbol.span.start <= start and end <= symbol.span.end]
    return max(around, key=lambda symbol: symbol.span.start, default=None)


@cache
def python() -> Language:
    """Give the grammar of Python."""
    return Language(tree_sitter_python.language())


@lru_cache(maxsize=16)
def _defect_query(language: Language) -> Query:
    return Query(language, "(ERROR) @error (MISSING) @missing")


def _definitions(source: Source, root: Node, prefix: str) -> Iterator[Symbol]:
    """Walk without recursion over what is not a definition: hostile input nests deeply."""
    waiting = [(root, prefix)]
    while waiting:
        node, prefix = waiting.pop()
        inner = prefix
        if node.type in _DEFINITIONS and (symbol := _symbol(source, node, prefix)) is not None:
            yield symbol
            inner = f"{symbol.qualname}."
        waiting.extend((child, inner) for child in reversed(node.named_children))


def _symbol(source: Source, node: Node, prefix: str) -> Symbol | None:
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if name is None or body is None or name.is_missing:
        return None
    parent = node.parent
    whole = parent if parent is not None and parent.type == "decorated_definition" else node
    colon = next(child for child in reversed(node.children) if child.type == ":")
    return Symbol(
        kind=_DEFINITIONS[node.type],
        qualname=prefix + (name.text or b"").decode(),
        span=source.span(whole),
        name_span=source.span(name),
        header=Span(source.offset(node.start_byte), source.offset(colon.end_byte)),
        body=source.span(body),
        docstring=_docstring(source, body),
    )


def _docstring(source: Source, body: Node) -> Span | None:
    first = next((child for child in body.named_children if child.type != "comment"), None)
    if first is None or first.type != "expression_statement" or first.child_count != 1:
        return None  # A statement of more than one expression is a tuple.
    value = first.children[0]
    parts = value.named_children if value.type == "concatenated_string" else [value]
    return source.span(value) if parts and all(map(_is_text, parts)) else None


def _is_text(node: Node) -> bool:
    """Tell whether a node is a string literal whose value stands in the source."""
    opening = node.children[0].text if node.type == "string" and node.children else b"b"
    return _NOT_TEXT.isdisjoint((opening or b"").decode().lower())
