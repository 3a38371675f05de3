"""The comparison of two texts: what of them differs, in whole statements, and which names gave way to others."""

from __future__ import annotations

import ast
from functools import lru_cache

from lastmile.errors import RequestError
from lastmile.oracles.fixing.steps import definitions_in, steps, unmatched
from lastmile.oracles.fixing.values import Mended, Place
from lastmile.oracles.reading import Function, Reading
from lastmile.text.code import bound_by, identifiers
from lastmile.text.edits import Span, apply
from lastmile.text.lines import split_lines
from lastmile.text.runs import common


@lru_cache(maxsize=4)
def read(text: str) -> Reading | None:
    """Parse the text as it was; cached, because each attempt compares with the same snapshot."""
    return Reading.of(text)


def compared(before: Reading, after: Reading, place: Place) -> Mended:
    """Cut out of both texts what differs, in whole statements, and see which names gave way."""
    one, other = _changed(before.text, after.text)
    old, new = tuple(steps(before, one)), tuple(steps(after, other))
    homes = [_home(reading, window) for reading, window in ((before, one), (after, other))]
    had, has = (identifiers(node) for node in homes)
    bound = [{name for item in ast.walk(node) for name in bound_by(item)} for node in homes]
    gone, came = (had - has) & bound[0], (has - had) & bound[1]
    own = frozenset({place.undefined} - {""})
    by_tool = _by_tool(before, place)
    return Mended(place, before, after, (one, other), old, new, by_tool, gone | own, came | own)


def _by_tool(before: Reading, place: Place) -> frozenset[int]:
    """Give the statements, by `id`, that the tool's own fix would change."""
    try:
        text = apply(before.text, place.edits)
    except RequestError:
        return frozenset()
    fixed = None if text == before.text else Reading.of(text)
    if fixed is None:
        return frozenset()
    one, other = _changed(before.text, text)
    return frozenset(id(step.node) for step in unmatched(tuple(steps(before, one)), tuple(steps(fixed, other))))


def _changed(old: str, new: str) -> tuple[Span, Span]:
    """Give the lines of both texts that lie between what they begin and what they end with."""
    one, other = split_lines(old), split_lines(new)
    head = common(one, other)
    tail = common(one[head:][::-1], other[head:][::-1])
    first = len("".join(one[:head]))
    last = len("".join(one[len(one) - tail :]))
    return Span(first, len(old) - last), Span(first, len(new) - last)


def _home(reading: Reading, window: Span) -> ast.AST:
    """Give the innermost function that holds what differs, or the whole text."""
    inner = _inside(reading.text, window)
    functions = (node for _name, node, _inner in definitions_in(reading, window) if isinstance(node, Function))
    around = [node for node in functions if reading.span(node).contains(inner)]
    return around[-1] if around else reading.module


def _inside(text: str, window: Span) -> Span:
    """Leave out the blanks at both ends."""
    inner = window.of(text)
    start = window.start + len(inner) - len(inner.lstrip())
    return Span(start, max(start, window.end - (len(inner) - len(inner.rstrip()))))
