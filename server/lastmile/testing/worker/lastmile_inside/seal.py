"""Notices when pytest was changed from within, or a test is not the one that stands in its file.

What a draft does in the process of the tests cannot be prevented there. This makes the simple ways
to forge a pass loud: docs/security.md says what is left.
"""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

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


class Seal:
    """Knows the functions that decide about a pass as they were before the project's code was loaded."""

    def __init__(self) -> None:
        ours = tuple(__name__.rpartition(".")[0] + "." + name for name in _OURS)
        self._functions: list[tuple[Any, str, Any, CodeType]] = []
        for name in (*_ALL, *ours, *_SOME):
            module = sys.modules.get(name)
            if module is not None:
                self._functions.extend(item for item in _functions(module, name) if _counts(name, item))

    def accept(self) -> None:
        """Take functions as they are now: installed plugins change some."""
        self._functions = [item for item in self._functions if not _is_other(*item)]

    def broken(self) -> str:
        """Name the first function that is another one now; empty where all are as they were."""
        for owner, name, function, code in self._functions:
            if _is_other(owner, name, function, code):
                return f"{getattr(owner, '__qualname__', owner.__name__)}.{name}"
        return ""


def fingerprint(item: Any) -> str:
    """Give what tells a test's code from any other code; empty for tests that are no functions."""
    found = getattr(item, "obj", None)
    digest = hashlib.sha256(repr(sorted(mark.name for mark in item.iter_markers())).encode())
    for code in _codes(found):
        digest.update(repr((code.co_name, code.co_filename, code.co_firstlineno, code.co_code)).encode())
    return digest.hexdigest()[:16] if found is not None else ""


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


def _counts(module: str, item: tuple[Any, str, Any, CodeType]) -> bool:
    owner, name = item[0], item[1]
    return module not in _SOME or (f"{owner.__name__}.{name}" if inspect.isclass(owner) else name) in _SOME[module]


def _is_other(owner: Any, name: str, function: Any, code: CodeType) -> bool:
    return owner.__dict__.get(name) is not function or _plain(function).__code__ is not code


def _functions(module: Any, name: str) -> Iterator[tuple[Any, str, Any, CodeType]]:
    owners = [module, *(item for item in vars(module).values() if inspect.isclass(item) and item.__module__ == name)]
    for owner in owners:
        found: dict[str, Any] = dict(vars(owner))
        for key, value in found.items():
            function = _plain(value)
            if isinstance(function, FunctionType):
                yield owner, key, value, function.__code__


def _plain(value: Any) -> Any:
    if isinstance(value, (staticmethod, classmethod)):
        return value.__func__
    return value.fget if isinstance(value, property) else value
