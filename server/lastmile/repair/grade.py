"""How much the tests that passed a repair can be trusted with it: what they reach, and what they would notice.

It grades the oracle, not the repair. Where mutants come from is somebody else's business.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import evolve, frozen

from lastmile.repair.trials import Trial, Trials
from lastmile.repair.values import Case
from lastmile.testing.values import Bench, Result, Wanted
from lastmile.text.lines import split_lines
from lastmile.text.runs import changed_runs

Mutants = Callable[[str, frozenset[int]], Sequence[str]]
"""Gives texts with one small fault each, in one of the lines (from 1) of a text."""

MOST = 40
"""How many mutants are tried at most: the share is known well enough with so many."""


@frozen
class Grade:
    """What the tests see of the changed lines."""

    tests: int = 0
    """How many tests passed judgement."""

    reached: int = 0
    """How many of them ran a changed line."""

    mutants: int = 0
    """How many mutants of the changed lines were tried."""

    killed: int = 0
    """How many of those some test failed on."""

    @property
    def words(self) -> str:
        """The grade for the receipt: ``3 of 5 tests reach the change, 7 of 9 mutants of it killed``."""
        reach = f"{self.reached} of {self.tests} tests reach the change"
        return f"{reach}, {self.killed} of {self.mutants} mutants of it killed" if self.mutants else reach


async def grade(case: Case, text: str, bench: Bench, trials: Trials, *, mutants: Mutants, seconds: float) -> Grade:
    """Grade the tests of a case on a text that passes them, within so many seconds.

    Mutants that were not tried in time do not count. Raises `ToolError` where nothing can run.
    """
    lines = changed_lines(case.text, text)
    run = await bench.run(Wanted(case.tests, {case.path: text}, seconds=seconds / 2, trace=(case.path,)))
    results = tuple(run.results.values())
    counted = Grade(tests=len(results), reached=sum(_reaches(item, case, lines) for item in results))
    texts = tuple(mutants(text, lines))[:MOST]
    if not texts:
        return counted
    allowed = 1.0 + sum(item.seconds for item in results)
    trial = Trial(case.path, text, texts, case.tests, allowed, seconds / 2)
    killed = [not tried.passed async for tried in trials.try_all(trial)]
    return evolve(counted, mutants=len(killed), killed=sum(killed))


def changed_lines(old: str, new: str) -> frozenset[int]:
    """Give the lines of the new text, from 1, that are new or changed, and the neighbours of those gone."""
    before, after = split_lines(old), split_lines(new)
    found: set[int] = set()
    for item in changed_runs(before, after):
        found |= set(range(item.j + 1, item.y + 1)) or {max(1, item.j), min(len(after), item.j + 1)}
    return frozenset(found)


def _reaches(result: Result, case: Case, lines: frozenset[int]) -> bool:
    return any(
        not lines.isdisjoint(rows)
        for name, rows in result.lines.items()
        if case.path.as_posix() == name or case.path.as_posix().endswith(f"/{name}")
    )
