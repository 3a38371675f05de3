"""What a fix takes away: parameters, calls and, where a text does not parse, words."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Callable, Collection, Iterator, Mapping

from lastmile.oracles.reading import Definition, Function, Reading
from lastmile.oracles.steps import Step, shape
from lastmile.text.edits import Span
from lastmile.text.lines import LineIndex

Touches = Callable[[Span], bool]
Names = Collection[str]
Heads = Mapping[str, Definition]

_WORD = re.compile(r"[^\W\d]\w*")
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

_FEW = 2
"""Lines that the mending of a text that does not parse may take away, beside those next to the finding."""


def lost_faces(old: Heads, new: Heads, *, names: tuple[Names, Names], undefined: str) -> Iterator[str]:
    """Say which definitions are gone, and whose parameters or decorators changed."""
    for name, node in old.items():
        twin = new.get(name)
        if twin is None or type(twin) is not type(node):
            yield f"`{name}` is gone, and the finding is not about it."
        elif isinstance(node, Function) and isinstance(twin, Function):
            if _differ(_parameters, node, twin, names) and not _takes(node, twin, undefined):
                yield f"The parameters of `{name}` changed, and the finding is not about them."
            elif _differ(_decorators, node, twin, names):
                yield f"The decorators of `{name}` changed, and the finding is not about them."


def lost_calls(reading: Reading, step: Step, touches: Touches, *, loose: bool) -> Iterator[str]:
    """Name what a step calls outside of the finding; what gives values alone may go.

    ``loose`` leaves out as well what a rule may ask to write in another way.
    """
    spare = _PURE | _OTHERWISE if loose else _PURE
    for node in step.parts():
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name not in spare:
                if not touches(_called(reading, node)):
                    yield name
            case _:
                pass


def lost_words(old: str, new: str, place: Span) -> Iterator[str]:
    """Say whether mending what does not parse takes away more than the lines beside the finding."""
    index = LineIndex(old)
    first, last = index.line_at(place.start) - 1, index.line_at(place.end) + 1
    has = set(_WORD.findall(new))
    gone = []
    for line in range(len(index)):
        words = set(_WORD.findall(index.line_text(line))) - set(keyword.kwlist)
        if words - has and not first <= line <= last:
            gone.append(line + 1)
    if len(gone) > _FEW:
        yield f"The draft leaves out what stands on {len(gone)} lines beside the finding, line {gone[0]} first."


def _differ(
    part: Callable[[Function, Names], list[object]], old: Function, new: Function, names: tuple[Names, Names]
) -> bool:
    """Tell whether a part of two functions differs, whether or not names gave way."""
    return part(old, ()) != part(new, ()) and part(old, names[0]) != part(new, names[1])


def _decorators(node: Function, blank: Names) -> list[object]:
    return [*_forms(node.decorator_list, blank)]


def _forms(nodes: list[ast.expr], blank: Names) -> list[tuple[str, ...]]:
    """Give the forms of some expressions."""
    return [shape(item, blank) for item in nodes]


def _called(reading: Reading, node: ast.Call) -> Span:
    """Give the place of what is called, its last name alone where it has several: `b` of ``a(…).b(…)``."""
    span = reading.span(node.func)
    inner = reading.span(node.func.value).end if isinstance(node.func, ast.Attribute) else span.start
    simple = not isinstance(node.func, ast.Attribute) or not any(
        isinstance(item, ast.Call) for item in ast.walk(node.func)
    )
    return span if simple else Span(min(inner, span.end), span.end)


def head(reading: Reading, node: Definition) -> Span:
    """Give the place of what stands before a body, decorators included."""
    marks = [reading.span(item).start for item in node.decorator_list]
    start = min([*marks, reading.span(node).start])
    return Span(start, max(start, reading.span(node.body[0]).start))


def _parameters(node: Function, blank: Names) -> list[object]:
    """Give the names of the parameters, sort by sort, and the forms of their defaults."""
    taken = node.args
    stars = [[item] if item is not None else [] for item in (taken.vararg, taken.kwarg)]
    rows = (taken.posonlyargs, taken.args, taken.kwonlyargs, *stars)
    defaults = [*taken.defaults, *(item for item in taken.kw_defaults if item is not None)]
    return [isinstance(node, ast.AsyncFunctionDef), *[_spelt(row, blank) for row in rows], _forms(defaults, blank)]


def _spelt(row: list[ast.arg], blank: Names) -> list[str]:
    return ["?" if item.arg in blank else item.arg for item in row]


def _takes(old: Function, new: Function, undefined: str) -> bool:
    """Tell whether a method only got the first parameter that it lacked."""
    first = [item.arg for item in new.args.args[:1]]
    return undefined in {"self", "cls"} and first == [undefined] and len(new.args.args) == len(old.args.args) + 1
