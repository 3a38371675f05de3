"""The check of tests that a draft adds: they pass on the code as it is, reach it, and notice its mutants.

Tests that pass prove little: an empty one does. So each small fault put into the target has to make
one of them fail, for a share of the faults at least. A fault that stops the code with an error says nothing of
the tests: one that checks nothing fails there too. What the tests say of the code is for a person.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import field, frozen

from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Finding, Ruling
from lastmile.errors import ToolError
from lastmile.oracles.new_tests.reading import read
from lastmile.testing.mutation.values import Mutant
from lastmile.testing.naming import is_test_file
from lastmile.testing.values import Bench, Result, Run, Wanted
from lastmile.text.snapshot import Snapshot
from lastmile.tools.offload import Offload
from lastmile.verify.tests_delta import lost, reason

CHECK = "tests"
SHARE = 0.6
"""The share of mutants that has to be noticed. What stays is often equivalent to the code."""

_COUNTED, _FEW = 4, 3
"""At least one in so many mutants has to count for or against the tests, and so many, or half of what there are."""

_AT_ONCE = 2
_SHUFFLED = 1
_NOTICED, _STOPPED, _SILENT, _ALIVE = "noticed", "stopped", "silent", "alive"
_FOLDERS = frozenset({"test", "tests", "testing"})
_FRAME = re.compile(r"^(\S.*):\d+: in ", re.MULTILINE)
_SHOWN = 8
_EVIDENCE_LINES = 40


@frozen
class NewTestsCheck:
    """Judges the tests that a draft adds to a test file."""

    bench: Bench
    offload: Offload
    module: Snapshot
    """The code under test."""

    lines: frozenset[int]
    """The lines of the target's body, from 1."""

    mutants: tuple[Mutant, ...]
    later: str = field(default="", repr=False)
    """The code under test with its clock a year on; empty where it reads none."""

    others: Mapping[Path, str] = field(factory=dict, repr=False)
    seconds: float = 10.0
    name: str = CHECK

    async def judge(self, task: Task, text: str) -> Sequence[Finding]:
        """Read what is new, run it as it is and in another order, then on the mutants."""
        try:
            seen = await self.offload.run(read, task.snapshot.text, text)
        except ToolError as error:
            return (Finding(CHECK, f"The new tests could not be read: {error}"),)
        if seen.faults:
            return tuple(Finding(CHECK, why) for why in seen.faults)
        path = task.snapshot.path
        if path is None or self.module.path is None:
            return (Finding(CHECK, "The file has no place yet, so its tests cannot run: save it first."),)
        place = path.relative_to(self.bench.root).as_posix() if path.is_relative_to(self.bench.root) else path.name
        parts = (seen.names, seen.known, seen.dated)
        names, known, dated = (tuple(f"{place}::{name}" for name in part) for part in parts)
        return await _Trial(self, names, known, dated, path, text).run(task.snapshot.text)

    def texts(self, module: str, path: Path, text: str) -> dict[Path, str]:
        """Lay the tests and the code under test over the files."""
        assert self.module.path is not None  # noqa: S101 - judge looked
        return {**self.others, self.module.path: module, path: text}


