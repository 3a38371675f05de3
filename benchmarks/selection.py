"""Whether the selected tests notice what the whole suite notices, and what they save.

Real packages are downloaded as source distributions, and seeded mutants of their modules are judged:

- by the whole suite, as a person runs it: ``python -m pytest -q -x``, started cold, the mutant written
  over its file. A mutant on which it does not end counts as noticed.
- by the selection, as the product does it: asked of the real bench for the function around the fault,
  judged by the real check of tests, which runs it in the warm worker in the sandbox, the mutant mounted
  over its file, nearest tests first, and runs again what is lost. The time of selecting counts. Twice: by
  the sources alone, and with a ``.coverage`` with contexts of the unchanged sources in the project.
- a fifth of them also by pytest-testmon, ``--testmon -q -x``, started cold, from what it noted on the
  unchanged sources.

Times are compared with those of the whole suite, started cold: run to its end on the unchanged sources, and to
its first failure on the mutant, one after the other; which goes first changes. *Passed* is the verdict on the
sources with a comment above the fault, for which all selected tests have to run; the whole suite is timed on the
unchanged sources beside every fifth mutant. What is done once and not for each draft is left out: starting the
worker, the run on the unchanged text that a verdict compares with, and the one that watches which tests run what.

What was measured is kept in ``--state`` and not measured again. ``--minutes`` ends the run early. With
``--timed N``, of the mutants after the first N of a package it is only found out who notices them: by the
suite and by the selection of the sources alone.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import json
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path

from attrs import asdict, evolve, frozen

from benchmarks.selection_subjects import SUBJECTS, Cold, Place, Subject, ready, versions
from benchmarks.selection_table import Chosen, Measured, Verdict, known, table
from lastmile.cascade.task import Oracle, Scope, Task
from lastmile.files import read
from lastmile.testing.bench import ProjectBench
from lastmile.testing.late import LateBench
from lastmile.testing.mutation.making import mutants
from lastmile.testing.mutation.values import Mutant
from lastmile.testing.selection.selector import Selector
from lastmile.testing.values import Selection, Wanted
from lastmile.testing.worker.launch import Site
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.text.symbols import enclosing, outline
from lastmile.tools.offload import Offload
from lastmile.verify.tests import TestsCheck
from lastmile.verify.tests_reaching import reaching

_EVERY = 5
"""Of so many mutants, one is judged by testmon as well, and the whole suite is timed on the unchanged sources."""

_PATIENCE = 30.0
"""Seconds that a run may take, and the tests of a selection together: the machine may be busy. By default, 10."""


def main() -> None:
    """Measure, print, and say what was missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mutants", type=int, default=100, help="of each package")
    parser.add_argument("--timed", type=int, help="of each package; of the others, only the kills are known")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=600.0)
    parser.add_argument("--state", type=Path, default=Path("/tmp/lastmile-selection"))  # noqa: S108 - kept on purpose
    parser.add_argument("packages", nargs="*", help="names of packages; all of them where none is given")
    asked = parser.parse_args()
    until = time.monotonic() + asked.minutes * 60
    asked.state.mkdir(parents=True, exist_ok=True)
    chosen = [item for item in SUBJECTS if not asked.packages or item.name.partition("==")[0] in asked.packages]
    places = [(item, ready(item, asked.state)) for item in chosen]
    done = asyncio.run(_all(places, asked, until))
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores; {versions(places[0][1])}.")
    print("\n".join(table(done, every=_EVERY)))


async def _all(places: list[tuple[Subject, Place]], asked: argparse.Namespace, until: float) -> list[Measured]:
    """Take the packages in turns, so that an early end leaves as many mutants of each."""
    offload = Offload(deadline=60.0)
    runs = [_Run(item, place, asked.state, _bench(place, offload), _bench(place, offload)) for item, place in places]
    try:
        plans = [run.plan(asked.mutants, asked.seed) for run in runs]
        for run, plan in zip(runs, plans, strict=True):
            if any(not run.log(number, asked.seed).exists() for number in range(len(plan))):
                await run.warm()
        for number in range(asked.mutants):
            for run, plan in zip(runs, plans, strict=True):
                if number < len(plan) and time.monotonic() < until:
                    timed = asked.timed is None or number < asked.timed
                    await run.measure(number, asked.seed, *plan[number], timed=timed)
        return [item for run in runs for item in known(run.log(0, asked.seed).parent, asked.seed)]
    finally:
        for run in runs:
            await run.bench.close()
            await run.covered.close()
        offload.close()


