"""Asks a process of its own what the llama.cpp that is installed can do, and what it makes of a file."""

from __future__ import annotations

import sys
from pathlib import Path

import cattrs
import orjson
from attrs import frozen

from lastmile.errors import ModelError
from lastmile.tools.process import Runner

_DEADLINE = 60.0
"""Seconds: it loads a library of tens of megabytes, perhaps from a cold disk."""

_NO_DEBUGGER = {"GGML_NO_BACKTRACE": "1"}
"""Where an assertion of the library's fails, it would start gdb, for seconds."""

_ASSERTION = "GGML_ASSERT"
_BACKENDS = ("CUDA", "Metal", "ROCm", "HIP", "Vulkan", "SYCL")
"""Accelerators, as the library's description of itself begins with them."""


@frozen
class Build:
    """The library that is installed."""

    offload: bool
    """Whether it can use an accelerator."""

    system: str
    """How it describes itself."""

    @property
    def kind(self) -> str:
        """What it computes with, for a person."""
        if not self.offload:
            return "processors only"
        names = (part.partition(":")[0].strip() for part in self.system.split("|"))
        found = {"MTL": "Metal"} | {name: name for name in _BACKENDS}
        return next((found[name] for name in names if name in found), "an accelerator")


@frozen
class Seen:
    """What the library makes of a file."""

    fim: bool
    """Whether it can fill in a gap."""

    template: bool
    """Whether the file carries a form for conversations."""


def build() -> Build:
    """Ask about the library; blocks. Raises `ModelError` where it cannot be loaded."""
    return cattrs.structure(_asked(), Build)


def look(path: Path) -> Seen:
    """Ask about a file; blocks. Raises `ModelError` where it cannot be loaded: a kind that is not known, say."""
    return cattrs.structure(_asked(str(path)), Seen)


def _asked(*arguments: str) -> object:
    # With -P nothing of the folder that the person stands in is taken for a module.
    command = [sys.executable, "-P", "-m", "lastmile.model.engine.probe", *arguments]
    done = Runner().run(command, text="", cwd=None, deadline=_DEADLINE, env=_NO_DEBUGGER)
    if done.status:
        lines = done.err.decode("utf-8", "replace").strip().split("\n")
        why = next((line for line in lines if _ASSERTION in line), lines[-1]) or f"status {done.status}"
        message = f"llama.cpp ended without an answer: {why}."
        raise ModelError(message)
    # What the library writes there by itself comes first.
    found = orjson.loads(done.out.strip().rpartition(b"\n")[2])
    if "error" in found:
        raise ModelError(found["error"])
    return found
