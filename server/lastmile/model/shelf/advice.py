"""Says which models fit a machine, and how to install the llama-cpp-python that makes use of it. Policy, no looking."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from attrs import frozen

from lastmile.model.shelf.catalogue import Entry
from lastmile.model.shelf.machine import Accelerator, Machine

_PACKAGE = "llama-cpp-python"
INDEX = "https://abetlen.github.io/llama-cpp-python/whl/"
"""Where its wheels are, by its own documentation."""

CUDA_WHEELS = ((11, 8), (12, 1), (12, 2), (12, 3), (12, 4), (12, 5), (13, 0), (13, 2))
"""The versions of CUDA that there are wheels for; by the same source, as are the three below."""

_LEAST_COMPUTE = {11: 6.0, 12: 6.0, 13: 7.5}
_MOST_COMPUTE = {11: 8.9}
_WHEEL_PYTHONS = ((3, 10), (3, 12))
"""The first and the last Python that CUDA's and Metal's wheels are for."""

_OF_MEMORY = 0.75
"""What a model may take of the memory: an editor and its servers need the rest."""

_OF_ACCELERATOR = 0.9
"""The same of an accelerator's, where the screen needs the rest."""

_MOST_ON_PROCESSORS = 5_000_000_000
"""Bytes. Each token reads all weights once, so where memory gives 40 GB a second, this is 8 tokens a second."""


@frozen
class Room:
    """What there is for a model."""

    bytes: int
    accelerated: bool
    """Whether an accelerator computes."""

    def fits(self, needs: int) -> bool:
        """Tell whether a model that takes so many bytes fits."""
        return needs <= self.bytes


def room(machine: Machine, *, offload: bool) -> Room:
    """Say what there is for a model; ``offload`` is whether llama.cpp was built for an accelerator."""
    if offload and machine.accelerator is not None:
        return Room(round(machine.accelerator.memory * _OF_ACCELERATOR), accelerated=True)
    return Room(round(machine.memory * _OF_MEMORY), accelerated=False)


def best(entries: Sequence[Entry], room: Room, cells: int) -> Entry | None:
    """Choose the best that fits, and completes as well as drafts; None where not even the smallest does."""
    fitting = [entry for entry in entries if entry.fim and room.fits(entry.needs(cells))]
    if not room.accelerated:
        fitting = [entry for entry in fitting if entry.bytes <= _MOST_ON_PROCESSORS]
    return fitting[-1] if fitting else None


def install(machine: Machine, python: str, version: tuple[int, int], requirement: str = _PACKAGE) -> str:
    """Give the command that installs the matching llama-cpp-python for an interpreter of a version.

    That is a wheel where there is one, else a command that compiles it; ``requirement`` may name the
    versions of it that will do.
    """
    found = machine.accelerator
    pip = f"{shlex.quote(python)} -m pip install --force-reinstall --no-deps"
    wheel = _wheel(found) if found is not None else "cpu"
    if wheel and (wheel in {"cpu", "vulkan"} or _WHEEL_PYTHONS[0] <= version <= _WHEEL_PYTHONS[1]):
        return f"{pip} --only-binary {_PACKAGE} {shlex.quote(requirement)} --extra-index-url {INDEX}{wheel}"
    option = found.kind.upper() if found is not None else ""
    return f'CMAKE_ARGS="-DGGML_{option}=on" {pip} --no-binary {_PACKAGE} {shlex.quote(requirement)}'


def _wheel(accelerator: Accelerator) -> str:
    """Name the wheels for an accelerator; empty where there are none."""
    if accelerator.kind != "CUDA":
        return accelerator.kind.lower()
    fitting = [
        cuda
        for cuda in CUDA_WHEELS
        if cuda <= accelerator.cuda
        and _LEAST_COMPUTE[cuda[0]] <= accelerator.compute <= _MOST_COMPUTE.get(cuda[0], accelerator.compute)
    ]
    return "cu{}{}".format(*fitting[-1]) if fitting else ""