def _bench(place: Place, offload: Offload) -> LateBench:
    """Set the project's tests up as the service does."""
    site = Site(place.root, place.python, place.home, place.env)
    return LateBench(
        place.root, Selector.of(place.root, offload), lambda: ProjectBench(site), dict[Path, str], _PATIENCE
    )


@frozen
class _Run:
    subject: Subject
    place: Place
    state: Path
    bench: LateBench
    covered: LateBench
    """Another, so that it is not helped by answers that the first one keeps."""

    def plan(self, most: int, seed: int) -> list[tuple[Path, Mutant]]:
        """Draw the mutants: how many of each file by its size, then places in it, then their order."""
        draw = random.Random(f"{self.subject.name} {seed}")  # noqa: S311 - a draw that can be repeated
        files = self.subject.files(self.place.root)
        sizes = [path.stat().st_size for path in files]
        shares = Counter(draw.choices(files, sizes, k=most))
        found = [
            (path, mutant)
            for path, share in sorted(shares.items())
            for mutant in mutants(path.read_bytes().decode(), seed=draw.randrange(1_000_000), most=share)
        ]
        draw.shuffle(found)
        return found

    async def warm(self) -> None:
        """Run all tests once, unchanged: the worker is started, and how long each of them takes is known."""
        assert not (why := await self.bench.absent()), why
        chosen = [await self.bench.select(read(path), None) for path in self.subject.files(self.place.root)]
        tests = tuple(dict.fromkeys(test for item in chosen for test in item.tests))
        run = await self.bench.run(Wanted(tests, seconds=60.0))
        failed = {result.id for result in run.broken} - set(self.place.broken)
        assert not failed, f"{self.subject.name} in the sandbox: {failed}"
        assert not run.trouble, f"{self.subject.name} in the sandbox: {run.trouble}"

    async def measure(self, number: int, seed: int, path: Path, mutant: Mutant, *, timed: bool) -> None:
        """Judge one mutant, unless that was done."""
        log = self.log(number, seed)
        if log.exists():
            return
        fault = _Fault(read(path), mutant, number)
        first = number % 2 == 0
        whole = self._whole(fault) if first else None
        selection, took = await self._selected(self.bench, fault)
        plain = await _chosen(self.bench, fault, selection, took, timed=timed)
        seen = await self._seen(fault, selection.tests, plain) if timed else plain
        whole = whole or self._whole(fault)
        sampled = timed and number // 2 % _EVERY == 0  # in pairs, so that both orders are among them
        found = Measured(
            self.subject.name,
            path.relative_to(self.place.root).as_posix(),
            mutant.line,
            mutant.label,
            whole,
            plain,
            seen,
            self._testmon(fault) if sampled else None,
            self.place.whole().seconds if sampled else None,
            os.getloadavg()[0],
            timed,
        )
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(json.dumps(asdict(found)))
        print(found, file=sys.stderr)

    def log(self, number: int, seed: int) -> Path:
        """Name the file in which a measurement is kept."""
        return self.state / "measured" / self.subject.name / f"{seed}-{number:04}.json"

    def _whole(self, fault: _Fault) -> Cold:
        with fault.written():
            return self.place.whole()

    def _testmon(self, fault: _Fault) -> Cold:
        with fault.written():
            return self.place.testmon()

    async def _seen(self, fault: _Fault, tests: tuple[str, ...], plain: Chosen) -> Chosen:
        """Judge with the coverage contexts in the project, unless they select the same tests."""
        data = self.place.root / ".coverage"
        data.with_name(".covered").rename(data)
        try:
            selection, took = await self._selected(self.covered, fault)
        finally:
            data.rename(data.with_name(".covered"))
        if selection.tests == tests:
            return evolve(plain, select_seconds=took)
        return await _chosen(self.covered, fault, selection, took)

    async def _selected(self, bench: LateBench, fault: _Fault) -> tuple[Selection, float]:
        """Select, and take the time of it."""
        began = time.perf_counter()
        found = await bench.select(fault.snapshot, fault.target)
        took = time.perf_counter() - began
        kept = tuple(test for test in found.tests if test not in self.place.broken)
        return Selection(kept, found.total, found.cut), took


