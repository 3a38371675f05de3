"""How hard a task is likely to be, in the open: a sum of four parts that a person can check.

The parts are those that published routing work found to carry signal and that cost nothing to
read: the kind, the size of the target, the spread of the change, and how tasks of the kind fared
lately. No model is asked.
"""

from __future__ import annotations

from enum import Enum

from attrs import frozen

from lastmile.cascade.task import Task

_LINES_FOR_FULL_SIZE = 150
_PLACES_FOR_FULL_SPREAD = 5


class Level(Enum):
    """How hard a task is, for a person."""

    EASY = "easy"
    """Rules or a small model."""

    MEDIUM = "medium"
    HARD = "hard"
    """The dearest tier at once."""


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


def level(score: float, *, hard_from: float = 0.6) -> Level:
    """Name a score. ``hard_from`` is the policy's; what is below half of it is easy."""
    return Level.HARD if score >= hard_from else Level.MEDIUM if score >= hard_from / 2 else Level.EASY


def assess(task: Task, *, kind: float, past_escalations: float) -> Difficulty:
    """Assess a task.

    ``kind`` is the difficulty of the kind by nature and ``past_escalations`` the share of recent
    tasks of the kind that no free tier cleared; both run from 0 to 1. Size counts up to 0.25 at
    150 lines, spread up to 0.2 at five places, the past up to 0.25.
    """
    lines = task.target.of(task.snapshot.text).count("\n") + 1
    return scored(lines=lines, spread=task.spread, kind=kind, past_escalations=past_escalations)


def scored(*, lines: int, spread: int, kind: float, past_escalations: float) -> Difficulty:
    """Assess by numbers alone; see `assess`."""
    return Difficulty(
        kind=kind,
        size=0.25 * min(1.0, lines / _LINES_FOR_FULL_SIZE),
        spread=0.2 * min(1.0, (spread - 1) / (_PLACES_FOR_FULL_SPREAD - 1)),
        past=0.25 * past_escalations,
    )
