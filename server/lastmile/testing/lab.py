"""How a script of ours is run beside the project's code, as values and a protocol; nothing here runs one.

A script compares what code does before and after a draft, or runs the examples of a docstring. It
imports the project's modules, so it runs draft code: whoever implements `Lab` contains it as tests are.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from attrs import field, frozen


@frozen
class Script:
    """A program in Python, made of the standard library alone, and what it sees."""

    code: str = field(repr=False)
    """It names files by their own absolute paths, where it finds them."""

    texts: Mapping[Path, str] = field(factory=dict, repr=False)
    """What stands in the place of files on the disk, by absolute path: the draft, and unsaved buffers."""

    seconds: float = 10.0
    """The deadline."""


@frozen
class Said:
    """What a script printed to its standard output."""

    out: str = ""
    trouble: str = ""
    """Why it did not end well: a deadline, a crash; empty where it did."""


class Lab(Protocol):
    """The project's interpreter as checks see it: its environment, in the sandbox, on given texts."""

    async def absent(self) -> str:
        """Say why no script can run here, and what to do; empty when one can."""

    async def run(self, script: Script) -> Said:
        """Run a script. Never raises for what the texts contain; the working tree stays as it is."""


@frozen
class NoLab:
    """Stands where no script can run."""

    why: str = "No code can be run here."

    async def absent(self) -> str:
        """Say why."""
        return self.why

    async def run(self, script: Script) -> Said:  # noqa: ARG002 - the protocol's
        """Run nothing, and say so."""
        return Said(trouble=self.why)
