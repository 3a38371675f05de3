"""Judges that a file was modernised and not rewritten: its definitions are there, with the same parameters.

Only the statements that a finding stands in may change, and the imports that the new spelling needs;
`room_of` gives those to the check of scope. What the new spelling does is for tests to judge.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lastmile.cascade.verdict import Finding
from lastmile.oracles.frame import module_names
from lastmile.oracles.places import blocks
from lastmile.oracles.reading import CHECK, Definition, Function, Reading, definitions, documentation, same
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Span

MODERN = ("UP", "PTH", "FURB")
"""Ruff's rules for newer Python."""


def is_modern(item: Diagnostic) -> bool:
    """Tell whether a finding is of one of the rules."""
    return item.source == "ruff" and item.code.rstrip("0123456789") in MODERN


def judge(old: str, new: str) -> tuple[Finding, ...]:
    """List what a reader of the file would miss."""
    before, after = Reading.of(old), Reading.of(new)
    if before is None or after is None:
        return (Finding(CHECK, "The texts cannot be compared: one does not parse."),)
    return tuple(Finding(CHECK, message) for message in _missed(before, after))


def room_of(text: str, places: tuple[Span, ...]) -> tuple[Span, ...]:
    """Give the statements that places stand in: simple ones whole, of the others the part before their body."""
    reading = Reading.of(text)
    if reading is None:
        return places
    statements = [(reading.span(item), item) for block, _path in blocks(reading.module) for item in block]
    return tuple(dict.fromkeys(_room(reading, statements, place) for place in places))


def _room(reading: Reading, statements: list[tuple[Span, ast.stmt]], place: Span) -> Span:
    around = [(span, item) for span, item in statements if span.contains(place)]
    if not around:
        return place
    span, item = min(around, key=lambda pair: len(pair[0]))
    if isinstance(item, ast.Import | ast.ImportFrom):
        return Span(span.start, reading.lines.start(reading.lines.line_at(span.end) + 1))  # it may go with its line
    body = getattr(item, "body", None)
    if not isinstance(body, list) or isinstance(item, ast.With):
        return span
    first = reading.span(body[0]).start
    return Span(span.start, min(max(first, place.end), span.end)) if place.start < first else place


def _missed(before: Reading, after: Reading) -> Iterator[str]:
    old, new = dict(definitions(before.module)), dict(definitions(after.module))
    for name, node in old.items():
        if name not in new:
            yield f"`{name}` is gone."
        elif type(new[name]) is not type(node):
            yield f"`{name}` became something else."
        else:
            yield from _changed(name, node, new[name])
    gone = module_names(before.module) - module_names(after.module)
    for name in sorted(name for name in gone if name not in old and not _is_type(before, name)):
        yield f"`{name}` is gone."
    for name in sorted(new.keys() - old.keys()):
        yield f"`{name}` is new."


def _changed(name: str, old: Definition, new: Definition) -> Iterator[str]:
    if documentation(old) != documentation(new):
        yield f"The docstring of `{name}` changed."
    if isinstance(old, Function) and isinstance(new, Function) and not same(*map(_parameters, (old, new))):
        yield f"The parameters of `{name}` changed."


def _parameters(node: Function) -> list[object]:
    """Give the parameters and defaults without annotations, which new spellings change."""
    taken = node.args
    lists = (
        taken.posonlyargs,
        taken.args,
        taken.kwonlyargs,
        *[[item] if item else [] for item in (taken.vararg, taken.kwarg)],
    )
    return [[item.arg for item in row] for row in lists] + [[len(taken.defaults), len(taken.kw_defaults)]]


def _is_type(reading: Reading, name: str) -> bool:
    """Tell whether a name is a type variable, which the newest spelling does without."""
    for node in ast.walk(reading.module):
        match node:
            case ast.Assign(targets=[ast.Name(id=bound)], value=ast.Call()) if bound == name:
                return ast.unparse(node.value).startswith(("TypeVar", "typing.TypeVar", "ParamSpec"))
            case _:
                pass
    return False
