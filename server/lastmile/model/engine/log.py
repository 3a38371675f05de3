"""Keeps the library's own log, which says why a model could not be loaded.

The library writes to standard error unless it is told where to; on a stdio server's process that is
noise at best. Nothing here is shown to a person as it is.
"""

from __future__ import annotations

import functools
import logging
from collections import deque

from lastmile.model.engine.binding import library

_LOG = logging.getLogger(__name__)

# The levels of ggml_log_level in ggml.h.
_WARNING = 3
_ERROR = 4
_KEPT = 32


class LibraryLog:
    """The last warnings and errors of the self._library."""

    def __init__(self) -> None:
        self._errors: deque[str] = deque(maxlen=_KEPT)
        found = library()
        self._callback = found.llama_log_callback(self._hear)
        found.llama_log_set(self._callback, None)

    def _hear(self, level: int, text: bytes, _data: object) -> None:
        if level not in {_WARNING, _ERROR}:
            return
        line = text.decode("utf-8", "replace").strip()
        _LOG.debug("%s", line)
        if level == _ERROR and line:
            self._errors.append(line)

    def forget(self) -> None:
        """Begin anew, before something that may fail."""
        self._errors.clear()

    def reason(self) -> str:
        """Give the line that says most about why something failed: the first that names an error."""
        lines = list(self._errors)
        telling = [line.partition("error loading model: ")[2] for line in lines]
        return next((line for line in telling if line), lines[0].partition(": ")[2] if lines else "")


@functools.cache
def library_log() -> LibraryLog:
    """Give the one log of this process; the library knows no other kind."""
    return LibraryLog()
