"""Lets the import system read a text in the place of a file, and keeps the code that was made of it in sight."""

from __future__ import annotations

import importlib.machinery
import os
from types import CodeType
from typing import Any, List


def lay(path: str, text: str) -> List[CodeType]:
    """Lay a text over a file; gives a list to which each loading of it adds its code."""
    plain = importlib.machinery.SourceFileLoader.get_code
    real, codes = os.path.realpath(path), []  # type: str, List[CodeType]

    def get_code(self: Any, fullname: str) -> Any:
        if os.path.realpath(self.path) != real:
            return plain(self, fullname)
        codes.append(compile(text, self.path, "exec", dont_inherit=True))
        return codes[-1]

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign]
    return codes
