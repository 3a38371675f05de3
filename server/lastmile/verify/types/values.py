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


class Checker(Protocol):
    """A type checker on the text of a buffer."""

    @property
    def name(self) -> str:
        """As settings spell it."""

    async def report(self, snapshot: Snapshot, others: Mapping[Path, str]) -> Report:
        """Check the snapshot; ``others`` are texts that lie over further files.

        Raises `ToolError` where the checker fails.
        """

    async def close(self) -> None:
        """End what is kept warm."""
