"""The search: tries proposals, likeliest first, and gathers those that pass every test.

It does not stop at the first that passes: thin tests let wrong ones pass too, so it goes on until
what is left is unlikely to matter or the time is up. It runs no text itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

from attrs import Factory, define, frozen

from lastmile.repair.proposals import parsed, proposals
from lastmile.repair.trials import Trial, Trials, Tried
from lastmile.repair.values import Candidate, Case, Evidence, Proposal
from lastmile.tools.offload import Offload

_FIRST_BATCH, _BATCH = 16, 48
"""How many texts are tried between two looks at the clock."""

_FASTEST = 0.05
"""Seconds of processor time that a text may take, or as much as the passing tests took together, traced."""

_OVERHEAD = 0.01
"""Seconds of processor time that pytest itself takes for a test, at most."""

_SECOND_CHANCE = 12.0
"""How much longer a text may take that was late."""

_RARE = 4
_RETRIED = 3
"""How many of those that were late are tried again after each batch: most of them never end."""


@frozen
class Budget:
    """How long the search may go on."""

    seconds: float = 10.0
    after_first: float = 3.0
    """Once one passes, so many times as many are tried as until then, within ``seconds``."""

    at_least: int = 150
    """How many are tried at least, within ``seconds``: the first that passes is often not the one meant."""

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
    """Whether every proposal was tried, each to an answer."""


_Made = tuple[Proposal, str]


@define
class _State:
    began: float
    until: float
    passed: list[Candidate] = Factory(list)
    late: list[_Made] = Factory(list)
    tried: int = 0
    cut: bool = False
    """Whether an answer is missing, because the time was up."""

    first: float = 0.0
    tried_first: int = 0
    seen: set[str] = Factory(set)


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
        soonest = case.soonest if case.soonest > _FASTEST * _SECOND_CHANCE else 0.0
        seconds = max(_FASTEST, evidence.together, soonest)
        done = await self._all(case, ranked, state, seconds)
        while done and state.late and not self._enough(state, now()):
            await self._again(case, state, seconds, most=_FIRST_BATCH)
        passed = sorted(state.passed, key=lambda item: (-item.weight, item.label))
        whole = done and not state.late and not state.cut
        return Gathered(tuple(passed), state.tried, now() - state.began, state.first, exhausted=whole)

    async def _all(self, case: Case, ranked: Sequence[Proposal], state: _State, seconds: float) -> bool:
        """Try all proposals, the next batch made ready meanwhile; tells whether there was time for all."""
        now = asyncio.get_running_loop().time
        starts = [0, *range(_FIRST_BATCH, len(ranked), _BATCH)]
        batches = [ranked[one:other] for one, other in zip(starts, [*starts[1:], None], strict=True)]
        coming = asyncio.ensure_future(self._distinct(case.text, batches[0], state))
        try:
            for following in [*batches[1:], ()]:
                batch = await coming
                coming = asyncio.ensure_future(self._distinct(case.text, following, state))
                await self._round(case, batch, state, seconds)
                # Where many never end, that one is late says nothing for it.
                if len(state.late) * _RARE < state.tried:
                    await self._again(case, state, seconds, most=_RETRIED)
                if self._enough(state, now()):
                    return not following
        finally:
            coming.cancel()
            await asyncio.wait({coming})
        return True

    def _enough(self, state: _State, now: float) -> bool:
        wanted = max(self.budget.at_least, self.budget.after_first * state.tried_first)
        done = bool(state.passed) and state.tried >= wanted
        return done or now >= state.until or len(state.passed) >= self.budget.most_passing

    async def _distinct(self, text: str, batch: Sequence[Proposal], state: _State) -> list[_Made]:
        """Leave out what does not parse and what means the same as another."""
        found = []
        for item, made in zip(batch, await self.offload.run(parsed, text, batch), strict=True):
            if made is not None and made[1] not in state.seen and made[0] != text:
                state.seen.add(made[1])
                found.append((item, made[0]))
        return found

    async def _again(self, case: Case, state: _State, seconds: float, *, most: int) -> None:
        """Give the likeliest of those that were late more time, and forget the ones that are late again."""
        late = sorted(state.late, key=lambda made: -made[0].score)
        state.late = []
        state.tried -= len(late[:most])
        await self._round(case, late[:most], state, seconds * _SECOND_CHANCE)
        state.late = late[most:]

    async def _round(self, case: Case, batch: Sequence[_Made], state: _State, seconds: float) -> None:
        """Try texts on the test that was asked about, and what passes it on all tests in their own order.

        Tests may lean on what those before them left behind, so their order is never changed.
        """
        now = asyncio.get_running_loop().time
        survivors = []
        async for item, tried in self._trial(case, batch, case.failing[:1], seconds, state, quick=True):
            state.tried += 1
            if tried.passed:
                survivors.append(item)
            elif tried.late:
                state.late.append(item)
        later = []
        whole = seconds + _OVERHEAD * len(case.tests)
        async for item, tried in self._trial(case, survivors, case.tests, whole, state):
            if tried.passed:
                self._passed(state, *item, now())
            elif tried.late:
                later.append(item)
        async for item, tried in self._trial(case, later, case.tests, whole * _SECOND_CHANCE, state):
            if tried.passed:
                self._passed(state, *item, now())

    async def _trial(
        self,
        case: Case,
        batch: Sequence[_Made],
        tests: tuple[str, ...],
        seconds: float,
        state: _State,
        *,
        quick: bool = False,
    ) -> AsyncGenerator[tuple[_Made, Tried], None]:
        left, missing = state.until - asyncio.get_running_loop().time(), len(batch)
        if batch and left > 0:
            texts = tuple(text for _item, text in batch)
            trial = Trial(case.path, case.text, texts, tests, seconds, left, quick=quick)
            async for tried in self.trials.try_all(trial):
                missing -= 1
                yield batch[tried.at], tried
        state.cut = state.cut or missing > 0

    def _passed(self, state: _State, item: Proposal, text: str, now: float) -> None:
        state.passed.append(Candidate(text, item.label, item.score, frozenset({item.line})))
        if not state.first:
            state.first, state.tried_first = now - state.began, state.tried
