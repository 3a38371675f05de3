"""Finds a place again after the text around it changed.

An anchor remembers a span by a digest of its text and by what stands on both sides. It holds no
whole text, so it is small enough to travel with a menu entry. A place that is gone, or that could
be one of several, is not found: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import islice

from attrs import field, frozen
from attrs.validators import ge

from lastmile.text.edits import Span

_AROUND = 48
"""Characters remembered on each side: usually the neighbouring line and a bit more."""

_FIRST = 120
"""The most that is remembered of the first line."""

_MOST_PLACES = 1000
"""Places that are looked at; a text with more of them is taken for ambiguous."""


@frozen
class Anchor:
    """A span of one text, in a form that can be looked for in another."""

    start: int = field(validator=ge(0))
    length: int = field(validator=ge(0))
    digest: str
    """Of the span's text: the first 32 hexadecimal digits of its SHA-256."""

    first: str
    """How the span's text begins: its first line, up to 120 characters."""

    before: str
    """Up to 48 characters that stand before the span."""

    after: str
    whole: bool = False
    """The span was the whole text, and is the whole of any other."""


def make(text: str, span: Span) -> Anchor:
    """Remember a span of a text."""
    inside = span.of(text)
    head, mark, _ = inside.partition("\n")
    return Anchor(
        start=span.start,
        length=len(inside),
        digest=_digest(inside),
        first=(head + mark)[:_FIRST],
        before=text[max(0, span.start - _AROUND) : span.start],
        after=text[span.end : span.end + _AROUND],
        whole=len(inside) == len(text),
    )


def find(anchor: Anchor, text: str) -> Span | None:
    """Find the span in a text; None where it is gone or could be one of several.

    Its own text must be the same. Where both sides are the same too, that decides; otherwise one
    side must be, or, for a span of several lines, none: its text is telling enough.
    """
    if anchor.whole:
        return Span(0, len(text))
    for telling in (_both, _either, _neither):
        places = list(islice(telling(anchor, text), _MOST_PLACES))
        found = {start for start in places if _same(anchor, text, start)}
        if len(found) > 1 or len(places) == _MOST_PLACES:
            return None
        for start in found:
            return Span(start, start + anchor.length)
    return None


def _both(anchor: Anchor, text: str) -> Iterator[int]:
    for start in _occurrences(anchor.before + anchor.first, text):
        begin = start + len(anchor.before)
        if text.startswith(anchor.after, begin + anchor.length) and _is_edge(anchor, text, begin):
            yield begin


def _is_edge(anchor: Anchor, text: str, begin: int) -> bool:
    """Tell whether a side that was the text's own edge still is: there was nothing to remember."""
    at_start = anchor.before != "" or begin == 0
    return at_start and (anchor.after != "" or begin + anchor.length == len(text))


def _either(anchor: Anchor, text: str) -> Iterator[int]:
    if anchor.before:
        for start in _occurrences(anchor.before + anchor.first, text):
            yield start + len(anchor.before)
    if anchor.after:
        for stop in _occurrences(anchor.after, text):
            if stop >= anchor.length and text.startswith(anchor.first, stop - anchor.length):
                yield stop - anchor.length


def _neither(anchor: Anchor, text: str) -> Iterator[int]:
    if anchor.first.endswith("\n") and len(anchor.first) < anchor.length:
        yield from _occurrences(anchor.first, text)


def _same(anchor: Anchor, text: str, start: int) -> bool:
    inside = text[start : start + anchor.length]
    return len(inside) == anchor.length and _digest(inside) == anchor.digest


def _occurrences(part: str, text: str) -> Iterator[int]:
    at = text.find(part) if part else -1
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
