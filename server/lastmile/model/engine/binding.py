"""Loads llama_cpp when a model is first needed; it takes a third of a second, and most servers have none.

Only its low-level functions are used. Its class ``Llama`` has one sequence, reads the whole output
again at each token, and sends the process's standard output to nowhere while it loads.
"""

from __future__ import annotations

import ctypes
from types import ModuleType
from typing import Any

from numpy.typing import NDArray

from lastmile.errors import ModelError


def library() -> ModuleType:
    """Give the library's functions, which are those of llama.h. Raises `ModelError` where it cannot be loaded."""
    try:
        from llama_cpp import llama_cpp  # noqa: PLC0415 - it is loaded when a model is
    except (ImportError, OSError, RuntimeError) as error:
        message = f"llama-cpp-python cannot be loaded ({error}): install it again."
        raise ModelError(message) from error
    return llama_cpp


def pointer(array: NDArray[Any], kind: type) -> Any:  # noqa: ANN401 - ctypes' own types
    """Give the place of an array's data; the array must be kept as long as it is used."""
    return array.ctypes.data_as(ctypes.POINTER(kind))
