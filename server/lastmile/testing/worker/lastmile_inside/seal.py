"""Notices when pytest was changed from within, or a test is not the one that stands in its file.

What a draft does in the process of the tests cannot be prevented there. This makes the simple ways
to forge a pass loud: docs/security.md says what is left.
"""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType
from typing import Any, NamedTuple

_ALL = ("_pytest.runner", "_pytest.reports", "_pytest.outcomes", "_pytest.skipping", "_pytest.unittest")
_SOME = {
    "_pytest.python": ("Function.runtest", "Function.setup", "pytest_pyfunc_call", "Module.collect", "Class.collect"),
    "_pytest.main": ("pytest_runtestloop", "Session.perform_collect", "wrap_session", "_main"),
    "_pytest.assertion": ("pytest_runtest_protocol", "install_importhook"),
    "_pytest.assertion.rewrite": ("AssertionRewritingHook.exec_module", "_rewrite_test", "rewrite_asserts"),
    "pluggy._callers": ("_multicall",),
}
"""The functions that decide about a pass. To look at more of them would cost every run memory and time."""

_OURS = ("reporting", "messages", "seal", "child")
_MOST_DEPTH = 10


class _Function(NamedTuple):
    """A function where it was found, and what it was."""

    owner: Any
    names: Mapping[str, Any]
    """Those of its owner, as they are when one looks."""

    name: str
    value: Any
    plain: FunctionType
    """The function itself, where a property or a class method was found."""

    code: CodeType

    def is_other(self) -> bool:
        """Tell whether another stands in its place, or it was changed."""
        return self.names.get(self.name) is not self.value or self.plain.__code__ is not self.code


class Seal:
    """Knows the functions that decide about a pass as they were before the project's code was loaded."""

    def __init__(self) -> None:
        ours = tuple(__name__.rpartition(".")[0] + "." + name for name in _OURS)
        self._functions: list[_Function] = []
        for name in (*_ALL, *ours, *_SOME):
            module = sys.modules.get(name)
            if module is not None:
                self._functions.extend(item for item in _functions(module, name) if _counts(name, item))

    def accept(self) -> None:
        """Take functions as they are now: installed plugins change some."""
        self._functions = [item for item in self._functions if not item.is_other()]

    def broken(self) -> str:
        """Name the first function that is another one now; empty where all are as they were."""
        # It is asked after each test, so nothing is called for each function.
        for kept in self._functions:
            _, names, name, value, plain, code = kept
            if names.get(name) is not value or plain.__code__ is not code:
                return f"{getattr(kept.owner, '__qualname__', kept.owner.__name__)}.{name}"
        return ""


class Fingerprints:
    """Gives what tells a test's code from any other code."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], tuple[str, tuple[CodeType, ...]]] = {}
        """By marks and code, as all tests of a function with parameters share theirs; code is kept, as ids are lent."""

    def __call__(self, item: Any) -> str:
        """Give that of a test; empty for tests that are no functions."""
        found = getattr(item, "obj", None)
        if found is None:
            return ""
        marks, codes = sorted(mark.name for mark in item.iter_markers()), tuple(_codes(found))
        key = (*marks, *map(id, codes))
        if key not in self._known:
            self._known[key] = _digest(marks, codes), codes
        return self._known[key][0]


def _digest(marks: list[str], codes: tuple[CodeType, ...]) -> str:
    digest = hashlib.sha256(repr(marks).encode())
    for code in codes:
        digest.update(repr((code.co_name, code.co_filename, code.co_firstlineno, code.co_code)).encode())
    return digest.hexdigest()[:16]


def _codes(found: Any) -> Iterator[CodeType]:
    """Give the code of a function and of those that it wraps."""
    for _ in range(_MOST_DEPTH):
        found = getattr(found, "__func__", found)
        code = getattr(found, "__code__", None)
        if isinstance(code, CodeType):
            yield code
        found = getattr(found, "__wrapped__", None)
        if found is None:
            return


def _counts(module: str, item: _Function) -> bool:
    owner, name = item.owner, item.name
    return module not in _SOME or (f"{owner.__name__}.{name}" if inspect.isclass(owner) else name) in _SOME[module]


def _functions(module: Any, name: str) -> Iterator[_Function]:
    owners = [module, *(item for item in vars(module).values() if inspect.isclass(item) and item.__module__ == name)]
    for owner in owners:
        found: dict[str, Any] = dict(vars(owner))
        for key, value in found.items():
            plain = _plain(value)
            if isinstance(plain, FunctionType):
                yield _Function(owner, vars(owner), key, value, plain, plain.__code__)


def _plain(value: Any) -> Any:
    if isinstance(value, (staticmethod, classmethod)):
        return value.__func__
    return value.fget if isinstance(value, property) else value
