"""What llama.cpp's accelerators have free, where it was built for any. Loads the library; nothing of a model."""

from __future__ import annotations

import ctypes
from typing import Any

from lastmile.model.engine.binding import library
from lastmile.model.engine.log import library_log

_ACCELERATORS = (1, 2)
"""GGML_BACKEND_DEVICE_TYPE_GPU and _IGPU of ggml-backend.h."""


def accelerated() -> int | None:
    """Give the bytes that are free on all accelerators together, among which llama.cpp parts the layers.

    None where there are none, or the library does not say. Raises `ModelError` where it cannot be loaded.
    """
    llama = library()
    if not llama.llama_supports_gpu_offload():
        return None
    library_log()
    llama.llama_backend_init()
    try:
        from llama_cpp._ggml import libggml  # noqa: PLC0415 - it is loaded when a model is

        return _free(libggml)
    except (ImportError, AttributeError, OSError):  # these are none of its public functions
        return None


def _free(ggml: Any) -> int | None:  # noqa: ANN401 - ctypes' own types
    ggml.ggml_backend_dev_count.restype = ctypes.c_size_t
    ggml.ggml_backend_dev_get.restype = ctypes.c_void_p
    ggml.ggml_backend_dev_memory.restype = None
    free, whole = ctypes.c_size_t(), ctypes.c_size_t()
    found = []
    for number in range(ggml.ggml_backend_dev_count()):
        device = ctypes.c_void_p(ggml.ggml_backend_dev_get(ctypes.c_size_t(number)))
        if ggml.ggml_backend_dev_type(device) in _ACCELERATORS:
            ggml.ggml_backend_dev_memory(device, ctypes.byref(free), ctypes.byref(whole))
            found += [free.value] if whole.value else []
    return sum(found) if found else None
