"""The small jobs as one protocol, which a plain heuristic and a model both keep. Nothing here does any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from attrs import frozen

from lastmile.cascade.difficulty import Level
from lastmile.jobs.picking import Candidate, Need


@frozen
class Described:
    """A task as far as its difficulty can be told before anybody drafts."""

    goal: str
    code: str
    """The target."""

    kind: float
    """How hard tasks of its kind are by nature, 0 to 1."""

    spread: int = 1
    """In how many separate places the change is expected."""

    past: float = 0.0
    """The share of recent tasks of its kind that no free tier cleared."""


class Jobs(Protocol):
    """Whoever does the small jobs."""

    async def level(self, task: Described) -> Level:
        """Say how hard a task is."""

    async def shorten(self, text: str, *, lines: int) -> str:
        """Shorten what failed to about so many lines; the assertion, the exception and the frame always stay."""

    async def pick(
        self, need: Need, candidates: Sequence[Candidate], *, budget: int, count: Callable[[str], int]
    ) -> tuple[int, ...]:
        """Give the numbers of the snippets that are worth their tokens, together within the budget."""
