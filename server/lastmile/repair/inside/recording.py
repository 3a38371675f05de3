"""Records the calls that tests make into a file, by following what they run.

Standard library only, for the project's own interpreter. Following is slow, so it ends with each test,
and what is not of the file is looked at as little as can be.
"""

# ruff: noqa: ANN401 - values of any type pass through here: they are the project's own

from __future__ import annotations

import contextlib
import copy
import os
import sys
import time
from collections.abc import Callable
from typing import Any, Dict, Tuple

RECORDS = 150
STRANGE = 100
"""After so many calls of other files, it is looked whether a test still runs."""

Record = Tuple[str, Dict[str, Any], str]


class Recording:
    """The calls of one file: name, arguments, test."""

    def __init__(self, path: str, until: float) -> None:
        self.path, self.until = path, until
        self.records: list[Record] = []
        self.begun: dict[int, Any] = {}
        self.ours: dict[str, bool] = {}
        self.strange, self.running = 0, False

    def of(self, run_tests: Callable[[Callable[[], None]], None]) -> list[Record]:
        """Run the tests and keep the calls that come into the file from outside.

        No test is begun after the time is up: what was recorded by then is what there is.
        """
        try:
            run_tests(self.begin)
        except KeyboardInterrupt:
            pass
        finally:
            sys.settrace(None)
        return self.records

    def begin(self) -> None:
        """Follow a test."""
        if time.monotonic() > self.until:
            raise KeyboardInterrupt  # what ends pytest, and leaves behind what it has done
        # The tests are loaded by now. What is imported from here on, as hypothesis is, needs no longer that
        # pytest rewrites its assertions, which takes seconds where nothing may be cached.
        sys.meta_path[:] = [finder for finder in sys.meta_path if "assertion" not in type(finder).__module__]
        # The interpreter stops following where there is no room for a call: it is told again at each test.
        self.running = False
        sys.settrace(self.follow)

    def follow(self, frame: Any, event: str, _arg: object) -> None:
        """Take down a call."""
        code = frame.f_code
        if not self.is_ours(code.co_filename):
            return
        if event != "call" or len(self.records) >= RECORDS or id(frame) in self.begun or code.co_name.startswith("<"):
            return
        if self.is_within(frame):
            return
        self.begun[id(frame)] = frame
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        with contextlib.suppress(Exception):
            given = copy.deepcopy({name: frame.f_locals[name] for name in names})
            test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
            self.records.append((getattr(code, "co_qualname", code.co_name), given, test))

    def is_ours(self, name: str) -> bool:
        """Tell whether a file is the one; now and then, look whether there is anything left to follow."""
        if name not in self.ours:
            self.ours[name] = os.path.realpath(name) == self.path
        if not self.ours[name]:
            self.strange += 1
            if not self.strange % STRANGE:
                self.leave()
        return self.ours[name]

    def leave(self) -> None:
        """Stop following where the test is over: pytest and its plugins do much then that would take long."""
        was, self.running = self.running, "PYTEST_CURRENT_TEST" in os.environ
        if len(self.records) >= RECORDS or (was and not self.running):
            sys.settrace(None)

    def is_within(self, frame: Any) -> bool:
        """Tell whether the file itself is below this call."""
        back = frame.f_back
        while back is not None:
            if self.ours.get(back.f_code.co_filename):
                return bool(back.f_code.co_name != "<module>")
            back = back.f_back
        return False
