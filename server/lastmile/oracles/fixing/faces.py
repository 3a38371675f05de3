"""What others can reach of a text, the heads of its functions and classes: they stay as they were."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Mapping

from lastmile.cascade.verdict import Finding
from lastmile.oracles.fixing.shapes import BLANK, shape
from lastmile.oracles.fixing.steps import definitions_in
from lastmile.oracles.fixing.values import Mended
from lastmile.oracles.reading import Definition, Function, Reading
from lastmile.text.edits import Span

Names = Collection[str]
Heads = Mapping[str, Definition]


def faces(both: Mended) -> Iterator[Finding]:
    """Compare the heads of what others can reach, where the finding is not about them."""
    touches = both.place.touches
    old, free = {}, []
    for name, node, inner in definitions_in(both.before, both.windows[0], both.standing):
        if touches(_head(both.before, node)):
            free.append(f"{name}.")
        elif not inner and not name.startswith(tuple(free)):
            old[name] = node
    new = _reachable(both.after, both.windows[1], both.standing)
    if old.keys() - new.keys():
        new = _reachable(both.after, Span(0, len(both.after.text)))
    yield from map(both.finding, _lost(old, new, names=(both.blank, both.fresh), undefined=both.place.undefined))


def _reachable(reading: Reading, within: Span, standing: Collection[int] = ()) -> dict[str, Definition]:
    return {name: node for name, node, inner in definitions_in(reading, within, standing) if not inner}


def _head(reading: Reading, node: Definition) -> Span:
    """Give the place of what stands before a body, decorators included."""
    marks = [reading.span(item).start for item in node.decorator_list]
    start = min([*marks, reading.span(node).start])
    return Span(start, max(start, reading.span(node.body[0]).start))


def _lost(old: Heads, new: Heads, *, names: tuple[Names, Names], undefined: str) -> Iterator[str]:
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


def _differ(
    part: Callable[[Function, Names], list[object]], old: Function, new: Function, names: tuple[Names, Names]
) -> bool:
    """Tell whether a part of two functions differs, whether or not names gave way."""
    return part(old, ()) != part(new, ()) and part(old, names[0]) != part(new, names[1])


def _decorators(node: Function, blank: Names) -> list[object]:
    return [*_forms(node.decorator_list, blank)]


def _parameters(node: Function, blank: Names) -> list[object]:
    """Give the names of the parameters, sort by sort, and the forms of their defaults."""
    taken = node.args
    stars = [[item] if item is not None else [] for item in (taken.vararg, taken.kwarg)]
    rows = (taken.posonlyargs, taken.args, taken.kwonlyargs, *stars)
    defaults = [*taken.defaults, *(item for item in taken.kw_defaults if item is not None)]
    return [isinstance(node, ast.AsyncFunctionDef), *[_spelt(row, blank) for row in rows], _forms(defaults, blank)]


def _spelt(row: list[ast.arg], blank: Names) -> list[str]:
    return [BLANK if item.arg in blank else item.arg for item in row]


def _forms(nodes: list[ast.expr], blank: Names) -> list[tuple[str, ...]]:
    """Give the forms of some expressions."""
    return [shape(item, blank) for item in nodes]


def _takes(old: Function, new: Function, undefined: str) -> bool:
    """Tell whether a method only got the first parameter that it lacked."""
    first = [item.arg for item in new.args.args[:1]]
    return undefined in {"self", "cls"} and first == [undefined] and len(new.args.args) == len(old.args.args) + 1
