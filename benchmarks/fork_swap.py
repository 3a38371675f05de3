"""Puts another text's functions into a module that is loaded already, where that is the same as loading it.

It is where the two texts differ in the bodies of functions alone. What a module computed from its own
functions while it was loaded is not computed again: what passes has to be run once more from a fresh
import. Runs in the project's interpreter.
"""

from __future__ import annotations

import gc
from types import CodeType, FunctionType

Pairs = list[tuple[CodeType, CodeType]]


def pairs(old: CodeType, new: CodeType) -> Pairs | None:
    """Pair the code of functions that differ; None where more than bodies differ."""
    if old.co_code != new.co_code or old.co_names != new.co_names or len(old.co_consts) != len(new.co_consts):
        return None
    found: Pairs = []
    for one, other in zip(old.co_consts, new.co_consts, strict=True):
        if isinstance(one, CodeType) and isinstance(other, CodeType):
            inner = _pair(one, other)
            if inner is None:
                return None
            found += inner
        elif type(one) is not type(other) or one != other:
            return None
    return found


def _pair(one: CodeType, other: CodeType) -> Pairs | None:
    if one.co_name != other.co_name:
        return None
    if one.co_flags & 0x2:  # CO_NEWLOCALS: a function; a class's body runs in the names that it makes
        same = (
            one.co_freevars == other.co_freevars
            and one.co_varnames[: one.co_argcount] == other.co_varnames[: other.co_argcount]
        )
        return [(one, other)] if same else None
    return pairs(one, other)


def functions(old: CodeType) -> dict[CodeType, list[FunctionType]]:
    """Find the loaded functions of a module by their code."""
    found: dict[int, tuple[CodeType, list[FunctionType]]] = {}
    for item in gc.get_objects():
        if type(item) is FunctionType and item.__code__.co_filename == old.co_filename:
            found.setdefault(id(item.__code__), (item.__code__, []))[1].append(item)
    return {key: (code, items) for key, (code, items) in found.items()}  # type: ignore[return-value, misc]


def swap(found: object, wanted: Pairs) -> bool:
    """Give the loaded functions their new code; tells whether all were found."""
    for one, other in wanted:
        if one == other:
            continue
        _code, items = found.get(id(one), (None, ()))  # type: ignore[attr-defined]
        if not items:
            return False
        for item in items:
            item.__code__ = other
    return True
