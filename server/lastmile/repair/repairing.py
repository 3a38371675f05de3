"""From a failing test to the draft that is offered, or the question that is asked.

The front of this room: the rules tier calls it. What it drafts is judged like any draft.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from attrs import evolve, frozen

from lastmile.cascade.values import Draft, Replace
from lastmile.errors import TierError
from lastmile.repair.groups import Choice, Group, choose
from lastmile.repair.localise import evidence
from lastmile.repair.search import Budget, Gathered, Search
from lastmile.repair.trials import Probe, Trials
from lastmile.repair.values import Candidate, Case, Observed
from lastmile.testing.values import Bench, Wanted
from lastmile.text.edits import difference
from lastmile.tools.offload import Offload

_TRACED = 3
"""How many failing tests are traced: they tell nearly all, and each may take its whole deadline."""

_EACH = 0.3
"""The processor time of a traced test: one that never ends shows its lines in that, and others are to show theirs."""

_LOOKING = 0.25
"""The share of the time that is kept for comparing what passes."""


@frozen
class Repaired:
    """What the search and the comparison came to."""

    choice: Choice
    gathered: Gathered
    seconds: float = 0.0


@frozen
class Repairer:
    """Repairs what a failing test shows."""

    bench: Bench
    trials: Trials
    offload: Offload
    seconds: float = 10.0
    """The time for everything: the traced run, the search, the comparison."""

    async def repair(self, case: Case) -> Repaired:
        """Search, compare and choose. Raises `ToolError` where nothing can run."""
        async with self.trials.warm(case.path, case.text, case.tests) as trials:
            return await evolve(self, trials=trials).warmly(case)

    async def warmly(self, case: Case) -> Repaired:
        """Do it with trials that are warm as long as that takes."""
        now = asyncio.get_running_loop().time
        began = now()
        traced = tuple(name for name in case.tests if name not in case.failing[_TRACED:])
        texts = {**case.others, case.path: case.text}
        wanted = Wanted(traced, texts, seconds=self.seconds / 4, trace=(case.path,), each=_EACH)
        run = await self.bench.run(wanted)
        times = {name: result.seconds for name, result in run.results.items()}
        case = evolve(case, failing=tuple(sorted(case.failing, key=lambda name: times.get(name, self.seconds))))
        left = self.seconds - (now() - began)
        search = Search(self.trials, self.offload, Budget(max(0.5, left * (1 - _LOOKING))))
        gathered = await search.gather(case, evidence(case, run))
        observed = await self.compare(case, gathered.passed, self.seconds - (now() - began))
        return Repaired(choose(gathered.passed, observed), gathered, now() - began)

    async def compare(self, case: Case, candidates: tuple[Candidate, ...], seconds: float) -> Observed:
        """Run candidates of any origin on the same calls, within so many seconds."""
        if not candidates:
            return Observed(trouble="there is nothing to compare")
        texts = tuple(item.text for item in candidates)
        return await self.trials.observe(
            Probe(case.path, case.text, texts, case.tests, case.passing, max(1.0, seconds))
        )

    async def among(self, case: Case, candidates: tuple[Candidate, ...], seconds: float) -> Choice:
        """Choose among texts of any origin that pass the tests, a model's drafts for one."""
        return choose(candidates, await self.compare(case, candidates, seconds))

    async def drafts(self, case: Case) -> AsyncGenerator[Draft, None]:
        """Draft what was chosen, if anything was.

        Raises `TierError` with the question where those that pass disagree and nothing speaks
        clearly for one of them.
        """
        repaired = await self.repair(case)
        choice = repaired.choice
        if choice.chosen is not None:
            edits = tuple(Replace(item) for item in difference(case.text, choice.chosen.text))
            yield Draft(edits, label=label(choice), note=choice.receipt)
        elif choice.question:
            message = f"The tests leave it open: {choice.question} ({choice.receipt})"
            raise TierError(message)


def label(choice: Choice) -> str:
    """Say what a chosen repair does and how many agree: ``turns `<` into `<=`; 3 of 5 repairs agree``."""
    chosen: Group = choice.groups[0]
    did = choice.chosen.label if choice.chosen is not None else ""
    if choice.passed == 1:
        return f"{did}; the only repair found that passes"
    return f"{did}; {len(chosen.members)} of {choice.passed} repairs that pass agree"
