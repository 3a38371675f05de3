"""What a type checker said of a text, and what the check of types needs of one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from attrs import frozen

from lastmile.text.diagnostic import Diagnostic
from lastmile.text.snapshot import Snapshot

CHECK = "types"


@frozen
class Elsewhere:
    """An error in another file than the document."""

    path: Path
    line: int
    """From 0."""

    code: str
    message: str


@frozen
class Report:
    """What a checker said of a document, and of what depends on it."""

    seen: bool
    """Whether it judges the document at all: settings may leave it out."""

    here: tuple[Diagnostic, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    note: str = ""
    """What of that which depends on the document was not looked at, for the person; empty where all was."""


class Checker(Protocol):
    """A type checker on the text of a buffer."""

    @property
    def name(self) -> str:
        """As settings spell it."""

    @property
    def cold(self) -> bool:
        """Whether its next answer may take as long as the first in a project does."""

    async def report(self, snapshot: Snapshot, others: Mapping[Path, str]) -> Report:
        """Check the snapshot; ``others`` are texts that lie over further files.

        Raises `ToolError` where the checker fails, `SlowError` where it takes too long.
        """

    async def close(self) -> None:
        """End what is kept warm."""


class TypeJudge(Protocol):
    """What kinds of tasks ask of the check of types."""

    async def runs(self, snapshot: Snapshot) -> bool:
        """Tell whether a checker is to judge the document. Reads the disk, and runs nothing."""

    async def absent(self, snapshot: Snapshot, *, patience: float | None = None) -> str:
        """Say why the types of a document cannot be judged now; empty where a checker has seen it.

        ``patience`` is how many seconds to wait for a checker that reads the project for the first time;
        None for as long as such a thing usually is waited for.
        """

    async def undecided(self, snapshot: Snapshot) -> str:
        """Say why a checker's silence proves nothing of a document's annotations; empty where it does.

        None is there, or it does not mind one that is wrong for certain.
        """


@frozen
class NoTypes:
    """Stands where nothing judges types."""

    why: str = "No type checker is wanted here."

    async def runs(self, snapshot: Snapshot) -> bool:  # noqa: ARG002 - the protocol's
        """Say no."""
        return False

    async def absent(self, snapshot: Snapshot, *, patience: float | None = None) -> str:  # noqa: ARG002 - the protocol's
        """Say why."""
        return self.why

    async def undecided(self, snapshot: Snapshot) -> str:  # noqa: ARG002 - the protocol's
        """Say why."""
        return self.why
