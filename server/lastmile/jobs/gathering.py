"""Finds what other files of a project have to do with a task's target: candidates for `picking`.

It parses, so it runs in the worker. Which files are looked at is the caller's to say; Python only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from attrs import frozen

from lastmile.cascade.context import Bond
from lastmile.text.edits import Span
from lastmile.text.symbols import Symbol, outline

_MOST = 24
"""Candidates, and half of them of one file."""

_LONGEST = 4000
"""Characters of a snippet; of a longer definition the header and the documentation are shown."""

_WORD = re.compile(r"[^\W\d]\w*")
_VALUE = re.compile(r"^([^\W\d]\w*)[ \t]*(?::[^=\n]+)?=[^=].*$", re.MULTILINE)


@frozen
class Other:
    """Another file of the project."""

    path: str
    text: str
    imported: bool
    """Whether the document imports it; otherwise it imports the document."""


@frozen
class Found:
    """A place in another file."""

    file: int
    """Which of the files."""

    span: Span
    bond: Bond
    name: str


def gather(target: str, name: str, others: Sequence[Other]) -> tuple[Found, ...]:
    """Give what the target, a piece of code that defines ``name``, uses elsewhere, and what names it elsewhere."""
    used = set(_WORD.findall(target)) - {name}
    found: list[Found] = []
    for at, other in enumerate(others):
        here = _used(at, other, used) if other.imported else _users(at, other, name)
        found += [each for each, _ in zip(here, range(_MOST // 2), strict=False)]
    return tuple(found[:_MOST])


def _used(at: int, other: Other, names: set[str]) -> Iterator[Found]:
    symbols = outline(other.text)
    for symbol in symbols:
        if symbol.qualname in names:
            yield Found(at, _shown(symbol, symbols), Bond.DEFINITION, symbol.name)
    for match in _VALUE.finditer(other.text):
        if match[1] in names and len(match[0]) <= _LONGEST:
            yield Found(at, Span(match.start(), match.end()), Bond.IMPORT, match[1])


def _users(at: int, other: Other, name: str) -> Iterator[Found]:
    """Give the functions that name the target, innermost ones only: tests by their names or their file's."""
    if not name:
        return
    word = re.compile(rf"\b{re.escape(name)}\b")
    symbols = [symbol for symbol in outline(other.text) if symbol.kind == "function"]
    tests = PurePath(other.path).name.startswith("test_") or PurePath(other.path).stem.endswith("_test")
    for symbol in symbols:
        inner = any(each is not symbol and symbol.span.contains(each.span) for each in symbols)
        if not inner and len(symbol.span) <= _LONGEST and word.search(symbol.body.of(other.text)):
            bond = Bond.TEST if tests or symbol.name.startswith("test") else Bond.CALLER
            yield Found(at, symbol.span, bond, symbol.name)


def _shown(symbol: Symbol, symbols: Sequence[Symbol]) -> Span:
    """Give the definition; of a long one its beginning: the header and what documents it, or its first method."""
    if len(symbol.span) <= _LONGEST:
        return symbol.span
    end = symbol.header.end if symbol.docstring is None else symbol.docstring.end
    inner = [each.header.end for each in symbols if each is not symbol and symbol.span.contains(each.span)]
    return Span(symbol.span.start, min(max([end, *inner[:1]]), symbol.span.start + _LONGEST))
