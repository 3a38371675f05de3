"""Makes calls for a function from the types of its parameters, the same ones each time.

A type is read off the annotation, else off the default. Numbers and strings that the function itself
mentions are among the values, and so are the numbers beside them: that is where behaviour changes. A
parameter whose type is not known, or is one that only the project can make, makes no calls.

Standard library only: it is imported here, for the oracle that compares before and after, and loaded
from its text in the project's own interpreter, for the comparison of drafts.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from random import Random
from typing import Union

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]
Definition = Union[ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef]
_MOST_CALLS = 200
_MOST_VALUES = 40
_LISTS = {"list", "List", "Sequence", "MutableSequence", "Iterable", "Collection", "Iterator"}
_SETS = {"set", "Set", "AbstractSet", "MutableSet"}
_MAPPINGS = {"dict", "Dict", "Mapping", "MutableMapping"}
_INTS = ("0", "1", "-1", "2", "3", "5", "7", "10", "12", "100", "-10", "-100", "-3", "1000")
_FLOATS = ("0.0", "1.0", "-1.0", "0.5", "2.5", "-3.75", "1e10", "1e-9")
_STRINGS = (
    "''",
    "'a'",
    "'ab'",
    "'abc'",
    "'A'",
    "'Hello World'",
    "'  x  '",
    "'a,b,c'",
    "' '",
    "'0'",
    "'12'",
    "'-3.5'",
    "'é'",
    "'a_b-c.d'",
)
_BYTES = ("b''", "b'a'", "b'abc'", "b'\\x00\\xff'")


class _Values:
    """The values to choose from, with what the function mentions."""

    def __init__(self, node: Function) -> None:
        self.ints, self.strings = _mentioned(node)
        # The same calls for the same function: a verdict that changes by chance is none.
        self.random = Random(0)  # noqa: S311 - no secret


def calls(node: Function, around: tuple[Definition, ...]) -> tuple[str, ...]:
    """Give the arguments of calls, each as Python source; none where the types are not known."""
    method = bool(around) and not (
        len(around) == 1 and any(last_name(item) == "staticmethod" for item in node.decorator_list)
    )
    if method or node.args.vararg or node.args.kwarg:
        return ()
    values = _Values(node)
    made = []
    for item, default in _parameters(node):
        known = _for(item, default, values)
        if not known:
            return ()
        made.append(known)
    return tuple(dict.fromkeys(_combined(node, made, values.random)))


def _combined(node: Function, made: list[tuple[str, ...]], random: Random) -> Iterator[str]:
    """Give each value of each parameter once, with others by chance, then chance alone."""
    for place, known in enumerate(made):
        for value in known:
            row = [random.choice(other) for other in made]
            row[place] = value
            yield _written(node, row)
    for _ in range(_MOST_CALLS - sum(map(len, made)) if made else 1):
        yield _written(node, [random.choice(known) for known in made])


def _written(node: Function, row: list[str]) -> str:
    plain = len(node.args.posonlyargs) + len(node.args.args)
    named = (f"{item.arg}={value}" for item, value in zip(node.args.kwonlyargs, row[plain:]))
    return ", ".join([*row[:plain], *named])


def _parameters(node: Function) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    plain = [*node.args.posonlyargs, *node.args.args]
    lacking: list[ast.expr | None] = [None] * (len(plain) - len(node.args.defaults))
    yield from zip(plain, [*lacking, *node.args.defaults])
    yield from zip(node.args.kwonlyargs, node.args.kw_defaults)


def _for(item: ast.arg, default: ast.expr | None, values: _Values) -> tuple[str, ...]:
    if item.annotation is not None:
        return _of(unquoted(item.annotation), values)[:_MOST_VALUES]
    return _of(ast.Name(id=_literal(default), ctx=ast.Load()), values)[:_MOST_VALUES] if default is not None else ()


def unquoted(annotation: ast.expr) -> ast.expr | None:
    """Parse an annotation in quotes; None where that fails."""
    if not (isinstance(annotation, ast.Constant) and isinstance(annotation.value, str)):
        return annotation
    try:
        return ast.parse(annotation.value.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def last_name(node: ast.expr | None) -> str:
    """Give the last part of a dotted name, what is called, or what is subscripted; else nothing."""
    while isinstance(node, (ast.Call, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _text(part: ast.expr) -> str:
    """Write down what stands in a ``Literal``: a constant, or a member by its dotted name; empty for all else."""
    if isinstance(part, ast.Attribute):
        above = _text(part.value)
        return f"{above}.{part.attr}" if above else ""
    if isinstance(part, ast.Name):
        return part.id
    try:
        return repr(ast.literal_eval(part))
    except (ValueError, TypeError):
        return ""


def _literal(default: ast.expr) -> str:
    """Give the type of a default whose own form shows it; empty for others."""
    if isinstance(default, ast.UnaryOp) and isinstance(default.op, ast.USub):
        default = default.operand
    if isinstance(default, ast.Constant):
        return "None" if default.value is None else type(default.value).__name__
    return {ast.List: "list", ast.Dict: "dict", ast.Set: "set", ast.Tuple: "tuple"}.get(type(default), "")


def _of(kind: ast.expr | None, values: _Values) -> tuple[str, ...]:  # noqa: PLR0911 - one answer for each kind of type
    """Give values of a type; none where it is not known."""
    name = last_name(kind)
    if isinstance(kind, ast.BinOp) and isinstance(kind.op, ast.BitOr):
        return _any_of([kind.left, kind.right], values)
    if isinstance(kind, ast.Constant) and kind.value is None:
        return ("None",)
    parts = _parts(kind)
    if name in {"Optional", "Union"}:
        return _any_of([*parts, *[ast.Constant(value=None)] * (name == "Optional")], values)
    if name == "Literal":
        return tuple(text for part in parts if (text := _text(part)))
    if name in {"tuple", "Tuple"}:
        return _tuples(parts, values)
    if name in _LISTS:
        return _gathered(parts[:1], values, "[{}]".format)
    if name in _SETS | {"frozenset", "FrozenSet"}:
        made = _gathered(parts[:1], values, "{{{}}}".format)
        return tuple("set()" if item == "{}" else item for item in made)
    if name in _MAPPINGS:
        return _mappings(parts, values)
    scalars = {
        "int": values.ints,
        "float": (*_FLOATS, *values.ints[:6]),
        "str": values.strings,
        "bool": ("True", "False"),
        "bytes": _BYTES,
        "None": ("None",),
        "object": (*values.ints[:3], *values.strings[:3], "None"),
        "Any": (*values.ints[:3], *values.strings[:3], "None"),
    }
    return scalars.get(name, ()) if isinstance(kind, (ast.Name, ast.Attribute)) else ()


def _parts(kind: ast.expr | None) -> list[ast.expr]:
    if not isinstance(kind, ast.Subscript):
        return []
    return list(kind.slice.elts) if isinstance(kind.slice, ast.Tuple) else [kind.slice]


def _any_of(kinds: list[ast.expr], values: _Values) -> tuple[str, ...]:
    made = [_of(kind, values) for kind in kinds]
    return tuple(item for known in made for item in known) if all(made) else ()


def _gathered(parts: list[ast.expr], values: _Values, form: Callable[[str], str]) -> tuple[str, ...]:
    """Give collections of zero to five values of a type; of numbers where the type does not say."""
    known = _of(parts[0], values) if parts else values.ints[:6]
    if not known:
        return ()
    rows = [[], [known[0]], [known[-1]], list(known[:2]), [known[0], known[0]], list(known[:3]), list(known[:3][::-1])]
    rows += [[values.random.choice(known) for _ in range(size)] for size in (2, 3, 4, 5) * 4]
    return tuple(dict.fromkeys(form(", ".join(row)) for row in rows))


def _tuples(parts: list[ast.expr], values: _Values) -> tuple[str, ...]:
    if len(parts) == 2 and isinstance(parts[1], ast.Constant) and parts[1].value is ...:  # noqa: PLR2004 - tuple[T, ...]
        return _gathered(parts[:1], values, lambda row: f"({row},)" if row else "()")
    made = [_of(part, values) for part in parts]
    if not made or not all(made):
        return ()
    rows = ([values.random.choice(known) for known in made] for _ in range(20))
    return tuple(dict.fromkeys(f"({', '.join(row)},)" for row in rows))


def _mappings(parts: list[ast.expr], values: _Values) -> tuple[str, ...]:
    keys, held = (_of(part, values) for part in parts) if len(parts) == 2 else ((), ())  # noqa: PLR2004 - dict[K, V]
    if not keys or not held:
        return ()
    pick = values.random.choice
    rows = [{pick(keys): pick(held) for _ in range(size)} for size in (0, 1, 1, 2, 2, 3, 3, 4, 4, 5)]
    return tuple(dict.fromkeys(f"{{{', '.join(f'{key}: {value}' for key, value in row.items())}}}" for row in rows))


def _mentioned(node: Function) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the numbers, those beside them too, and the strings to try: first those that the function mentions."""
    found = [item.value for item in ast.walk(node) if isinstance(item, ast.Constant)]
    numbers = [
        value for value in found if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**6
    ]
    beside = [str(value + step) for value in numbers for step in (0, 1, -1)]
    texts = [repr(value) for value in found if isinstance(value, str) and len(value) <= 20]  # noqa: PLR2004 - words
    ints = tuple(dict.fromkeys([*_INTS[:3], *beside[:24], *_INTS[3:]]))
    return ints, tuple(dict.fromkeys([*_STRINGS[:3], *texts[:12], *_STRINGS[3:]]))
