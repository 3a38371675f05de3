"""How hard a task is likely to be, in the open: a sum of four parts that a person can check.

The parts are those that published routing work found to carry signal and that cost nothing to
read: the kind, the size of the target, the spread of the change, and how tasks of the kind fared
lately. No model is asked.
"""

from __future__ import annotations

from attrs import frozen

from lastmile.cascade.values import Task

_LINES_FOR_FULL_SIZE = 150
_PLACES_FOR_FULL_SPREAD = 5


@frozen
class Difficulty:
    """The four parts, each 0 or more; the sum is cut off at 1."""

    kind: float
    size: float
    spread: float
    past: float

    @property
    def score(self) -> float:
        """The sum, 0 for trivial to 1 for hardest."""
        return min(1.0, self.kind + self.size + self.spread + self.past)


def assess(task: Task, *, kind: float, past_escalations: float) -> Difficulty:
    """Assess a task.

    ``kind`` is the difficulty of the kind by nature and ``past_escalations`` the share of recent
    tasks of the kind that no free tier cleared; both run from 0 to 1. Size counts up to 0.25 at
    150 lines, spread up to 0.2 at five places, the past up to 0.25.
    """
    lines = task.target.of(task.snapshot.text).count("\n") + 1
    return Difficulty(
        kind=kind,
        size=0.25 * min(1.0, lines / _LINES_FOR_FULL_SIZE),
        spread=0.2 * min(1.0, (task.spread - 1) / (_PLACES_FOR_FULL_SPREAD - 1)),
        past=0.25 * past_escalations,
    )
