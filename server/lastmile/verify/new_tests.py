"""The check of tests that a draft adds: they pass on the code as it is, reach it, and notice its mutants.

Tests that pass prove little: an empty one does. So each small fault put into the target has to make
one of them fail, for a share of the faults at least. What the tests say of the code is for a person.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import field, frozen

from lastmile.cascade.values import Finding, Ruling, Task
from lastmile.errors import ToolError
from lastmile.testing.mutation.values import Mutant
from lastmile.testing.values import Bench, Result, Run, Wanted
from lastmile.text.snapshot import Snapshot
from lastmile.tools.offload import Offload
from lastmile.verify.new_tests_reading import read
from lastmile.verify.tests_delta import reason

CHECK = "tests"
SHARE = 0.6
"""The share of mutants that has to be noticed. What stays is often equivalent to the code."""

_AT_ONCE = 2
_SHUFFLED = 1
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
        trial = _Trial(self, tuple(f"{place}::{name}" for name in seen.names), path, text)
        return await trial.run()

    def texts(self, module: str, path: Path, text: str) -> dict[Path, str]:
        """Lay the tests and the code under test over the files."""
        assert self.module.path is not None  # noqa: S101 - judge looked
        return {**self.others, self.module.path: module, path: text}


@frozen
class _Trial:
    """The new tests of one draft."""

    check: NewTestsCheck
    tests: tuple[str, ...]
    path: Path
    text: str

    async def run(self) -> Sequence[Finding]:
        once = await self._on(self.check.module.text, trace=True)
        if told := tuple(_failing(once)):
            return told
        again = await self._on(self.check.module.text, shuffle=_SHUFFLED)
        if told := tuple(_failing(again)):
            return (Finding(CHECK, "The tests pass once and not again, in another order."), *told)
        if not self._reached(once):
            return (Finding(CHECK, "No new test runs the code that it is for."),)
        return await self._mutated(once)

    def _reached(self, run: Run) -> bool:
        name = str(self.check.module.path)
        return any(result.lines.get(name, frozenset()) & self.check.lines for result in run.results.values())

    async def _mutated(self, once: Run) -> Ruling:
        gate = asyncio.Semaphore(_AT_ONCE)
        seconds = min(self.check.seconds, max(1.0, 4 * once.seconds))

        async def noticed(mutant: Mutant) -> bool:
            async with gate:
                run = await self._on(mutant.text, seconds=seconds, first_failure=True)
            return bool(run.broken or run.trouble)

        killed = await asyncio.gather(*map(noticed, self.check.mutants))
        alive = [mutant for mutant, dead in zip(self.check.mutants, killed, strict=True) if not dead]
        summary = f"{len(once.results)} new tests, {sum(killed)} of {len(killed)} mutants noticed"
        if not killed or sum(killed) >= SHARE * len(killed):
            return Ruling((), summary)
        told = "\n".join(f"line {mutant.line}: {mutant.label}" for mutant in alive[:_EVIDENCE_LINES])
        why = f"The tests notice {sum(killed)} of {len(killed)} small faults put into the code; {SHARE:.0%} are needed."
        return Ruling((Finding(CHECK, why, evidence=told),), summary)

    async def _on(
        self,
        module: str,
        *,
        seconds: float | None = None,
        trace: bool = False,
        first_failure: bool = False,
        shuffle: int | None = None,
    ) -> Run:
        wanted = Wanted(
            self.tests,
            self.check.texts(module, self.path, self.text),
            seconds=seconds or self.check.seconds,
            trace=(self.check.module.path,) if trace and self.check.module.path else (),
            first_failure=first_failure,
            shuffle=shuffle,
        )
        return await self.check.bench.run(wanted)


def _failing(run: Run) -> list[Finding]:
    """Say which tests do not pass on the code as it is."""
    told = [Finding(CHECK, _why(result), evidence=result.message) for result in run.broken[:_SHOWN]]
    if not told and (run.trouble or not run.passed):
        told = [Finding(CHECK, f"The new tests could not be run: {run.trouble or 'none of them answered'}")]
    return told


def _why(result: Result) -> str:
    said = reason(result)
    return f"{result.id} fails on the code as it is{f': {said}' if said else '.'}"
