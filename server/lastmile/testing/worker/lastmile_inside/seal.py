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

_KEPT = ("_pytest.runner", "_pytest.python", "_pytest.reports", "_pytest.unittest", "_pytest.skipping", "_pytest.main")
_ALSO = ("_pytest.outcomes", "_pytest.assertion", "_pytest.assertion.rewrite", "_pytest.assertion.util")
_OURS = ("reporting", "messages", "tracing", "seal", "child")
_MOST_DEPTH = 10


class NoSeal:
    """Knows nothing."""

    def broken(self) -> str:
        """Name no function."""
        return ""


class Seal(NoSeal):
    """Knows the functions that decide about a pass as they were before the project's code was loaded."""

    def __init__(self) -> None:
        ours = [__name__.rpartition(".")[0] + "." + name for name in _OURS]
        self._functions: list[tuple[Any, str, Any, CodeType]] = []
        for name in [*_KEPT, *_ALSO, *ours]:
            module = sys.modules.get(name)
            if module is not None:
                self._functions.extend(_functions(module, name))

    def broken(self) -> str:
        """Name the first function that is another one now; empty where all are as they were."""
        for owner, name, function, code in self._functions:
            if owner.__dict__.get(name) is not function or _plain(function).__code__ is not code:
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
