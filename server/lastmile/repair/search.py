"""The search: tries proposals, likeliest first, and gathers those that pass every test.

It does not stop at the first that passes: thin tests let wrong ones pass too, so it goes on until
what is left is unlikely to matter or the time is up. It runs no text itself.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

from attrs import Factory, define, field, frozen

from lastmile.repair.proposals import parsed, proposals
from lastmile.repair.trials import Trial, Trials
from lastmile.repair.values import Candidate, Case, Evidence, Proposal
from lastmile.tools.offload import Offload

_BATCH = 24
"""How many texts are tried between two looks at the clock."""

_FASTEST, _SLACK = 0.25, 5.0
"""A test may take so many seconds of processor time, or so many times the slowest passing test's."""

_SECOND_CHANCE = 6.0
"""How much longer a text may take that was late, once everything else was tried."""


@frozen
class Budget:
    """How long the search may go on."""

    seconds: float = 10.0
    after_first: float = 3.0
    """Once one passes, the search goes on for so many times what it took so far, within ``seconds``."""

    at_least: float = 2.0
    """Seconds that it goes on at least, once one passes."""

    most_passing: int = 40
    """With so many that pass, more would tell nothing new."""


@frozen
class Gathered:
    """What the search found."""

    passed: tuple[Candidate, ...] = ()
    """Likeliest first."""

    tried: int = 0
    seconds: float = 0.0
    first: float = 0.0
    """Seconds until the first passed; zero where none did."""

    exhausted: bool = False
    """Whether every proposal was tried."""


@define
class _State:
    began: float
    until: float
    passed: list[Candidate] = Factory(list)
    late: list[tuple[Proposal, str]] = Factory(list)
    tried: int = 0
    first: float = 0.0
    seen: set[str] = Factory(set)
    stopped_by: Counter[str] = field(factory=Counter)


@frozen
class Search:
    """Looks for texts that pass."""

    trials: Trials
    offload: Offload
    budget: Budget = Budget()

    async def gather(self, case: Case, evidence: Evidence) -> Gathered:
        """Try what may repair the case until the budget is spent. Raises `ToolError` where nothing runs."""
        now = asyncio.get_running_loop().time
        state = _State(now(), now() + self.budget.seconds)
        ranked = await self.offload.run(proposals, case.text, evidence, case.target)
        seconds = max(_FASTEST, _SLACK * evidence.slowest)
        done = True
        for start in range(0, len(ranked), _BATCH):
            done = not self._enough(state, now())
            if not done:
                break
            batch = await self._distinct(case.text, ranked[start : start + _BATCH], state)
            await self._round(case, batch, state, seconds)
        for start in range(0, len(state.late), _BATCH):
            if self._enough(state, now()):
                break
            await self._round(case, state.late[start : start + _BATCH], state, seconds * _SECOND_CHANCE, again=True)
        passed = sorted(state.passed, key=lambda item: -item.weight)
        return Gathered(tuple(passed), state.tried, now() - state.began, state.first, exhausted=done)

    def _enough(self, state: _State, now: float) -> bool:
        return now >= state.until or len(state.passed) >= self.budget.most_passing

    async def _distinct(self, text: str, batch: Sequence[Proposal], state: _State) -> list[tuple[Proposal, str]]:
        """Leave out what does not parse and what means the same as another."""
        found = []
        for item, made in zip(batch, await self.offload.run(parsed, text, batch), strict=True):
            if made is not None and made[1] not in state.seen and made[0] != text:
                state.seen.add(made[1])
                found.append((item, made[0]))
        return found

    async def _round(
        self,
        case: Case,
        batch: Sequence[tuple[Proposal, str]],
        state: _State,
        seconds: float,
        *,
        again: bool = False,
    ) -> None:
        now = asyncio.get_running_loop().time
        left = max(0.1, state.until - now())
        trial = Trial(case.path, tuple(text for _item, text in batch), _order(case, state.stopped_by), seconds, left)
        async for tried in self.trials.try_all(trial):
            item, text = batch[tried.at]
            state.tried += not again
            state.stopped_by[tried.stopped_by] += 1
            if tried.passed:
                self._passed(state, item, text, now())
            elif tried.late and not again:
                state.late.append((item, text))

    def _passed(self, state: _State, item: Proposal, text: str, now: float) -> None:
        state.passed.append(Candidate(text, item.label, item.score, frozenset({item.line})))
        if not state.first:
            state.first = now - state.began
            longer = max(self.budget.at_least, self.budget.after_first * state.first)
            state.until = min(state.until, now + longer)


def _order(case: Case, stopped_by: Counter[str]) -> tuple[str, ...]:
    """Run first what was asked about, then what stopped most others."""
    first, *others = case.failing
    rest = [*others, *case.passing]
    return (first, *sorted(rest, key=lambda name: -stopped_by[name]))
