"""Notes the lines of a few files that a test runs: `sys.monitoring` where there is one, else a trace function.

Other files run at full speed. Lines that ran before the test (on import) are not its own. What runs in another
process is not seen, and then that is known.
"""

from __future__ import annotations

import os
import sys
import threading
from types import CodeType, FrameType
from typing import Any

from .trying import programs

_TOOL = 4
"""One of the numbers of `sys.monitoring` that no tool has by convention; coverage has 1."""


_IN_A_FUNCTION = 1
"""The flag of code that is a function's, and not a module's or a class's (`inspect.CO_OPTIMIZED`)."""

_FORKS = ("os.fork", "os.forkpty")


class NoTracer:
    """Notes nothing."""

    unseen = False
    """Whether lines of the test may be missing from those that were noted."""

    def start(self, *, functions: bool = False) -> None:
        """Begin a test, or to note the lines of functions alone."""

    def stop(self) -> dict[str, list[int]]:
        """End it, and give its lines by path."""
        return {}


class Files:
    """The sets of lines of the files, by whatever name code has for its file: a path need not be a plain one."""

    def __init__(self, paths: list[str]) -> None:
        self.lines: dict[str, set[int]] = {path: set() for path in paths}
        self._real = {os.path.realpath(path): lines for path, lines in self.lines.items()}
        self._known: dict[str, set[int] | None] = {}

    def of(self, name: str) -> set[int] | None:
        """Give the lines of the file that code says it comes from; None for other files."""
        if name not in self._known:
            self._known[name] = self._real.get(os.path.realpath(name))
        return self._known[name]

    def clear(self) -> None:
        """Forget the lines."""
        for lines in self.lines.values():
            lines.clear()

    def noted(self) -> dict[str, list[int]]:
        """Give the lines by path."""
        return {path: sorted(lines) for path, lines in self.lines.items() if lines}


class _Noting(NoTracer):
    """Keeps the lines, and takes note of processes that are started, whose lines are not among them."""

    def __init__(self, paths: list[str]) -> None:
        self._files = Files(paths)
        self._functions = False
        programs.watch(self._lose)
        sys.addaudithook(lambda event, _arguments: self._lose() if event in _FORKS else None)

    def _lose(self) -> None:
        self.unseen = True

    def start(self, *, functions: bool = False) -> None:
        """Begin a test, or to note the lines of functions alone."""
        self._files.clear()
        self._functions, self.unseen = functions, False

    def _lines(self, code: CodeType) -> set[int] | None:
        """Give the lines of the code's file, if they are to be noted."""
        is_noted = not self._functions or code.co_flags & _IN_A_FUNCTION
        return self._files.of(code.co_filename) if is_noted else None


class Monitor(_Noting):
    """Notes lines by `sys.monitoring`; each line costs once a test."""

    def __init__(self, paths: list[str]) -> None:
        super().__init__(paths)
        self._monitoring: Any = vars(sys)["monitoring"]
        self._monitoring.use_tool_id(_TOOL, "lastmile")
        self._monitoring.register_callback(_TOOL, self._monitoring.events.LINE, self._line)

    def start(self, *, functions: bool = False) -> None:
        """Begin a test, or to note the lines of functions alone."""
        super().start(functions=functions)
        self._monitoring.restart_events()
        self._monitoring.set_events(_TOOL, self._monitoring.events.LINE)

    def stop(self) -> dict[str, list[int]]:
        """End it, and give its lines by path."""
        self._monitoring.set_events(_TOOL, 0)
        return self._files.noted()

    def _line(self, code: CodeType, line: int) -> Any:
        lines = self._lines(code)
        if lines is not None:
            lines.add(line)
        return self._monitoring.DISABLE


class Tracer(_Noting):
    """Notes lines by a trace function, in frames of the files alone."""

    def start(self, *, functions: bool = False) -> None:
        """Begin a test, or to note the lines of functions alone."""
        super().start(functions=functions)
        threading.settrace(self._call)
        sys.settrace(self._call)

    def stop(self) -> dict[str, list[int]]:
        """End it, and give its lines by path; where something else traces by now, some may be missing."""
        self.unseen = self.unseen or sys.gettrace() != self._call
        sys.settrace(None)
        threading.settrace(None)
        return self._files.noted()

    def _call(self, frame: FrameType, event: str, argument: Any) -> Any:  # noqa: ARG002 - the interpreter's
        lines = self._lines(frame.f_code)
        if lines is None:
            return None

        def line(frame: FrameType, event: str, argument: Any) -> Any:  # noqa: ARG001 - the interpreter's
            if event == "line":
                lines.add(frame.f_lineno)
            return line

        return line


def tracer(paths: list[str]) -> NoTracer:
    """Give what notes the lines of the files."""
    if not paths:
        return NoTracer()
    return Monitor(paths) if hasattr(sys, "monitoring") else Tracer(paths)
