"""A shell as those see it who have commands run in the sandbox: values and a protocol; nothing here runs one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from attrs import frozen


@frozen
class Ended:
    """How a command ended."""

    status: int | None
    """The exit status; None where it did not end by itself, which the trouble explains."""

    out: str = ""
    err: str = ""
    trouble: str = ""
    """Why it did not run to its end, for a person: the deadline, the memory, a program that is not there."""


class Shell(Protocol):
    """Runs commands where they can do no harm: the workspace read-only, no network, no secrets."""

    async def absent(self) -> str:
        """Say why no command can run here, and what to do; empty when they can."""

    async def run(self, argv: Sequence[str], *, texts: Mapping[Path, str], cwd: Path, seconds: float) -> Ended:
        """Run a program with the texts lying over the files at their paths.

        Never raises for what the texts contain; the working tree stays as it is.
        """


@frozen
class NoShell:
    """Stands where no command can run."""

    why: str = "There is no sandbox here."

    async def absent(self) -> str:
        """Say why."""
        return self.why

    async def run(self, argv: Sequence[str], *, texts: Mapping[Path, str], cwd: Path, seconds: float) -> Ended:  # noqa: ARG002 - the protocol's
        """Run nothing, and say so."""
        return Ended(None, trouble=self.why)
