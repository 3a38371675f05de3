"""Notes the lines of a few files that tests run: `sys.monitoring` where there is one, else a trace function.

Other files run at full speed. It does not know which test is which: who reports tells it when one begins.
"""

from __future__ import annotations

import sys
import threading
from abc import ABC, abstractmethod
from types import CodeType, FrameType
from typing import Any, Dict, List, Optional, Set, Tuple

_TOOL = 4
"""One of the numbers of `sys.monitoring` that no tool has by convention; coverage has 1."""

_ALIKE = 4
"""Frames of the stack by which calls are told apart: who called, and who called that."""

_MOST_CALLERS = 100_000
_Lines = Dict[str, Set[int]]


class NoTracer:
    """Notes nothing."""

    def begin(self) -> None:
        """Note from here on what runs outside of tests."""

    def start(self) -> None:
        """Begin a test, with its set-up."""

    def calling(self, *, on: bool) -> None:
        """Tell the test itself from its set-up and tear-down."""

    def stop(self) -> dict[str, Any]:
        """End it. Gives its lines by path, those of them around the test itself, and whether all were seen."""
        return {"lines": {}, "around": {}, "untold": False}

    def outside(self) -> dict[str, Any]:
        """Give the lines that ran outside of tests since `begin`, and which functions ran within which."""
        return {"outside": {}, "callers": []}


class _Noting(NoTracer, ABC):
    """Keeps what is noted by the part of the run that it was noted in."""

    def __init__(self, paths: list[str]) -> None:
        self._paths = paths
        self._outside: _Lines = {path: set() for path in paths}
        self._around: _Lines = {path: set() for path in paths}
        self._own: _Lines = {path: set() for path in paths}
        self._lines = self._outside
        """Where lines are noted now."""

        self._displaced = False
        self._watches = False
        self._met: Set[Tuple[Any, ...]] = set()
        self._callers: Set[Tuple[str, int, str, int]] = set()

    def begin(self) -> None:
        """Note from here on what runs outside of tests, and what calls the functions of the files."""
        self._watches = True
        self._install()

    def start(self) -> None:
        """Begin a test, with its set-up."""
        for lines in (*self._around.values(), *self._own.values()):
            lines.clear()
        self._lines = self._around
        self._displaced = False
        self._met.clear()
        self._install()

    def calling(self, *, on: bool) -> None:
        """Tell the test itself from its set-up and tear-down."""
        self._look()
        self._lines = self._own if on else self._around

    def stop(self) -> dict[str, Any]:
        """End it. Gives its lines by path, those of them around the test itself, and whether all were seen."""
        self._look()
        self._lines = self._outside
        both = {path: self._own[path] | self._around[path] for path in self._paths}
        return {"lines": _sorted(both), "around": _sorted(self._around), "untold": self._displaced}

    def outside(self) -> dict[str, Any]:
        """Give the lines that ran outside of tests since `begin`, and which functions ran within which.

        A function is named by its path and first line, decorators included.
        """
        return {"outside": _sorted(self._outside), "callers": sorted(self._callers)}

    def _enter(self, frame: Optional[FrameType]) -> None:
        """Note what a function of the files was called by, and that by; who called alike in a test once is enough."""
        if not self._watches or frame is None:
            return
        key: List[Any] = []
        above: Optional[FrameType] = frame
        while above is not None and len(key) < _ALIKE:
            key.append(above.f_code)
            above = above.f_back
        if tuple(key) in self._met or len(self._callers) >= _MOST_CALLERS:
            return
        self._met.add(tuple(key))
        code, above = frame.f_code, frame.f_back
        while above is not None:
            caller = above.f_code
            self._callers.add((code.co_filename, code.co_firstlineno, caller.co_filename, caller.co_firstlineno))
            above = above.f_back

    def _look(self) -> None:
        """See whether something of the project took the place of what notes, and put it back."""
        if not self._installed():
            self._displaced = True
            self._install()

    @abstractmethod
    def _install(self) -> None:
        """Have lines noted."""

    @abstractmethod
    def _installed(self) -> bool:
        """Tell whether lines are noted."""


class Monitor(_Noting):
    """Notes lines by `sys.monitoring`; a line of another file costs once."""

    def __init__(self, paths: list[str]) -> None:
        super().__init__(paths)
        self._monitoring: Any = vars(sys)["monitoring"]
        self._monitoring.use_tool_id(_TOOL, "lastmile")
        events = self._monitoring.events
        self._monitoring.register_callback(_TOOL, events.LINE, self._line)
        self._monitoring.register_callback(_TOOL, events.PY_START, self._start)

    def _install(self) -> None:
        if not self._installed():
            events = self._monitoring.events
            self._monitoring.set_events(_TOOL, events.LINE | events.PY_START)

    def _installed(self) -> bool:
        return bool(self._monitoring.get_events(_TOOL) & self._monitoring.events.LINE)

    def _start(self, code: CodeType, offset: int) -> Any:  # noqa: ARG002 - the interpreter's
        if code.co_filename not in self._lines:
            return self._monitoring.DISABLE
        self._enter(sys._getframe(1))  # noqa: SLF001 - it is documented
        return None

    def _line(self, code: CodeType, line: int) -> Any:
        lines = self._lines.get(code.co_filename)
        if lines is None:
            return self._monitoring.DISABLE
        lines.add(line)
        return None


class Tracer(_Noting):
    """Notes lines by a trace function, in frames of the files alone."""

    def _install(self) -> None:
        self._function = self._call  # looked up, it is another object each time
        threading.settrace(self._function)
        sys.settrace(self._function)

    def _installed(self) -> bool:
        return sys.gettrace() is self._function

    def _call(self, frame: FrameType, event: str, argument: Any) -> Any:  # noqa: ARG002 - the interpreter's
        path = frame.f_code.co_filename
        if path not in self._lines:
            return None
        self._enter(frame)

        def line(frame: FrameType, event: str, argument: Any) -> Any:  # noqa: ARG001 - the interpreter's
            if event == "line":
                self._lines[path].add(frame.f_lineno)
            return line

        return line


def tracer(paths: list[str]) -> NoTracer:
    """Give what notes the lines of the files."""
    if not paths:
        return NoTracer()
    return Monitor(paths) if hasattr(sys, "monitoring") else Tracer(paths)


def _sorted(lines: _Lines) -> dict[str, list[int]]:
    return {path: sorted(rows) for path, rows in lines.items() if rows}
