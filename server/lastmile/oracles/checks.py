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
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.snapshot import Snapshot
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff
from lastmile.verify.delta import brought
from lastmile.verify.lint import judge_lint

_NAMES = ("F821", "F822", "F823", "F811")
"""Ruff's rules for names that nothing binds, or that are bound over."""

_MOST_FOLLOWED = 12
"""Findings that a fix brings, and those that their fixes bring, that a draft is compared with."""


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
    """Judges what a fix changes that its finding is not about; silent where that is nothing.

    A tool's own fix may bring findings of its own. A draft may mend those as well, and each is judged on the text
    that the fix before it leaves.
    """

    offload: Offload
    ruff: Ruff
    place: Place
    name: str = "rest"

    async def judge(self, task: Task, text: str) -> Ruling:
        """Compare the texts."""
        try:
            found = await self._changed(task.snapshot.text, text, self.place)
            return Ruling(() if found and await self._follows(task.snapshot, text) else found)
        except (ToolError, RecursionError) as error:
            return Ruling((Finding(self.name, f"The draft could not be judged: {error}"),))

    async def _follows(self, snapshot: Snapshot, text: str) -> bool:
        """Tell whether a draft is its tool's own fix with fixes of what that brings, and changes nothing else."""
        fixed, looked = [self.place.fixed(snapshot.text)], 0
        for direct in fixed:
            found = () if direct is None else await self._brought(snapshot, direct)
            for place in map(Place.of, found):
                if direct is None or looked == _MOST_FOLLOWED:
                    return False
                looked += 1
                if not await self._changed(direct, text, place):
                    return True
                fixed.append(place.fixed(direct))
        return False

    async def _brought(self, snapshot: Snapshot, text: str) -> tuple[Diagnostic, ...]:
        """List the findings that a text brings, as far as their tool can fix them."""
        before = await self.ruff.check(snapshot)
        after = await self.ruff.check(evolve(snapshot, text=text))
        found = await self.offload.run(brought, snapshot.text, before, text, after, self.place.code)
        return tuple(item for item in found if item.fix is not None)

    async def _changed(self, old: str, new: str, place: Place) -> tuple[Finding, ...]:
        return await self.offload.run(fixing.judge, old, new, place)
