"""Notes the lines of a few files that a test runs: `sys.monitoring` where there is one, else a trace function.

Other files run at full speed. Lines that ran before the test (on import) are not its own.
"""

from __future__ import annotations

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


class Monitor(NoTracer):
    """Notes lines by `sys.monitoring`; each line costs once a test."""

    def __init__(self, paths: list[str]) -> None:
        self._lines: dict[str, set[int]] = {path: set() for path in paths}
        self._monitoring: Any = vars(sys)["monitoring"]
        self._monitoring.use_tool_id(_TOOL, "lastmile")
        self._monitoring.register_callback(_TOOL, self._monitoring.events.LINE, self._line)

    def start(self) -> None:
        """Begin a test."""
        for lines in self._lines.values():
            lines.clear()
        self._monitoring.restart_events()
        self._monitoring.set_events(_TOOL, self._monitoring.events.LINE)

    def stop(self) -> dict[str, list[int]]:
        """End it, and give its lines by path."""
        self._monitoring.set_events(_TOOL, 0)
        return {path: sorted(lines) for path, lines in self._lines.items() if lines}

    def _line(self, code: CodeType, line: int) -> Any:
        lines = self._lines.get(code.co_filename)
        if lines is not None:
            lines.add(line)
        return self._monitoring.DISABLE


class Tracer(NoTracer):
    """Notes lines by a trace function, in frames of the files alone."""

    def __init__(self, paths: list[str]) -> None:
        self._lines: dict[str, set[int]] = {path: set() for path in paths}

    def start(self) -> None:
        """Begin a test."""
        for lines in self._lines.values():
            lines.clear()
        threading.settrace(self._call)
        sys.settrace(self._call)

    def stop(self) -> dict[str, list[int]]:
        """End it, and give its lines by path."""
        sys.settrace(None)
        threading.settrace(None)
        return {path: sorted(lines) for path, lines in self._lines.items() if lines}

    def _call(self, frame: FrameType, event: str, argument: Any) -> Any:  # noqa: ARG002 - the interpreter's
        lines = self._lines.get(frame.f_code.co_filename)
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
