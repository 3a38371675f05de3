"""Makes many repairs of a text at once, and parts those that do not get on with each other from those that do.

All that can be made together is tried together; where ruff then finds something new, each rule's by themselves, with
what ruff fixes safely in what they brought, then either half of them, and so on. So a repair that spoils the others
costs a few runs of ruff and not the others, and a rule whose repairs keep failing is left to who looks at each.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

from attrs import define, evolve, field, frozen

from lastmile.text.diagnostic import Diagnostic
from lastmile.text.snapshot import Snapshot
from lastmile.tiers.rules.gathering import Repair, gathered, repaired, spoils
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff

_MOST_ROUNDS = 12
_MOST_FAILURES = 6
"""Repairs of one rule that may fail in a round before the others of that rule are left alone in it."""

_GATHERING = 4.0
"""Seconds of the worker process for one round: it has a deadline of its own."""


@frozen
class Batches:
    """Clears what can be cleared at once, until a point in time of the running loop."""

    wanted: Ruff
    """Says what is to be cleared."""

    ruff: Ruff
    """Says what a repair may not bring."""

    offload: Offload
    end: float

    async def cleared(self, page: Snapshot) -> Snapshot:
        """Give the text without what repairs clear, going on from what was kept as long as that clears more."""
        failed: set[tuple[str, str, str]] = set()
        for _ in range(_MOST_ROUNDS):
            fresh = [item for item in await self.wanted.check(page) if key_of(item, page) not in failed]
            repairs = await self.offload.run(gathered, page.text, fresh, max(0.0, min(_GATHERING, self._left)))
            # What is about docstrings may change them, and nothing else may.
            plain = [repair for repair in repairs if not repair.about_docstrings] or [*repairs]
            round_ = Round(self.ruff, self.offload, page, await self.ruff.check(page), self.end)
            await round_.run(plain)
            failed |= {key_of(repair.problem, page) for repair in round_.failed}
            if round_.text == page.text or self._left <= 0:
                return evolve(page, text=round_.text)
            page = evolve(page, text=round_.text)
        return page

    @property
    def _left(self) -> float:
        return self.end - asyncio.get_running_loop().time()


@define
class Round:
    """One attempt at many repairs of one text."""

    ruff: Ruff
    offload: Offload
    page: Snapshot
    before: Sequence[Diagnostic]
    """What ruff finds in it."""

    end: float
    failed: list[Repair] = field(factory=list, init=False)
    text: str = field(init=False)
    """The text with what was kept."""

    _kept: list[Repair] = field(factory=list, init=False)
    _left: int = field(init=False)
    """How much ruff finds in the text with what was kept."""

    _failures: Counter[str] = field(factory=Counter, init=False)

    def __attrs_post_init__(self) -> None:
        """Begin with the text as it is."""
        self.text, self._left = self.page.text, len(self.before)

    async def run(self, repairs: Sequence[Repair]) -> None:
        """Keep those that leave ruff with less to find, and with nothing new, all together."""
        now = asyncio.get_running_loop().time
        waiting, later = [repairs] if repairs else [], list[Sequence[Repair]]()
        while (waiting or later) and now() < self.end:
            if not waiting:
                part = later.pop()
                if await self._takes(await self.ruff.fixed(evolve(self.page, text=self._with(part))), part):
                    return  # The places of what waits are not those of this text any more.
                waiting += self._halves(part)
                continue
            part = waiting.pop()
            rules = _by_rule(part)
            if len(rules) == 1 and self._failures[part[0].problem.code] >= _MOST_FAILURES:
                continue
            if await self._takes(self._with(part), part):
                self._kept += part
            elif len(rules) > 1:
                waiting += reversed(rules)
            else:
                later.append(part)

    def _with(self, part: Sequence[Repair]) -> str:
        return repaired(self.page.text, [*self._kept, *part])

    def _halves(self, part: Sequence[Repair]) -> tuple[Sequence[Repair], ...]:
        """Part what failed; the first half comes last, so that it is taken up first."""
        if len(part) == 1:
            self.failed += part
            self._failures[part[0].problem.code] += 1
            return ()
        half = len(part) // 2
        return part[half:], part[:half]

    async def _takes(self, text: str, part: Sequence[Repair]) -> bool:
        after = await self.ruff.check(evolve(self.page, text=text))
        docstrings = not any(repair.about_docstrings for repair in part)
        if len(after) >= self._left or await self.offload.run(
            spoils, self.page.text, self.before, text, after, docstrings=docstrings
        ):
            return False
        self.text, self._left = text, len(after)
        return True


def _by_rule(repairs: Sequence[Repair]) -> list[list[Repair]]:
    found: dict[str, list[Repair]] = {}
    for repair in repairs:
        found.setdefault(repair.problem.code, []).append(repair)
    return [*found.values()]


def key_of(problem: Diagnostic, page: Snapshot) -> tuple[str, str, str]:
    """Name a finding so that it is known again after lines above it have gone."""
    return problem.code, problem.message, page.lines.line_text(page.lines.line_at(problem.span.start))
