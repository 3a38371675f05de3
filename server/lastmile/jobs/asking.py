"""The small jobs by a model: it only chooses, from numbers and words that are given, and within a deadline.

Where it is late, fails or says what makes no sense, the heuristic does the job. What a choice may never lose is
held here, not left to it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from attrs import field, frozen

from lastmile.cascade.difficulty import Level
from lastmile.errors import LastmileError
from lastmile.jobs.picking import Candidate, Need, filled
from lastmile.jobs.plain import PlainJobs
from lastmile.jobs.shortening import narrowed
from lastmile.jobs.values import Described, Jobs

T = TypeVar("T")
Ask = Callable[[str, Mapping[str, Any]], Awaitable[str]]
"""Asks the model a question; gives its answer, JSON that keeps the schema. Raises `LastmileError`."""

_LOG = logging.getLogger(__name__)
_NUMBERS = {"type": "array", "items": {"type": "integer"}, "maxItems": 40}
_LEVELS = {"type": "string", "enum": [each.value for each in Level]}
_LONGEST = 12_000
"""Characters of a question's data."""


@frozen
class ModelJobs:
    """Asks a model, and falls back."""

    ask: Ask
    seconds: float = 2.0
    plain: Jobs = field(factory=PlainJobs)

    async def level(self, task: Described) -> Level:
        """Have the model name one of the levels."""
        question = (
            "How hard is this change to a Python file? easy: a tool or a small model does it. medium: it needs some "
            "thought. hard: it needs design, several places or subtle reasoning.\n\n"
            f"Task: {task.goal}\nPlaces: {task.spread}\n\n{task.code[:_LONGEST]}"
        )
        said = await self._said(question, _LEVELS, Level)
        return await self.plain.level(task) if said is None else said

    async def shorten(self, text: str, *, lines: int) -> str:
        """Have the model name the lines that tell most."""
        rows = "\n".join(f"{at}: {row}" for at, row in enumerate(row for row in text.split("\n") if row.strip()))
        question = (
            f"Name the numbers of the {lines} lines of this output that somebody needs most who repairs the code.\n\n"
            f"{rows[:_LONGEST]}"
        )
        said = await self._said(question, _NUMBERS, _numbers)
        return await self.plain.shorten(text, lines=lines) if said is None else narrowed(text, said, lines=lines)

    async def pick(
        self, need: Need, candidates: Sequence[Candidate], *, budget: int, count: Callable[[str], int]
    ) -> tuple[int, ...]:
        """Have the model order the snippets by what they are worth, and take them as far as the budget goes."""
        shown = "\n\n".join(f"{at}: {each.bond.value} {each.name}\n{each.text}" for at, each in enumerate(candidates))
        question = (
            "This code is to be changed. Name the numbers of the snippets that help with that, the most useful "
            f"first.\n\n{need.said}\n\n{need.target}\n\nSnippets:\n\n{shown[:_LONGEST]}"
        )
        said = await self._said(question, _NUMBERS, _numbers)
        if said is None:
            return await self.plain.pick(need, candidates, budget=budget, count=count)
        known = dict.fromkeys(at for at in said if 0 <= at < len(candidates))
        return filled(tuple(known), candidates, budget=budget, count=count)

    async def _said(self, question: str, schema: Mapping[str, Any], read: Callable[[Any], T]) -> T | None:
        try:
            async with asyncio.timeout(self.seconds):
                return read(json.loads(await self.ask(question, schema)))
        except (LastmileError, TimeoutError, ValueError, TypeError) as error:
            _LOG.info("The model did not do a small job: %r", error)
            return None


def _numbers(said: object) -> tuple[int, ...]:
    if not isinstance(said, list) or not all(isinstance(each, int) and not isinstance(each, bool) for each in said):
        raise TypeError("not a list of numbers")
    return tuple(said)
