"""Brackets and quotes by their characters alone: for text that is still being written, which no parser reads well."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from attrs import frozen

_PAIRS = {")": "(", "]": "[", "}": "{"}
_OPENERS = frozenset(_PAIRS.values())
_QUOTES = frozenset("\"'`")
CLOSERS = frozenset(_PAIRS) | _QUOTES
_TELLING = re.compile(r"""[()\[\]{}"'`]""")


@frozen
class Balance:
    """What a piece of text leaves open, and what it closes that others opened."""

    opened: str
    """The openers that are not closed, outermost first."""

    closed: str
    """The closers that nothing in the text opened, in order."""

    ends: tuple[int, ...]
    """The offset just after each of those closers."""


def balance(text: str) -> Balance:
    """Weigh a text. What stands in a string on one line does not count, nor does a lone apostrophe."""
    return next(balances([text]))


def balances(lines: Iterable[str]) -> Iterator[Balance]:
    """Weigh a text by its lines, and give for each what the text comes to up to its end."""
    opened: list[str] = []
    closed: list[str] = []
    ends: list[int] = []
    start = 0
    for line in lines:
        for char, end in _brackets(line):
            if char in _OPENERS:
                opened.append(char)
            elif opened and opened[-1] == _PAIRS[char]:
                opened.pop()
            else:
                closed.append(char)
                ends.append(start + end)
        start += len(line) + 1
        yield Balance("".join(opened), "".join(closed), tuple(ends))


def _brackets(text: str) -> Iterator[tuple[str, int]]:
    """Give the brackets outside of strings, and the offset after each."""
    at = 0
    while (found := _TELLING.search(text, at)) is not None:
        at = found.end()
        if found[0] in _QUOTES:
            at = _after_string(text, at - 1)
        else:
            yield found[0], at


def _after_string(text: str, at: int) -> int:
    """Give the offset after a string that ends on its line; after the quote where it does not."""
    quote, end = text[at], at + 1
    while end < len(text) and text[end] not in "\r\n":
        if text[end] == quote:
            return end + 1
        end += 2 if text[end] == "\\" else 1
    return at + 1
