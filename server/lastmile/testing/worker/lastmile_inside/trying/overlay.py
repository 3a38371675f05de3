"""Lets the import system read a text in the place of a file, and keeps the code that was made of it in sight."""

from __future__ import annotations

import importlib.machinery
import os
from types import CodeType
from typing import Any, List

from .running import Watch


class Overlay:
    """A text that lies over a file."""

    def __init__(self, path: str, text: str, watch: Watch) -> None:
        self.text = text
        """What is loaded from now on: a test may load the file anew."""

        self.codes: List[CodeType] = []
        """The code of each loading."""

        self._path = os.path.realpath(path)
        self._watch = watch

    def lay(self) -> None:
        """Begin, for as long as this process lives."""
        plain = importlib.machinery.SourceFileLoader.get_code

        def get_code(loader: Any, fullname: str) -> Any:
            if os.path.realpath(loader.path) != self._path:
                return plain(loader, fullname)
            return self._loaded(loader.path)

        importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]

    def _loaded(self, path: str) -> CodeType:
        code: CodeType = compile(self.text, path, "exec", dont_inherit=True)
        self.codes.append(code)
        self._watch.add(code)
        return code
