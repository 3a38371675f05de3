"""The checks of the loop that stand on this room: two that judge two texts, and one that asks ruff for names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import evolve, frozen

from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Finding, Ruling
from lastmile.errors import ToolError
from lastmile.oracles import fixing
from lastmile.oracles.fixing import Place
from lastmile.oracles.reading import CHECK
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff
from lastmile.verify.lint import judge_lint

_NAMES = ("F821", "F822", "F823", "F811")
"""Ruff's rules for names that nothing binds, or that are bound over."""


@frozen
class TextCheck:
    """Judges the document's texts before and after by a pure function, in the worker process."""

    offload: Offload
    judge_texts: Callable[..., tuple[Finding, ...]]
    """A module-level function of the old text, the new one, and the arguments."""

    arguments: tuple[Any, ...] = ()
    name: str = CHECK

    async def judge(self, task: Task, text: str) -> tuple[Finding, ...]:
        """Compare the texts."""
        try:
            return await self.offload.run(self.judge_texts, task.snapshot.text, text, *self.arguments)
        except (ToolError, RecursionError) as error:
            return (Finding(self.name, f"The draft could not be judged: {error}"),)


@frozen
class NamesCheck:
    """Judges that every name is bound, whichever rules the project selects."""

    ruff: Ruff
    """Ruff with the rules for names alone."""

    offload: Offload
    name: str = "names"

    @classmethod
    def of(cls, ruff: Ruff, offload: Offload) -> NamesCheck:
        """Make it of the project's ruff."""
        return cls(Ruff(evolve(ruff.options, select=_NAMES, extend=())), offload)

    async def judge(self, task: Task, text: str) -> tuple[Finding, ...]:
        """Look for names that nothing binds, and did not miss before."""
        try:
            before = await self.ruff.check(task.snapshot)
            after = await self.ruff.check(evolve(task.snapshot, text=text))
            found = await self.offload.run(judge_lint, task.snapshot.text, before, text, after, ())
        except ToolError as error:
            return (Finding(self.name, f"Ruff could not look the names up: {error}"),)
        return tuple(evolve(item, check=self.name) for item in found)


@frozen
class RestCheck:
    """Judges what a fix changes that its finding is not about; silent where that is nothing."""

    offload: Offload
    place: Place
    name: str = "rest"

    async def judge(self, task: Task, text: str) -> Ruling:
        """Compare the texts."""
        try:
            return Ruling(await self.offload.run(fixing.judge, task.snapshot.text, text, self.place))
        except (ToolError, RecursionError) as error:
            return Ruling((Finding(self.name, f"The draft could not be judged: {error}"),))
