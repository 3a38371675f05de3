"""Parts of other files that a prompt may show, as values: those that a task is about, and those that may help."""

from __future__ import annotations

from enum import Enum

from attrs import frozen

from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot


@frozen
class Reference:
    """A part of another file that the prompt shows, and never edits."""

    snapshot: Snapshot
    span: Span


class Bond(Enum):
    """How a part of another file is bound to a task's target."""

    DEFINITION = "definition"
    """A function or class that the target uses."""

    TEST = "test"
    """A test that names the target."""

    CALLER = "caller"
    """A function that names the target."""

    IMPORT = "import"
    """A value that the target imports: a constant, most often."""


@frozen
class Snippet:
    """A part of another file that may help: a candidate for prompts with room for it."""

    snapshot: Snapshot
    span: Span
    bond: Bond
    name: str
    """What is defined there."""

    @property
    def text(self) -> str:
        """What stands there."""
        return self.span.of(self.snapshot.text)
