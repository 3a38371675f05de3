"""Brackets and quotes by their characters alone: for text that is still being written, which no parser reads well."""

from __future__ import annotations

from attrs import frozen

_PAIRS = {")": "(", "]": "[", "}": "{"}
_OPENERS = frozenset(_PAIRS.values())
_QUOTES = frozenset("\"'`")
CLOSERS = frozenset(_PAIRS) | _QUOTES


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
    opened: list[str] = []
    closed: list[str] = []
    ends: list[int] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char in _QUOTES:
            at = _after_string(text, at)
            continue
        if char in _OPENERS:
            opened.append(char)
        elif char in _PAIRS and opened and opened[-1] == _PAIRS[char]:
            opened.pop()
        elif char in _PAIRS:
            closed.append(char)
            ends.append(at + 1)
        at += 1
    return Balance("".join(opened), "".join(closed), tuple(ends))


def _after_string(text: str, at: int) -> int:
    """Give the offset after a string that ends on its line; after the quote where it does not."""
    quote, end = text[at], at + 1
    while end < len(text) and text[end] not in "\r\n":
        if text[end] == quote:
            return end + 1
        end += 2 if text[end] == "\\" else 1
    return at + 1
