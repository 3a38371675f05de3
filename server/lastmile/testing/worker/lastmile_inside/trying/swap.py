"""Puts another text's functions into a module that is loaded already, where that is the same as loading it.

It is so where the texts differ in functions that have not run yet: nothing was computed with them. Of code
that ran while project and tests were loaded, what it did has to be the same; the functions that it made, such as
those that a decorator returned, are followed one by one. Where that cannot be told, nothing is put in.
"""

from __future__ import annotations

import gc
from types import AsyncGeneratorType, CodeType, CoroutineType, FunctionType, GeneratorType
from typing import Any, Dict, Iterator, List, Optional, Set, Tuple

Pairs = List[Tuple[CodeType, CodeType]]

_IS_FUNCTION = 0x2
"""CO_NEWLOCALS: not so of a class's body, which runs in the names that it makes."""

_SUSPENDED = {GeneratorType: "gi_code", CoroutineType: "cr_code", AsyncGeneratorType: "ag_code"}


class Loaded:
    """What became of a file's code by the time when it is to be changed."""

    def __init__(self, codes: List[CodeType], ran: Optional[Dict[int, CodeType]]) -> None:
        """Look around; ``ran`` is the code that ran, None where that is not known."""
        known = {id(code): code for old in codes for code in _all(old)}
        self._codes = codes
        self._ran: Set[int] = set(known if ran is None else ran)
        self._functions: Dict[int, List[FunctionType]] = {}
        """The functions by the identity of their code, which the file's code keeps alive."""

        self._strange: Set[str] = set()
        """The names of functions whose code was made of the file's by somebody: they are no copies to be found."""

        names = {code.co_filename for code in codes}
        for item in gc.get_objects():
            kind = type(item)
            if kind in _SUSPENDED:  # it goes on with the code that it began with
                self._ran.add(id(getattr(item, _SUSPENDED[kind])))
            elif kind is FunctionType and item.__code__.co_filename in names:
                self._functions.setdefault(id(item.__code__), []).append(item)
                if id(item.__code__) not in known:
                    self._strange.add(item.__code__.co_name)

    def __bool__(self) -> bool:
        """Tell whether there is something to change."""
        return bool(self._functions)

    def swap(self, new: CodeType) -> bool:
        """Give the functions the code of a text; tells whether that is all there is to it, else nothing is done.

        A module may be loaded more than once, under two names; each has code of its own.
        """
        found: Pairs = []
        if not self._codes or not all(self._follow(old, new, found) for old in self._codes):
            return False
        for one, other in found:
            for item in self._functions.get(id(one), ()):
                item.__code__ = other
        return True

    def _follow(self, one: CodeType, other: CodeType, found: Pairs) -> bool:
        """Pair code that ran, and what it made."""
        if _key(one, deep=False) != _key(other, deep=False):
            return False
        found.append((one, other))
        return all(
            self._follow(inner, instead, found) if id(inner) in self._ran else self._replace(inner, instead, found)
            for inner, instead in zip(_nested(one), _nested(other))
        )

    def _replace(self, one: CodeType, other: CodeType, found: Pairs) -> bool:
        """Pair code that did not run."""
        found.append((one, other))
        if _key(one, deep=True) == _key(other, deep=True):
            return True
        return _fits(one, other) and id(one) in self._functions and one.co_name not in self._strange


def _all(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in _nested(code):
        yield from _all(inner)


def _nested(code: CodeType) -> Iterator[CodeType]:
    return (item for item in code.co_consts if isinstance(item, CodeType))


def _fits(one: CodeType, other: CodeType) -> bool:
    """Tell whether a function can take the other code, and is the same from outside."""
    return bool(one.co_flags & _IS_FUNCTION) and _outside(one) == _outside(other)


def _outside(code: CodeType) -> Tuple[Any, ...]:
    return code.co_name, code.co_flags, code.co_freevars, _taken(code), _documentation(code)


def _taken(code: CodeType) -> Tuple[Any, ...]:
    """Give what a function takes."""
    count = code.co_argcount + code.co_kwonlyargcount
    return code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_varnames[:count]


def _documentation(code: CodeType) -> Any:
    """Give what may be the docstring, which stands in the function as well and is not changed there."""
    first = code.co_consts[0] if code.co_consts else None
    return first if isinstance(first, str) else None


def _key(code: CodeType, *, deep: bool) -> Tuple[Any, ...]:
    """Give what code does, wherever it stands in its file; of the code in it, no more than its name unless deep."""
    consts = tuple(_constant(item, deep=deep) for item in code.co_consts)
    names = (code.co_name, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    raising = getattr(code, "co_exceptiontable", b"")
    return code.co_code, consts, names, code.co_flags, _taken(code), raising


def _constant(value: Any, *, deep: bool) -> Any:
    """Give a constant so that what is equal is the same: ``1``, ``1.0`` and ``True`` are not, nor ``0.0``, ``-0.0``."""
    if isinstance(value, CodeType):
        return _key(value, deep=True) if deep else value.co_name
    if isinstance(value, (tuple, frozenset)):
        return type(value), type(value)(_constant(item, deep=deep) for item in value)
    if isinstance(value, slice):
        return slice, tuple(_constant(item, deep=deep) for item in (value.start, value.stop, value.step))
    return type(value), repr(value) if isinstance(value, (float, complex)) else value
