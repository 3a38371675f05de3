"""The edits that menus brought along, by their task: whoever hears that one was applied finds it here.

What is ready may have left the shelf by then, for a change of a setting or of another file.
"""

from __future__ import annotations

from collections import OrderedDict

from attrs import define, field

from lastmile.ahead.values import Ready

_MOST = 256
"""Edits: those of a few menus at their longest."""

_MOST_CHARACTERS = 8_000_000
"""Of the texts that are kept with them, most of which the shelf holds too."""


@define(eq=False)
class Handed:
    """Keeps what was handed out; of too much the oldest goes."""

    _edits: OrderedDict[str, Ready] = field(factory=OrderedDict, init=False)
    _weight: int = field(default=0, init=False)

    def keep(self, ready: Ready) -> None:
        """Remember an edit, as the last of its task."""
        task = ready.outcome.task.id
        self._drop(task)
        self._edits[task] = ready
        self._weight += ready.weight
        while len(self._edits) > _MOST or (self._weight > _MOST_CHARACTERS and len(self._edits) > 1):
            self._drop(next(iter(self._edits)))

    def find(self, task: str) -> Ready | None:
        """Look for the edit of a task, as it was handed out last."""
        return self._edits.get(task)

    def _drop(self, task: str) -> None:
        gone = self._edits.pop(task, None)
        self._weight -= 0 if gone is None else gone.weight
