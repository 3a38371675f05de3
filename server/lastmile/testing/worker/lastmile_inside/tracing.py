"""Notes the lines of a few files that a test runs: `sys.monitoring` where there is one, else a trace function.

Other files run at full speed. Lines that ran before the test (on import) are not its own.
"""

from __future__ import annotations

import os
import sys
import threading
from types import CodeType, FrameType
from typing import Any

_TOOL = 4
"""One of the numbers of `sys.monitoring` that no tool has by convention; coverage has 1."""


class NoTracer:
    """Notes nothing."""

    def start(self) -> None:
        """Begin a test."""

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


class Monitor(NoTracer):
    """Notes lines by `sys.monitoring`; each line costs once a test."""

    def __init__(self, paths: list[str]) -> None:
        self._files = Files(paths)
        self._monitoring: Any = vars(sys)["monitoring"]
        self._monitoring.use_tool_id(_TOOL, "lastmile")
        self._monitoring.register_callback(_TOOL, self._monitoring.events.LINE, self._line)

    def start(self) -> None:
        """Begin a test."""
        self._files.clear()
        self._monitoring.restart_events()
        self._monitoring.set_events(_TOOL, self._monitoring.events.LINE)

    def stop(self) -> dict[str, list[int]]:
        """End it, and give its lines by path."""
        self._monitoring.set_events(_TOOL, 0)
        return self._files.noted()

    def _line(self, code: CodeType, line: int) -> Any:
        lines = self._files.of(code.co_filename)
        if lines is not None:
            lines.add(line)
        return self._monitoring.DISABLE


class Tracer(NoTracer):
    """Notes lines by a trace function, in frames of the files alone."""

    def __init__(self, paths: list[str]) -> None:
        self._files = Files(paths)

    def start(self) -> None:
        """Begin a test."""
        self._files.clear()
        threading.settrace(self._call)
        sys.settrace(self._call)

    def stop(self) -> dict[str, list[int]]:
        """End it, and give its lines by path."""
        sys.settrace(None)
        threading.settrace(None)
        return self._files.noted()

    def _call(self, frame: FrameType, event: str, argument: Any) -> Any:  # noqa: ARG002 - the interpreter's
        lines = self._files.of(frame.f_code.co_filename)
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
