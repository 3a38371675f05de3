"""Puts another text's functions into a module that is loaded already, where that is the same as loading it.

It is where the two texts differ in the bodies of functions alone. What a module computed from its own
functions while it was loaded is not computed again.
"""

from __future__ import annotations

import gc
from types import CodeType, FunctionType
from typing import Dict, List, Optional, Tuple

Pairs = List[Tuple[CodeType, CodeType]]
Functions = Dict[int, List[FunctionType]]
"""The loaded functions by the identity of their code, which the module's code keeps alive."""

_IS_FUNCTION = 0x2
"""CO_NEWLOCALS: not so of a class's body, which runs in the names that it makes."""


def pairs(old: CodeType, new: CodeType) -> Optional[Pairs]:
    """Pair the code of functions that may differ; None where more than bodies differ."""
    if old.co_code != new.co_code or old.co_names != new.co_names or len(old.co_consts) != len(new.co_consts):
        return None
    found: Pairs = []
    for one, other in zip(old.co_consts, new.co_consts):
        if isinstance(one, CodeType) and isinstance(other, CodeType):
            inner = _pair(one, other)
            if inner is None:
                return None
            found += inner
        elif type(one) is not type(other) or one != other:
            return None
    return found


def _pair(one: CodeType, other: CodeType) -> Optional[Pairs]:
    if one.co_name != other.co_name:
        return None
    if not one.co_flags & _IS_FUNCTION:
        return pairs(one, other)
    same = one.co_freevars == other.co_freevars and one.co_flags == other.co_flags and _taken(one) == _taken(other)
    return [(one, other)] if same else None


def _taken(code: CodeType) -> Tuple[int, int, Tuple[str, ...]]:
    """Give what a function takes."""
    count = code.co_argcount + code.co_kwonlyargcount
    return code.co_argcount, code.co_kwonlyargcount, code.co_varnames[:count]


def functions(codes: List[CodeType]) -> Functions:
    """Find the loaded functions that come from a module's code."""
    names = {code.co_filename for code in codes}
    found: Functions = {}
    for item in gc.get_objects():
        if type(item) is FunctionType and item.__code__.co_filename in names:
            found.setdefault(id(item.__code__), []).append(item)
    return found


def swap(loaded: Functions, codes: List[CodeType], new: CodeType) -> bool:
    """Give the loaded functions the code of a text; tells whether that is all there is to it.

    A module may be loaded more than once, under two names; each has code of its own.
    """
    for old in codes:
        wanted = pairs(old, new)
        if wanted is None or not all(id(one) in loaded for one, other in wanted if one != other):
            return False
        for one, other in wanted:
            for item in loaded.get(id(one), ()):
                item.__code__ = other
    return bool(codes)