@frozen
class _Trial:
    """The new tests of one draft."""

    check: NewTestsCheck
    tests: tuple[str, ...]
    known: tuple[str, ...]
    """The tests that were there."""

    dated: tuple[str, ...]
    """Those of the new tests that do not stop the clock below Python."""

    path: Path
    text: str

    async def run(self, old: str) -> Sequence[Finding]:
        once = await self._on(self._as_it_is, trace=True)
        if told := tuple(_failing(once)):
            return told
        if not self._reached(once):
            return (Finding(CHECK, "No new test runs the code that it is for."),)
        return await self._hanging(old) or await self._mutated(once)

    async def _hanging(self, old: str) -> tuple[Finding, ...]:
        """Tell whether the tests hang on each other, on the day, or others on them."""
        return await self._dependent() or await self._dated() or await self._harmful(old)

    @property
    def _as_it_is(self) -> Mapping[Path, str]:
        return self.check.texts(self.check.module.text, self.path, self.text)

    async def _dependent(self) -> tuple[Finding, ...]:
        """Run the tests shuffled, and so that each pair has changed its order."""
        for tests, shuffle in ((self.tests, _SHUFFLED), (self.tests[::-1], None)):
            if told := tuple(_failing(await self._on(self._as_it_is, tests=tests, shuffle=shuffle))):
                return (Finding(CHECK, "The tests pass once and not again, in another order."), *told)
        return ()

    async def _dated(self) -> tuple[Finding, ...]:
        """Run the tests on the code as it will be in a year, but those that stop the clock below Python."""
        if not self.check.later or not self.dated:
            return ()
        told = _failing(await self._on(self.check.texts(self.check.later, self.path, self.text), tests=self.dated))
        return (Finding(CHECK, "The tests pass today and not in a year: give the code its day."), *told) if told else ()

    async def _harmful(self, old: str) -> tuple[Finding, ...]:
        """Run the tests that were there behind the new ones."""
        if not self.known:
            return ()
        texts = self.check.texts(self.check.module.text, self.path, old)
        before = await self._on(texts, tests=self.known)
        after = await self._on(self._as_it_is, tests=(*self.tests, *self.known))
        names = lost(before, after).names
        return tuple(Finding(CHECK, f"{name}, which was there, does not pass behind the new tests.") for name in names)

    def _reached(self, run: Run) -> bool:
        name = str(self.check.module.path)
        return any(result.lines.get(name, frozenset()) & self.check.lines for result in run.results.values())

    async def _mutated(self, once: Run) -> Ruling:
        gate = asyncio.Semaphore(_AT_ONCE)
        seconds = min(self.check.seconds, max(1.0, 4 * once.seconds))

        async def tried(mutant: Mutant) -> str:
            async with gate:
                texts = self.check.texts(mutant.text, self.path, self.text)
                return self._seen(await self._on(texts, seconds=seconds, first_failure=True))

        said = await asyncio.gather(*map(tried, self.check.mutants))
        alive = [mutant for mutant, seen in zip(self.check.mutants, said, strict=True) if seen == _ALIVE]
        noticed, counted = said.count(_NOTICED), said.count(_NOTICED) + said.count(_ALIVE)
        summary = f"{len(once.results)} new tests, {noticed} of {counted} mutants noticed"
        if counted < _enough(len(said)) or 2 * said.count(_SILENT) > len(said):
            why = f"Of {len(said)} small faults in the code too few could be judged; {counted} were."
            return Ruling((Finding(CHECK, why),), summary)
        if noticed >= SHARE * counted:
            return Ruling((), summary)
        told = "\n".join(f"line {mutant.line}: {mutant.label}" for mutant in alive[:_EVIDENCE_LINES])
        why = f"The tests notice {noticed} of {counted} small faults put into the code; {SHARE:.0%} are needed."
        return Ruling((Finding(CHECK, why, evidence=told),), summary)

    def _seen(self, run: Run) -> str:
        """Say whether the tests saw a fault, or the code stopped: then the innermost frame is none of theirs."""
        if not run.broken:
            return _SILENT if run.trouble else _ALIVE
        frames = _FRAME.findall(run.broken[0].message)
        return _NOTICED if not frames or _is_of_tests(Path(frames[-1])) else _STOPPED

    async def _on(
        self,
        texts: Mapping[Path, str],
        *,
        tests: tuple[str, ...] = (),
        seconds: float | None = None,
        trace: bool = False,
        first_failure: bool = False,
        shuffle: int | None = None,
    ) -> Run:
        wanted = Wanted(
            tests or self.tests,
            texts,
            seconds=seconds or self.check.seconds,
            trace=(self.check.module.path,) if trace and self.check.module.path else (),
            first_failure=first_failure,
            shuffle=shuffle,
        )
        return await self.check.bench.run(wanted)


def _enough(made: int) -> int:
    """Give how many of so many mutants have to count, at least one: those that stop the code tell nothing."""
    return max(1, min(_FEW, (made + 1) // 2), made // _COUNTED)


def _failing(run: Run) -> list[Finding]:
    """Say which tests do not pass on the code as it is."""
    told = [Finding(CHECK, _why(result), evidence=result.message) for result in run.broken[:_SHOWN]]
    if not told and (run.trouble or not run.passed):
        told = [Finding(CHECK, f"The new tests could not be run: {run.trouble or 'none of them answered'}")]
    return told


def _why(result: Result) -> str:
    said = reason(result)
    return f"{result.id} fails on the code as it is{f': {said}' if said else '.'}"


def _is_of_tests(path: Path) -> bool:
    """Tell a file of tests, or a helper beside them, from the code under test."""
    return is_test_file(path.name) or not _FOLDERS.isdisjoint(path.parts[:-1])
