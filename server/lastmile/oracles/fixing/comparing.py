"""The comparison of two texts: what of them differs, in whole statements, and which names gave way to others."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from lastmile.oracles.fixing.shapes import Shape
from lastmile.oracles.fixing.standing import standing
from lastmile.oracles.fixing.steps import definitions_in, steps, unmatched
from lastmile.oracles.fixing.values import Mended, Place
from lastmile.oracles.reading import Function, Reading
from lastmile.text.code import bound_by
from lastmile.text.edits import Span
from lastmile.text.lines import split_lines
from lastmile.text.runs import common

_NAMELESS = (ast.expr_context, ast.Constant, ast.Attribute, ast.Call, ast.keyword)
"""What is met most often and binds no name by itself."""


@lru_cache(maxsize=4)
def read(text: str) -> Reading | None:
    """Parse the text as it was; cached, because each attempt compares with the same snapshot."""
    return Reading.of(text)


def compared(before: Reading, after: Reading, place: Place) -> Mended:
    """Cut out of both texts what differs, in whole statements, and see which names gave way."""
    one, other = _changed(before.text, after.text)
    same = standing(before, after, place.touches)
    old, new = tuple(steps(before, one, same)), tuple(steps(after, other, same))
    homes = [_home(reading, window, same) for reading, window in ((before, one), (after, other))]
    (had, bound_before), (has, bound_after) = (_names(node, same) for node in homes)
    gone, came = (had - has) & bound_before, (has - had) & bound_after
    if (gone or came) and same:
        kept = frozenset().union(*(_names(item, frozenset())[0] for item in _standing_in(homes[0], same)))
        gone, came = gone - kept, came - kept
    own = frozenset({place.undefined} - {""})
    by_tool, tools = _by_tool(before, place)
    return Mended(place, before, after, (one, other), same, old, new, by_tool, tools, gone | own, came | own)


def _names(node: ast.AST, same: frozenset[int]) -> tuple[frozenset[str], frozenset[str]]:
    """Give the names that a piece of code reads, binds or declares, and of those the ones that it binds or declares."""
    nodes = [item for item in _walk(node, same) if not isinstance(item, _NAMELESS)]
    read = {item.id for item in nodes if isinstance(item, ast.Name)}
    bound = frozenset(name for item in nodes if not _is_read(item) for name in bound_by(item))
    return bound | read, bound


def _walk(node: ast.AST, same: frozenset[int]) -> Iterator[ast.AST]:
    """Walk over a node and what is below it, without what stands in both texts."""
    waiting = [node]
    while waiting:
        yield (item := waiting.pop())
        waiting += [child for child in ast.iter_child_nodes(item) if id(child) not in same]


def _standing_in(node: ast.AST, same: frozenset[int]) -> Iterator[ast.AST]:
    """Give the outermost statements at and below a node that stand in both texts."""
    return (child for item in _walk(node, same) for child in ast.iter_child_nodes(item) if id(child) in same)


def _is_read(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)


@lru_cache(maxsize=4)
def _by_tool(before: Reading, place: Place) -> tuple[frozenset[int], frozenset[Shape]]:
    """Give the statements, by `id`, that the tool's own fix would change, and the forms of those that it would bring.

    Cached, with the text that they are of.
    """
    text = place.fixed(before.text)
    fixed = None if text is None else Reading.of(text)
    if text is None or fixed is None:
        return frozenset(), frozenset()
    one, other = _changed(before.text, text)
    old, new = tuple(steps(before, one)), tuple(steps(fixed, other))
    gone, came = unmatched(old, new), unmatched(new, old)
    return frozenset(id(step.node) for step in gone), frozenset(step.form for step in came)


def _changed(old: str, new: str) -> tuple[Span, Span]:
    """Give the lines of both texts that lie between what they begin and what they end with."""
    one, other = split_lines(old), split_lines(new)
    head = common(one, other)
    tail = common(one[head:][::-1], other[head:][::-1])
    first = len("".join(one[:head]))
    last = len("".join(one[len(one) - tail :]))
    return Span(first, len(old) - last), Span(first, len(new) - last)


def _home(reading: Reading, window: Span, same: frozenset[int]) -> ast.AST:
    """Give the innermost function that holds what differs, or the whole text."""
    inner = _inside(reading.text, window)
    functions = (node for _name, node, _inner in definitions_in(reading, window, same) if isinstance(node, Function))
    around = [node for node in functions if reading.span(node).contains(inner)]
    return around[-1] if around else reading.module


def _inside(text: str, window: Span) -> Span:
    """Leave out the blanks at both ends."""
    inner = window.of(text)
    start = window.start + len(inner) - len(inner.lstrip())
    return Span(start, max(start, window.end - (len(inner) - len(inner.rstrip()))))
