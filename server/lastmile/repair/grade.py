"""How much the tests that passed a text can be trusted with it: what they reach, and what they would notice.

It grades the oracle, not the text. Everything that runs does so through the protocols `Bench` and `Trials`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from itertools import accumulate, takewhile
from pathlib import Path

from attrs import evolve, field, frozen

from lastmile.repair.changed import Changed
from lastmile.repair.trials import Trial, Trials
from lastmile.testing.values import Bench, Result, Run, Wanted

_SLOWER = 3.0
"""How much longer a test takes while its lines are followed, at a guess that errs to the long side."""

_ALLOWED = 1.0
"""Seconds of processor time that a mutant may take beside what the tests took."""


@frozen
class Grade:
    """What the tests see of the lines in question."""

    tests: int = 0
    """How many tests were followed; 0 where no line is in a function, so that every import runs them all."""

    reached: int = 0
    """How many of them ran one of the lines."""

    mutants: int = 0
    """How many mutants of the lines were tried."""

    killed: int = 0
    """How many of those some test failed on."""

    left: int = 0
    """How many tests passed and were not followed, for want of time."""

    @property
    def words(self) -> str:
        """The grade for the receipt: ``3 of 5 tests reach the change, 7 of 9 mutants of it killed``."""
        of = f"{self.tests}{' nearest' if self.left else ''} tests"
        reach = f"{self.reached} of {of} reach the change" if self.tests else ""
        killed = f"{self.killed} of {self.mutants} mutants of {'it' if reach else 'the change'} killed"
        return ", ".join(part for part in (reach, killed if self.mutants else "") if part)


@frozen
class Judged:
    """A text that passed, and the tests that it passed."""

    path: Path
    text: str = field(repr=False)
    run: Run
    """What the tests answered on it."""

    others: Mapping[Path, str] = field(factory=dict, repr=False)
    """Unsaved texts of other documents."""


async def grade(
    judged: Judged, what: Changed, bench: Bench, trials: Trials, *, seconds: float, first: bool = False
) -> Grade | None:
    """Grade the tests that a text passes on some of its lines, within about so many seconds.

    Mutants that were not tried in time do not count; with ``first``, one that is killed is enough.
    None where the tests could not be followed. Raises `ToolError` where nothing can run.
    """
    until = asyncio.get_running_loop().time() + seconds
    passed = [judged.run.results[name] for name in judged.run.results if name in judged.run.passed]
    near = _in_time(passed, seconds / 2)
    if not near:
        return None
    counted, tests = Grade(), [item.id for item in near]
    if what.lines:
        texts = {**judged.others, judged.path: judged.text}
        run = await bench.run(Wanted(tuple(tests), texts, seconds=seconds / 2, trace=(judged.path,)))
        if run.trouble or not run.passed:
            return None
        # One that does not run the lines when it is called can still notice them: by what it imports.
        tests = [item.id for item in run.results.values() if item.id in run.passed]
        reached = [name for name in tests if _reaches(run.results[name], judged.path, what.lines)]
        counted = Grade(len(tests), len(reached), left=len(passed) - len(near))
        if not reached:
            return counted
        tests = reached
    allowed = _ALLOWED + sum(item.seconds for item in near)
    trial = Trial(
        judged.path, judged.text, what.mutants, tuple(tests), allowed, until - asyncio.get_running_loop().time()
    )
    killed = await _killed(trial, trials, first=first)
    return evolve(counted, mutants=len(killed), killed=sum(killed))


async def _killed(trial: Trial, trials: Trials, *, first: bool) -> Sequence[bool]:
    """Try mutants until the time is up; gives of those that were tried whether a test failed on each."""
    found: list[bool] = []
    if not trial.texts or trial.wall <= 0:
        return found
    try:
        async with asyncio.timeout(trial.wall), aclosing(trials.try_all(trial)) as answers:
            async for tried in answers:
                found.append(not tried.passed)
                if first and found[-1]:
                    break
    except TimeoutError:
        pass
    return found


def _in_time(tests: Sequence[Result], seconds: float) -> Sequence[Result]:
    """Give the tests that can be followed in so many seconds, in their order, at least one."""
    sums = accumulate(item.seconds * _SLOWER for item in tests)
    return tests[: max(1, len(list(takewhile(lambda total: total <= seconds, sums))))]


def _reaches(result: Result, path: Path, lines: frozenset[int]) -> bool:
    return any(
        not lines.isdisjoint(rows)
        for name, rows in result.lines.items()
        if path.as_posix() == name or path.as_posix().endswith(f"/{name}")
    )
