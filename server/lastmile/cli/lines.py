"""Lines as they are in a file on the disk, for places in its text with the edits that were accepted so far.

It follows single edits, one after the other, and reads nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

from attrs import define, field, frozen

from lastmile.cascade.outcome import Outcome
from lastmile.cascade.task import Task
from lastmile.text.edits import Replacement, difference
from lastmile.text.snapshot import Snapshot


@frozen
class _Step:
    """A text, and what an accepted edit replaced in it."""

    before: Snapshot
    replaced: tuple[Replacement, ...]


@define(eq=False)
class DiskLines:
    """The edits that were accepted and are not written, by file."""

    _steps: dict[Path, list[_Step]] = field(factory=dict, init=False)

    def of(self, task: Task) -> int:
        """Give the line, from 1, that a task is about, in its file as it is on the disk."""
        offset = task.diagnostics[0].span.start if task.diagnostics else task.target.start
        steps = self._steps.get(task.snapshot.path or Path(), [])
        # A task that stood aside for a while is about a text that others have changed since.
        due = [*takewhile(lambda step: step.before.digest != task.snapshot.digest, steps)]
        for step in reversed(due):
            offset = _back(offset, step.replaced)
        first = due[0].before if due else task.snapshot
        return first.lines.line_at(offset) + 1

    def took(self, outcome: Outcome) -> None:
        """Note an accepted edit."""
        old = outcome.task.snapshot
        if outcome.text is not None and old.path is not None:
            self._steps.setdefault(old.path, []).append(_Step(old, difference(old.text, outcome.text)))

    def wrote(self, path: Path) -> None:
        """Note that a file has on the disk what was accepted for it."""
        self._steps.pop(path, None)


def _back(offset: int, replaced: Sequence[Replacement]) -> int:
    """Bring an offset of the new text back to the old one; what is inside of new text goes to where that begins."""
    more = 0
    for item in sorted(replaced, key=lambda item: item.span):
        begin = item.span.start + more
        if offset < begin:
            break
        if offset < begin + len(item.text):
            return item.span.start
        more += len(item.text) - (item.span.end - item.span.start)
    return offset - more
