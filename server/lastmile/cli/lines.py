"""Lines as they are in a file on the disk, for places in its text with the edits that were accepted so far.

It follows single edits, one after the other, and reads nothing.
"""

from __future__ import annotations

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
        offset = task.place
        steps = self._steps.get(task.snapshot.path or Path(), [])
        # A task that stood aside for a while is about a text that others have changed since.
        due = [*takewhile(lambda step: step.before.digest != task.snapshot.digest, steps)]
        for step in reversed(due):
            offset = _back(offset, step)
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


def _back(offset: int, step: _Step) -> int:
    """Bring an offset of the new text back to the old one."""
    more = 0
    for item in sorted(step.replaced, key=lambda item: item.span):
        begin = item.span.start + more
        if offset < begin:
            break
        if offset < begin + len(item.text):
            return _within(item, offset - begin, step.before.text)
        more += len(item.text) - (item.span.end - item.span.start)
    return offset - more


def _within(item: Replacement, offset: int, before: str) -> int:
    """Find a place of new text in the old one: where its line stood, if it moved, else where the new text begins."""
    start = item.text.rfind("\n", 0, offset) + 1
    line = item.text[start:].partition("\n")[0].strip()
    return before.index(line) if line and before.count(line) == 1 else item.span.start
