"""Notes which code of a file runs while project and tests are loaded, by `sys.monitoring` or a trace function.

What ran may have left something behind that other code would not have left.
"""

from __future__ import annotations

import sys
import threading
from types import CodeType, FrameType
from typing import Any, Dict, Optional

_TOOL = 3
"""One of the numbers of `sys.monitoring` that no tool has by convention; what follows lines here has 4."""


class Watch:
    """Notes the code that runs by a trace function, which is called for every function of every file."""

    def __init__(self) -> None:
        self._ran: Dict[int, CodeType] = {}
        """The code itself is kept, so that its identity is nobody else's."""

        self._paths: Dict[str, bool] = {}

    def add(self, code: CodeType) -> None:
        """Watch a file's code, which is about to run."""
        if not self._paths:
            threading.settrace(self._call)
            sys.settrace(self._call)
        self._paths[code.co_filename] = True

    def stop(self) -> Optional[Dict[int, CodeType]]:
        """Give what ran, by identity; None where somebody else traced meanwhile, so that it is not known."""
        known = not self._paths or sys.gettrace() == self._call
        if self._paths and known:
            sys.settrace(None)
            threading.settrace(None)
        return self._ran if known else None

    def _call(self, frame: FrameType, event: str, argument: Any) -> None:  # noqa: ARG002 - the interpreter's
        code = frame.f_code
        if code.co_filename in self._paths:
            self._ran[id(code)] = code


class Monitor(Watch):
    """Notes the code that runs by `sys.monitoring`: other files run at full speed."""

    def __init__(self) -> None:
        super().__init__()
        self._known = True
        self._watched: Dict[int, CodeType] = {}
        self._monitoring: Any = vars(sys)["monitoring"]
        self._starts: int = self._monitoring.events.PY_START

    def add(self, code: CodeType) -> None:
        """Watch a file's code, which is about to run."""
        if not self._watched:
            try:
                self._monitoring.use_tool_id(_TOOL, "lastmile")
            except ValueError:  # it is taken
                self._known = False
            self._monitoring.register_callback(_TOOL, self._starts, self._start)
        self._watch(code, self._starts if self._known else 0)

    def stop(self) -> Optional[Dict[int, CodeType]]:
        """Give what ran, by identity; None where it could not be watched."""
        if not self._known:
            return None
        if self._watched:
            for code in self._watched.values():
                self._monitoring.set_local_events(_TOOL, code, 0)
            self._monitoring.register_callback(_TOOL, self._starts, None)
            self._monitoring.free_tool_id(_TOOL)
        return self._ran

    def _watch(self, code: CodeType, events: int) -> None:
        self._watched[id(code)] = code
        if events:
            self._monitoring.set_local_events(_TOOL, code, events)
        for item in code.co_consts:
            if isinstance(item, CodeType):
                self._watch(item, events)

    def _start(self, code: CodeType, _offset: int) -> Any:
        self._ran[id(code)] = code
        return self._monitoring.DISABLE


def watch() -> Watch:
    """Give what notes the code that runs."""
    return Monitor() if hasattr(sys, "monitoring") else Watch()
