"""The small jobs without a model: what is done unless a model was measured to be better."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import frozen

from lastmile.cascade.difficulty import Level, level, scored
from lastmile.jobs.picking import Candidate, Need, pick
from lastmile.jobs.shortening import shorten
from lastmile.jobs.values import Described


@frozen
class PlainJobs:
    """The heuristics, each a pure function of its own."""

    async def level(self, task: Described) -> Level:
        """Name the score that the cascade goes by."""
        lines = task.code.count("\n") + 1
        return level(scored(lines=lines, spread=task.spread, kind=task.kind, past_escalations=task.past).score)

    async def shorten(self, text: str, *, lines: int) -> str:
        """Keep the lines that stand out."""
        return shorten(text, lines=lines)

    async def pick(
        self, need: Need, candidates: Sequence[Candidate], *, budget: int, count: Callable[[str], int]
    ) -> tuple[int, ...]:
        """Go by what is named and used."""
        return pick(need, candidates, budget=budget, count=count)
