"""The tasks of one file on their way up, a stretch at a time: which are left, and what was tried for each.

It asks no tier and judges nothing; `sweeper` does the tasks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

from attrs import define, evolve, field

from lastmile.cascade.carried import carried
from lastmile.cascade.outcome import Attempt, Outcome, Status
from lastmile.cascade.policy import Policy
from lastmile.cascade.task import Task

Key = Hashable
"""Names a task so that it is known again after lines above it have come or gone; equal ones are told apart by order."""


@define
class Standing:
    """How far the tasks of a file have come."""

    ways: tuple[Policy, ...]
    """The way up, in the stretches that tasks go together."""

    at: int = 0
    """The stretch that is gone now."""

    ended: Counter[Key] = field(factory=Counter)
    """Tasks that are done with, whatever they led to."""

    _left: dict[Key, list[Outcome]] = field(factory=dict, init=False)
    """Nothing passed for them so far, and the next stretch goes on with them."""

    _before: dict[Key, list[Outcome]] = field(factory=dict, init=False)
    """The same of the stretch before, as far as they were not taken up yet."""

    @property
    def more(self) -> bool:
        """Whether tasks are left to go on with."""
        return bool(self._left)

    def go_on(self) -> None:
        """Begin the next stretch."""
        self.at += 1
        self._before, self._left = self._left, {}

    def take_up(self, key: Key) -> Outcome | None:
        """Give what was tried for a task in the stretch before; None where it is a new one."""
        same = self._before.get(key)
        return same.pop(0) if same else None

    def policy(self, before: Outcome | None) -> Policy:
        """Give how a task goes on; a new one has the stretches behind it to go as well."""
        way = self.ways[self.at]
        if before is not None:
            return way
        ladder = tuple(name for each in self.ways[: self.at + 1] for name in each.ladder)
        return evolve(self.ways[0], ladder=ladder, goes_on=way.goes_on)

    def keep(self, key: Key, outcome: Outcome | None) -> bool:
        """Keep a task that nothing passed for, if it is to go on; tells whether it is."""
        goes_on = outcome is not None and outcome.status is Status.SURFACED and self.ways[self.at].goes_on
        if outcome is not None and goes_on:
            self._left.setdefault(key, []).append(outcome)
        else:
            self.ended[key] += 1
        return goes_on

    def given_up(self, *, all_: bool = False) -> list[Outcome]:
        """Take out what nobody goes on with: what was not taken up again, or all that is left."""
        groups = [*self._before.values(), *(self._left.values() if all_ else ())]
        self._before = {}
        if all_:
            self._left = {}
        return [outcome for group in groups for outcome in group]


def resumed(task: Task, before: Outcome | None) -> tuple[Task, tuple[Attempt, ...]]:
    """Give a task that was made anew as the one that it was, and what was tried for it, in the text as it is now."""
    if before is None:
        return task, ()
    old = before.task
    return evolve(task, id=old.id), carried(before.attempts, old.snapshot.text, task.snapshot.text)
