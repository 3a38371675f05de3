"""What became of files whose tasks were done. Nothing here does any of them."""

from __future__ import annotations

from collections import Counter

from attrs import frozen

from lastmile.cascade.outcome import Outcome
from lastmile.text.snapshot import Snapshot


@frozen
class Changed:
    """A file with accepted edits."""

    snapshot: Snapshot
    """As it was."""

    text: str
    """As it is to be."""


@frozen
class Swept:
    """What became of one file."""

    snapshot: Snapshot
    """As it was."""

    text: str
    """As it is now; the same where nothing was accepted."""

    outcomes: tuple[Outcome, ...]
    before: Counter[str]
    """Findings by rule at the start; for a kind that is about none, its tasks by its name."""

    after: Counter[str]
    """What is left of those."""

    notes: tuple[str, ...] = ()
    """What could not be done, a line each."""

    elsewhere: tuple[Changed, ...] = ()
    """Other files that accepted edits belong to."""

    @property
    def changed(self) -> bool:
        """Whether anything was accepted in the file itself."""
        return self.text != self.snapshot.text

    @property
    def changes(self) -> tuple[Changed, ...]:
        """All files with accepted edits, the file itself first."""
        own = (Changed(self.snapshot, self.text),) if self.changed else ()
        return own + self.elsewhere
