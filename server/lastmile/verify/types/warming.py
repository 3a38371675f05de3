"""What checkers said of the texts before any draft, and how a cold checker gets warm.

The first answer in a project can take minutes. It is worked for in the background, one at a time, and
a task waits for it no longer than is left of its patience; the work goes on when the task is over, so
that the next one finds the checker warm. It ends with its own deadline, or when the project is closed.
"""

from __future__ import annotations

import asyncio
from asyncio import Task
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from attrs import define, field

from lastmile.errors import SlowError, ToolError
from lastmile.text.snapshot import Snapshot
from lastmile.tools.behind import behind
from lastmile.verify.types.values import Checker, Report

Texts = Mapping[Path, str]
Key = tuple[str, Path | None, str, int]

_CACHED_REPORTS = 16
_PATIENCE = 15.0
"""Seconds that a task waits for a cold checker: the shortest deadline of a kind of task is 20."""


@define(eq=False)
class Reports:
    """The reports on texts as they were, by content; for one event loop."""

    patience: float = _PATIENCE
    _known: OrderedDict[Key, Report] = field(factory=OrderedDict, init=False)
    _warming: tuple[Key, Task[Report]] | None = field(default=None, init=False)
    """The work that warms a checker, and what it asks."""

    async def of(
        self, checker: Checker, snapshot: Snapshot, others: Texts, *, patience: float | None = None
    ) -> tuple[Report, bool]:
        """Give the report on a text, and whether it was made just now.

        Raises `ToolError` where the checker fails, `SlowError` where it is cold and not ready within
        ``patience`` seconds.
        """
        key = _key(checker, snapshot, others)
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key], False
        if checker.cold:
            asked, work = self._warm(key, checker, snapshot, others)
            await self._wait(checker, work, self.patience if patience is None else patience)
            if asked == key:
                return work.result(), True
        return await self.anew(checker, snapshot, others), True

    async def anew(self, checker: Checker, snapshot: Snapshot, others: Texts) -> Report:
        """Ask the checker, whatever it said before."""
        report = await checker.report(snapshot, others)
        self._known[_key(checker, snapshot, others)] = report
        while len(self._known) > _CACHED_REPORTS:
            self._known.popitem(last=False)
        return report

    async def close(self) -> None:
        """End what warms a checker."""
        if self._warming is not None:
            _, work = self._warming
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    def _warm(self, key: Key, checker: Checker, snapshot: Snapshot, others: Texts) -> tuple[Key, Task[Report]]:
        """Give the work that is under way, or begin it."""
        if self._warming is None or self._warming[1].done():
            with behind(yes=False):  # whoever asks next waits for it too, and that may be a person
                work = asyncio.get_running_loop().create_task(self.anew(checker, snapshot, others))
            work.add_done_callback(_heard)
            self._warming = key, work
        return self._warming

    async def _wait(self, checker: Checker, work: Task[Report], patience: float) -> None:
        done, _ = await asyncio.wait({work}, timeout=patience)
        if not done:
            message = (
                f"{checker.name} reads the project for the first time, and was not ready within {patience:g} s. "
                "It goes on in the background: ask again in a while."
            )
            raise SlowError(message)
        if work.cancelled():
            message = f"{checker.name} was ended."
            raise ToolError(message)


def _heard(work: Task[Report]) -> None:
    """Take note of a failure: whoever waits gets it too, and where nobody does, the next one to ask will."""
    if not work.cancelled():
        work.exception()


def _key(checker: Checker, snapshot: Snapshot, others: Texts) -> Key:
    return checker.name, snapshot.path, snapshot.digest, hash(frozenset(others.items()))
