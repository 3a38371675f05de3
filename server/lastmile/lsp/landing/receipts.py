"""What was applied last and what was refused last, for those who ask about it afterwards.

Nothing is kept on the disk here: the ledger has what it keeps from the loop.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from pathlib import Path

from attrs import define, field, frozen

from lastmile.cascade.outcome import Outcome
from lastmile.lsp.landing.landing import Landed
from lastmile.receipt import Alone, receipt

_MOST = 64
"""Tasks of each sort: each holds two texts of its document."""


@frozen
class Applied:
    """An edit that went to the editor, and is or will be applied there."""

    outcome: Outcome
    edit: Landed
    alone: Alone | None = None
    root: Path | None = None
    """The project's folder."""

    @property
    def title(self) -> str:
        """What was done."""
        return self.outcome.task.title or self.outcome.task.kind

    @property
    def line(self) -> str:
        """The receipt."""
        return receipt(self.outcome, self.alone)


@frozen
class Refused:
    """A task that nothing passed."""

    outcome: Outcome
    root: Path | None = None
    alone: Alone | None = None
    """Nobody says what another would have charged for it."""


@define(eq=False)
class Receipts:
    """The last tasks that ended with an edit, and the last that did not; by the task's id, oldest first."""

    _applied: OrderedDict[str, Applied] = field(factory=OrderedDict, init=False)
    _waiting: OrderedDict[str, Applied] = field(factory=OrderedDict, init=False)
    """What went to the editor and is not in its document yet."""

    _refused: OrderedDict[str, Refused] = field(factory=OrderedDict, init=False)
    _latest: Applied | Refused | None = field(default=None, init=False)
    """What ended last, either way; None once that is undone."""

    _last: str = field(default="", init=False)
    """The task of the edit that was applied last."""

    hearing: asyncio.Lock = field(factory=asyncio.Lock, init=False)
    """Held while it is found out whether an edit was applied: who asks for the last one waits for that."""

    undoing: asyncio.Lock = field(factory=asyncio.Lock, init=False)
    """Held while an edit is undone: who asks for that twice has one edit undone, once."""

    def applied(self, applied: Applied) -> None:
        """Remember an edit."""
        self._latest, self._last = applied, applied.outcome.task.id
        self._applied[applied.outcome.task.id] = applied
        self._applied.move_to_end(applied.outcome.task.id)
        while len(self._applied) > _MOST:
            self._applied.popitem(last=False)

    def handed(self, applied: Applied) -> None:
        """Keep an edit until it is known to be applied."""
        self._waiting[applied.outcome.task.id] = applied
        while len(self._waiting) > _MOST:
            self._waiting.popitem(last=False)

    def waiting(self, task: str) -> Applied | None:
        """Take the edit of a task, which waits no longer."""
        return self._waiting.pop(task, None)

    def refused(self, refused: Refused) -> None:
        """Remember a refusal."""
        self._latest = refused
        self._refused[refused.outcome.task.id] = refused
        while len(self._refused) > _MOST:
            self._refused.popitem(last=False)

    async def edit(self, task: str | None = None) -> Applied | None:
        """Look for the edit of a task, or for the last one; once that is undone there is none."""
        async with self.hearing:
            return self._applied.get(task or self._last)

    async def ended(self, task: str | None = None) -> Applied | Refused | None:
        """Look for a task, or for the one that ended last; once that is undone there is none."""
        async with self.hearing:
            return (self._applied.get(task) or self._refused.get(task)) if task else self._latest

    def refusal(self, task: str | None = None) -> Refused | None:
        """Look for a refused task, or for the last one."""
        return self._refused.get(task) if task else next(reversed(self._refused.values()), None)

    def undone(self, task: str) -> None:
        """Forget an edit that is no longer there."""
        if self._applied.pop(task, None) is self._latest:
            self._latest = None
