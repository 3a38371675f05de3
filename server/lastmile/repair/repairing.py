"""From a failing test to the draft that is offered, or the question that is asked.

The front of this room: the rules tier calls it. What it drafts is judged like any draft.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from attrs import evolve, frozen

from lastmile.cascade.draft import Draft, Replace
from lastmile.errors import TierError
from lastmile.repair.doubts import doubts
from lastmile.repair.groups import Bar, Choice, Group, choose, thin
from lastmile.repair.localise import evidence
from lastmile.repair.search import Budget, Gathered, Search
from lastmile.repair.trials import Probe, Trials
from lastmile.repair.values import Candidate, Case, Evidence, Observed
from lastmile.testing.values import Bench, Wanted
from lastmile.text.edits import difference
from lastmile.tools.offload import Offload

_TRACED = 3
"""How many failing tests are traced: they tell nearly all, and each may take its whole deadline."""

_EACH = 0.3
"""The processor time of a traced test: one that never ends shows its lines in that, and others are to show theirs."""

_FEW = 3
"""With fewer tests that reach the changed line, what they leave open is much: ours."""

_ALIKE = 3
"""How many texts of one answer are offered, one after another, as the judge refuses them."""

_NEVER = 2.0
"""A share that nothing has."""

_LOOKING = 0.25
"""The share of the time that is kept for comparing what passes."""


@frozen
class Repaired:
    """What the search and the comparison came to."""

    choice: Choice
    gathered: Gathered
    seconds: float = 0.0
    others: tuple[Candidate, ...] = ()
    """What does the same as what was chosen, likeliest first: another text, where the judge refuses the first."""

    next: Choice | None = None
    """What is chosen, or asked, once all of these are refused; None where nothing else passed."""


@frozen
class Repairer:
    """Repairs what a failing test shows."""

    bench: Bench
    trials: Trials
    offload: Offload
    seconds: float = 10.0
    """The time for everything: the traced run, the search, the comparison."""

    def too_slow(self, case: Case) -> str:
        """Say that the tests take too long for a search; empty where one repair at least can be tried in its time.

        One is tried on the failing test that fails first, and then on all of them.
        """
        whole = case.soonest + sum(case.takes.get(name, 0.0) for name in case.passing)
        if case.soonest + whole < self.seconds * (1 - _LOOKING):
            return ""
        return f"Its tests take {whole:.0f} s: too slow to try small changes of the function."

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
        seen = evidence(case, run)
        gathered = await search.gather(case, seen)
        observed = await self.compare(case, gathered.passed, self.seconds - (now() - began))
        found = await self.offload.run(doubts, case.text, [item.text for item in gathered.passed])
        passed = tuple(evolve(item, doubt=doubt) for item, doubt in zip(gathered.passed, found, strict=True))
        bar = thin(Bar()) if _reaching(seen, passed, case) < _FEW else Bar()
        return evolve(offered(passed, observed, bar), gathered=gathered, seconds=now() - began)

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


def drafts(case: Case, repaired: Repaired) -> Iterator[Draft]:
    """Draft what was chosen, if anything was; if that is refused, what does the same, and then what is left.

    Raises `TierError` with the question where those that pass disagree and nothing speaks clearly for one of them.
    """
    same = [repaired.choice, *(evolve(repaired.choice, chosen=item) for item in repaired.others)]
    for choice in (*same, *([repaired.next] if repaired.next is not None else ())):
        if choice.chosen is not None:
            edits = tuple(Replace(item) for item in difference(case.text, choice.chosen.text))
            yield Draft(edits, label=label(choice), note=choice.receipt)
        elif choice.question:
            message = f"The tests leave it open: {choice.question} ({choice.receipt})"
            raise TierError(message)


def nothing(gathered: Gathered) -> str:
    """Say that no small change passes, and whether all were tried."""
    if gathered.exhausted:
        return "No small change of the function makes its tests pass."
    if not gathered.tried:
        return "There was no time to try a small change of the function."
    more = f"None of the first {gathered.tried} small changes makes its tests pass"
    first = "The first small change does not make its tests pass" if gathered.tried == 1 else more
    return f"{first}, and there was no time to try them all."


def offered(passed: tuple[Candidate, ...], observed: Observed, bar: Bar) -> Repaired:
    """Choose, and choose again among what does something else."""
    choice = choose(passed, observed, bar=bar)
    if choice.chosen is None:
        return Repaired(choice, Gathered())
    same = choice.groups[0].members
    rest = tuple(sorted(at for group in choice.groups[1:] for at in group.members))
    others = tuple(passed[at] for at in same[1:_ALIKE])
    return Repaired(choice, Gathered(), others=others, next=_left(choice, rest, passed, observed, bar))


def _left(
    choice: Choice, rest: tuple[int, ...], passed: tuple[Candidate, ...], observed: Observed, bar: Bar
) -> Choice | None:
    """Choose among the rest, for when the answer that leads is refused; where few tests speak, ask at once."""
    if not rest:
        return None
    if bar.thin:
        return choose(passed, observed, bar=evolve(bar, majority=_NEVER))
    left = choose(tuple(passed[at] for at in rest), _only(observed, rest), bar=bar)
    return evolve(left, groups=(*left.groups, choice.groups[0]), passed=choice.passed)


def _only(observed: Observed, at: tuple[int, ...]) -> Observed:
    """Give what was observed of some of the texts."""
    if not observed.behaviour:
        return observed
    return evolve(
        observed,
        behaviour=tuple(observed.behaviour[item] for item in at),
        examples=tuple(observed.examples[item] for item in at),
        facts=tuple(observed.facts[item] for item in at),
    )


def _reaching(seen: Evidence, passed: tuple[Candidate, ...], case: Case) -> int:
    """Count the tests that run a line that the likeliest candidate changes; all of them where no lines are known."""
    known = [lines for lines in (*seen.failing, *seen.passing) if lines]
    if not known or not passed:
        return len(case.tests)
    return sum(not lines.isdisjoint(passed[0].lines) for lines in known)


def label(choice: Choice) -> str:
    """Say what a chosen repair does and how many agree: ``turns `<` into `<=`; 3 of 5 repairs agree``."""
    chosen: Group = choice.groups[0]
    did = choice.chosen.label if choice.chosen is not None else ""
    if choice.passed == 1:
        return f"{did}; the only repair found that passes"
    return f"{did}; {len(chosen.members)} of {choice.passed} repairs that pass agree"
