"""What a fix leaves out: statements and calls that were there, and that the finding is not about."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator

from lastmile.cascade.verdict import Finding
from lastmile.oracles.fixing.reach import is_free, near
from lastmile.oracles.fixing.steps import Step, definitions_in, unmatched
from lastmile.oracles.fixing.values import Mended
from lastmile.oracles.reading import Function, Reading
from lastmile.text.edits import Span

_PURE = frozenset(
    {
        *("abs", "all", "any", "bool", "bytes", "chr", "dict", "divmod", "enumerate", "float", "format", "frozenset"),
        *("hash", "hex", "id", "int", "isinstance", "issubclass", "len", "list", "max", "min", "oct", "ord", "range"),
        *("repr", "reversed", "round", "set", "sorted", "str", "sum", "tuple", "type", "zip"),
    }
)
"""Functions that do nothing but give a value."""

_OTHERWISE = frozenset(
    {
        *("append", "add", "extend", "update", "setdefault", "get", "items", "keys", "values", "copy"),
        *("read", "readline", "readlines", "write", "writelines", "encode", "decode"),
        *("format", "join", "split", "strip", "startswith", "endswith", "lower", "upper"),
        *("open", "map", "filter", "iter", "getattr", "hasattr", "super", "callable"),
    }
)
"""What a rule may ask to write in another way, where it is beside the finding."""

_TWICE = "F811"
"""The rule of second definitions: one of two goes, with all that is in it."""


def statements(both: Mended) -> Iterator[Finding]:
    """Find the statements that are gone, and those whose names changed though they are there still."""
    place = both.place
    if place.code == _TWICE:
        return
    free = near(both)
    gone, came = unmatched(both.old, both.new), unmatched(both.new, both.old)
    left = Counter(step.shape(both.fresh) for step in came)
    spare = Counter(step.form for step in both.old if id(step) in free or is_free(both, step))
    for step in gone:
        form = step.shape(both.blank)
        if left[form] > 0:
            left[form] -= 1
        elif isinstance(step.node, ast.Import | ast.ImportFrom):
            continue  # what imports may come and go is for the check of scope to say
        elif spare[step.form] > 0:
            spare[step.form] -= 1  # of several that are the same, the finding's own is the one that is gone
        else:
            yield both.finding("The draft leaves out or changes a statement that the finding is not about", step)


def calls(both: Mended) -> Iterator[Finding]:
    """Find what was called outside of the finding and is not named any more."""
    if both.place.code == _TWICE:
        return
    free = near(both)
    named = {name for step in both.new for node in step.parts for name in _named(node)} | both.blank
    named |= {name for node in _heads_of(both) for item in ast.walk(node) for name in _named(item)}
    for step in both.old:
        for name in _lost(both.before, step, both.place.touches, loose=id(step) in free):
            if name not in named:
                yield both.finding(f"The draft no longer calls `{name}`", step)


def _lost(reading: Reading, step: Step, touches: Callable[[Span], bool], *, loose: bool) -> Iterator[str]:
    """Name what a step calls outside of the finding; what gives values alone may go.

    ``loose`` leaves out as well what a rule may ask to write in another way.
    """
    spare = _PURE | _OTHERWISE if loose else _PURE
    for node in step.parts:
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name not in spare:
                if not touches(_called(reading, node)):
                    yield name
            case _:
                pass


def _called(reading: Reading, node: ast.Call) -> Span:
    """Give the place of what is called, its last name alone where it has several: `b` of ``a(…).b(…)``."""
    span = reading.span(node.func)
    inner = reading.span(node.func.value).end if isinstance(node.func, ast.Attribute) else span.start
    simple = not isinstance(node.func, ast.Attribute) or not any(
        isinstance(item, ast.Call) for item in ast.walk(node.func)
    )
    return span if simple else Span(min(inner, span.end), span.end)


def _named(node: ast.AST) -> tuple[str, ...]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return (name,)
        case _:
            return ()


def _heads_of(both: Mended) -> Iterator[ast.AST]:
    """Give what stands in the heads of definitions: it is in no step."""
    for _name, node, _inner in definitions_in(both.after, both.windows[1], both.standing):
        yield from node.decorator_list
        yield from (node.args,) if isinstance(node, Function) else node.bases
