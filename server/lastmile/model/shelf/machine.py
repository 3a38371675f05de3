"""Looks at what this machine has for a model: its memory, and an accelerator. Nothing is loaded for it."""

from __future__ import annotations

import platform
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from attrs import frozen

from lastmile.errors import ToolError
from lastmile.model.memory import total
from lastmile.tools.process import Runner

_DEADLINE = 10.0
"""Seconds for nvidia-smi, which may have to wake a driver."""

_CUDA = re.compile(r"CUDA Version\s*:\s*(\d+)\.(\d+)")
_QUESTION = "--query-gpu=name,memory.total,compute_cap"
_MEBIBYTE = 1 << 20
_SMALL = 100_000_000
"""Bytes below which gigabytes say nothing."""

_METAL_SHARE = 0.75
"""What macOS lets an accelerator have of the memory that all share: about so much, by Apple's own default."""


@frozen
class Accelerator:
    """What computes faster than the processors."""

    kind: str
    """``CUDA``, ``Metal`` or ``Vulkan``."""

    name: str
    memory: int
    """Bytes of the largest one, where there are several."""

    cuda: tuple[int, int] = (0, 0)
    """The newest version of CUDA that the driver has."""

    compute: float = 0.0
    """NVIDIA's number for what it can do."""


@frozen
class Machine:
    """What there is."""

    memory: int
    """Bytes."""

    accelerator: Accelerator | None = None

    def __str__(self) -> str:
        """Name it in a line."""
        found = self.accelerator
        beside = f", {found.name} with {gigabytes(found.memory)} ({found.kind})" if found else ", no accelerator found"
        return f"{gigabytes(self.memory)} of memory{beside}"


def gigabytes(count: float) -> str:
    """Write a number of bytes for a person."""
    return f"{count / 1e9:.1f} GB"


def size(count: float) -> str:
    """Write the size of a file for a person, of whom some have small ones."""
    return gigabytes(count) if count >= _SMALL else f"{count / 1e6:.1f} MB"


def machine(env: Mapping[str, str], root: Path = Path("/")) -> Machine:
    """Look at this machine; blocks. ``root`` is where the system's own files lie."""
    memory = total(root)
    return Machine(memory, _nvidia(env) or _metal(memory) or _amd(root))


def _nvidia(env: Mapping[str, str]) -> Accelerator | None:
    """Ask nvidia-smi, where it is; the largest card counts."""
    program = shutil.which("nvidia-smi", path=env.get("PATH"))
    if program is None:
        return None
    try:
        listed = Runner().run(
            [program, _QUESTION, "--format=csv,noheader,nounits"], text="", cwd=None, deadline=_DEADLINE
        )
        told = Runner().run([program], text="", cwd=None, deadline=_DEADLINE)
    except ToolError:
        return None
    version = _CUDA.search(told.out.decode("utf-8", "replace"))
    cuda = (int(version[1]), int(version[2])) if version else (0, 0)
    cards = [card for line in listed.out.decode("utf-8", "replace").splitlines() if (card := _card(line, cuda))]
    return max(cards, key=lambda card: card.memory, default=None)


def _card(line: str, cuda: tuple[int, int]) -> Accelerator | None:
    try:
        name, memory, compute = (part.strip() for part in line.rsplit(",", 2))
        return Accelerator("CUDA", name, int(memory) * _MEBIBYTE, cuda, float(compute))
    except ValueError:
        return None


def _metal(memory: int) -> Accelerator | None:
    if platform.system() != "Darwin" or platform.machine() != "arm64":
        return None
    return Accelerator("Metal", "Apple silicon", round(memory * _METAL_SHARE))


def _amd(root: Path) -> Accelerator | None:
    """Look at what the driver for AMD's cards says on Linux."""
    sizes = []
    for file in root.glob("sys/class/drm/card*/device/mem_info_vram_total"):
        with suppress(OSError, ValueError):
            sizes.append(int(file.read_text()))
    return Accelerator("Vulkan", "an AMD card", max(sizes)) if sizes else None
