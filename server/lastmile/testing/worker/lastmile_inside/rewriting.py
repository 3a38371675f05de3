"""Keeps the code of test files as pytest rewrites it, so that not every run rewrites it anew.

Pytest keeps it in `__pycache__`, which the sandbox cannot write to, and which lacks it where nobody else
runs the tests. Here text is parsed and compiled and nothing of it runs; a file that a draft lies over is
not the file that was read, so it is rewritten by the run itself.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import os
from collections import OrderedDict
from contextlib import suppress
from types import CodeType
from typing import Any, Tuple

_MOST_FILES = 400
_LONGEST = 1 << 20
"""Bytes of a file that is still worth it: what is longer keeps others waiting."""

_Stamp = Tuple[int, ...]


class Rewritten:
    """Knows the code of files by what tells their states apart."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, _Stamp] = OrderedDict()
        self._known: OrderedDict[str, tuple[_Stamp, bytes, CodeType]] = OrderedDict()
        self._module: Any = None

    def install(self) -> None:
        """Let pytest take from here what is known. Leans on names inside of pytest that may change."""
        with suppress(ImportError, AttributeError):
            module: Any = importlib.import_module("_pytest.assertion.rewrite")
            original = module._rewrite_test  # noqa: SLF001 - pytest has no door for it

            def _rewrite_test(fn: Any, config: Any) -> Any:
                known = self._known.get(str(fn))
                if known is None or known[0] != _stamp(str(fn)) or config.getini("enable_assertion_pass_hook"):
                    return original(fn, config)
                return known[1:]

            module._rewrite_test = _rewrite_test  # noqa: SLF001 - as above
            self._module = module

    def want(self, files: list[str]) -> None:
        """Take note of files that a run asked for, for when there is time."""
        if self._module is None:
            return
        for file in files[:_MOST_FILES]:
            stamp = _stamp(file)
            known = self._known.get(file)
            if stamp and (known is None or known[0] != stamp):
                self._waiting[file] = stamp

    @property
    def behind(self) -> bool:
        """Whether a file waits."""
        return bool(self._waiting)

    def catch_up(self) -> None:
        """Rewrite one file that waits; one that cannot be is for a run to complain of."""
        file, stamp = self._waiting.popitem(last=False)
        with suppress(OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            self._known[file] = (stamp, *self._rewritten(file))
            self._known.move_to_end(file)
        if len(self._known) > _MOST_FILES:
            self._known.popitem(last=False)

    def _rewritten(self, file: str) -> tuple[bytes, CodeType]:
        with open(file, "rb") as opened:
            source = opened.read(_LONGEST)
        tree = ast.parse(source, filename=file)
        self._module.rewrite_asserts(tree, source, file, None)
        return importlib.util.source_hash(source), compile(tree, file, "exec", dont_inherit=True)


def _stamp(file: str) -> _Stamp:
    """Give what tells the states of a file apart; empty for one that is not there, or is too long.

    The device does not: a run sees the file by way of a layer.
    """
    try:
        stat = os.stat(file)
    except OSError:
        return ()
    return (stat.st_ino, stat.st_mtime_ns, stat.st_size) if stat.st_size < _LONGEST else ()