async def _chosen(bench: LateBench, fault: _Fault, selection: Selection, took: float, *, timed: bool = True) -> Chosen:
    """Judge the mutant and what has to pass by the tests of a selection."""
    count, total = len(selection.tests), selection.total
    if not count:
        return Chosen(count, total, selection.cut, took, Verdict(killed=False, seconds=0.0), 0.0)
    check = TestsCheck(bench, selection, seconds=_PATIENCE)
    wanted = Wanted(selection.tests, {fault.path: fault.snapshot.text}, _PATIENCE)
    await reaching(bench, wanted, await bench.run(wanted), fault.path, fault.mutant.text)
    if bench.watching is not None:
        await bench.watching
    verdict = await _judged(check, fault, fault.mutant.text)
    if not timed:
        return Chosen(count, total, selection.cut, took, verdict, 0.0)
    passing = await _judged(check, fault, fault.harmless())
    assert not passing.killed, f"the tests do not pass: {fault}"
    return Chosen(count, total, selection.cut, took, verdict, passing.seconds)


async def _judged(check: TestsCheck, fault: _Fault, text: str) -> Verdict:
    began = time.perf_counter()
    found = await check.judge(fault.task(), text)
    return Verdict(bool(found), time.perf_counter() - began)


@frozen
class _Fault:
    snapshot: Snapshot
    mutant: Mutant
    number: int

    @property
    def path(self) -> Path:
        assert self.snapshot.path
        return self.snapshot.path

    @property
    def target(self) -> Span:
        """What a task would be about: the function or class around the fault, or the fault's own place."""
        symbol = enclosing(outline(self.snapshot.text), self.mutant.change.span)
        return self.mutant.change.span if symbol is None else symbol.span

    def harmless(self) -> str:
        """Give the sources with a comment above the fault's line, which no test sees; each time another.

        Where a string or a statement goes over that line, it goes to the end.
        """
        lines, comment = self.snapshot.text.splitlines(keepends=True), f"# {time.monotonic_ns()}\n"
        text = "".join((*lines[: self.mutant.line - 1], comment, *lines[self.mutant.line - 1 :]))
        same = ast.dump(ast.parse(text)) == ast.dump(ast.parse(self.snapshot.text))
        return text if same else f"{self.snapshot.text.rstrip()}\n{comment}"

    def task(self) -> Task:
        scope = Scope((self.target,))
        return Task(f"selection-{self.number}", "instruct", self.snapshot, self.target, "", scope, Oracle())

    def written(self) -> _Written:
        return _Written(self.path, self.mutant.text, self.number)


class _Written:
    """Puts a mutant in the place of a file while it is judged."""

    def __init__(self, path: Path, text: str, number: int) -> None:
        self._path, self._text, self._number = path, text, number
        self._old, self._state = path.read_bytes(), path.stat()

    def __enter__(self) -> None:
        self._path.write_bytes(self._text.encode())
        # Bytecode is told apart by whole seconds and the size: no two mutants may share both.
        os.utime(self._path, (0, 1_000_000_000 + self._number * 2))

    def __exit__(self, *_error: object) -> None:
        self._path.write_bytes(self._old)
        os.utime(self._path, ns=(self._state.st_atime_ns, self._state.st_mtime_ns))


if __name__ == "__main__":
    main()
