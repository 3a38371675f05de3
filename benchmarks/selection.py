"""Whether the selected tests notice what the whole suite notices, and what they save.

Real packages are downloaded as source distributions. Seeded mutants of their modules are judged by the
whole suite and by the selection, each by ``python -m pytest -x -q`` in an environment of the package's
own. Two selections are measured: by the sources alone, and with a ``.coverage`` with contexts in the
project, which pytest-cov writes once from the unchanged sources.

What was measured is kept in ``--state`` and not measured again. ``--minutes`` ends the run early.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from attrs import asdict, field, frozen

from benchmarks.support import percentile
from lastmile.files import read
from lastmile.testing.mutation.making import mutants
from lastmile.testing.mutation.values import Mutant
from lastmile.testing.selection.selector import Selector
from lastmile.text.edits import Span
from lastmile.text.symbols import enclosing, outline
from lastmile.tools.offload import Offload

_DOWNLOAD = ("download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest")
_PYTEST = ("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider")
_NOTICED = {1, 2, 4}
"""How pytest ends where a test failed, where a file could not be imported, and where it could not so by name."""

_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


@frozen
class Subject:
    """A package, and where its own code lies in the source distribution."""

    name: str
    code: tuple[str, ...]
    needs: tuple[str, ...] = ()
    """What its tests import beside pytest."""

    def files(self, root: Path) -> list[Path]:
        """Give the files of its own code, tests apart."""
        found = sorted(path for name in self.code for path in (root / name).rglob("*.py"))
        return [path for path in found if "test" not in path.relative_to(root).as_posix()]


SUBJECTS = (
    Subject("boltons==26.2.0", ("boltons",)),
    Subject("more-itertools==11.2.1", ("more_itertools",)),
    Subject("sqlparse==0.6.1", ("sqlparse",)),
    Subject("humanize==4.17.0", ("src/humanize",), ("freezegun",)),
)


@frozen
class Place:
    """A package made ready: unpacked, its environment made, its suite run once."""

    root: Path
    python: str
    env: dict[str, str] = field(repr=False)
    broken: tuple[str, ...]
    """Tests that fail on the unchanged sources: left out of every run."""

    seconds: float
    """The whole suite on the unchanged sources."""


@frozen
class Measured:
    """One mutant, judged by the whole suite and by the selections."""

    package: str
    file: str
    line: int
    label: str
    whole_killed: bool
    whole_seconds: float
    tests: int
    total: int
    select_seconds: float
    killed: bool
    seconds: float
    seen_tests: int
    """As above, with the coverage contexts."""

    seen_killed: bool
    seen_seconds: float


def main() -> None:
    """Measure, print, and say what was missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mutants", type=int, default=100, help="of each package")
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
    print("\n".join(_report(done, places)))


async def _all(places: list[tuple[Subject, Place]], asked: argparse.Namespace, until: float) -> list[Measured]:
    """Take the packages in turns, so that an early end leaves as many mutants of each."""
    offload = Offload(deadline=60.0)
    try:
        runs = [_Run(item, place, asked.state, Selector.of(place.root, offload)) for item, place in places]
        plans = [run.plan(asked.mutants, asked.seed) for run in runs]
        for number in range(asked.mutants):
            for run, plan in zip(runs, plans, strict=True):
                if number < len(plan) and time.monotonic() < until:
                    await run.measure(number, asked.seed, *plan[number])
        return [item for run in runs for item in run.known(asked.seed)]
    finally:
        offload.close()


@frozen
class _Run:
    subject: Subject
    place: Place
    state: Path
    selector: Selector

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

    async def measure(self, number: int, seed: int, path: Path, mutant: Mutant) -> None:
        """Judge one mutant, unless that was done."""
        log = self._log(number, seed)
        if log.exists():
            return
        snapshot = read(path)
        target = _target(snapshot.text, mutant)
        data = self.place.root / ".coverage"
        data.with_name(".covered").rename(data)
        seen = await self.selector.select(snapshot, target, budget=1e9)
        data.rename(data.with_name(".covered"))
        began = time.perf_counter()
        plain = await self.selector.select(snapshot, target, budget=1e9)
        took = time.perf_counter() - began
        with _mutated(path, mutant.text, number):
            asked = ((), plain.tests, seen.tests) if number % 2 else (seen.tests, plain.tests, ())
            answers = {tests: self.verdict(tests) for tests in dict.fromkeys(asked)}
            answers |= {tests: (False, 0.0) for tests in (plain.tests, seen.tests) if not tests}
            whole = self.verdict(()) if () in (plain.tests, seen.tests) else answers[()]
        found = Measured(
            self.subject.name, path.name, mutant.line, mutant.label, *whole,
            len(plain.tests), plain.total, took, *answers[plain.tests], len(seen.tests), *answers[seen.tests],
        )  # fmt: skip
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(json.dumps(asdict(found)))
        print(found, file=sys.stderr)

    def verdict(self, tests: Iterable[str]) -> tuple[bool, float]:
        """Run tests, or all of them where none are named: whether they notice, and the seconds it took.

        The one function to exchange for another runner.
        """
        place = self.place
        names = place.root.parent / "tests.txt"
        names.write_text("".join(f"{name}\n" for name in tests))
        skipped = [f"--deselect={name}" for name in place.broken]
        call = [place.python, *_PYTEST, *skipped, *([f"@{names}"] if tests else [])]
        began = time.perf_counter()
        status = _status(call, place, deadline=3 * place.seconds + 20)
        return status in _NOTICED, time.perf_counter() - began

    def known(self, seed: int) -> Iterator[Measured]:
        """Give what was measured."""
        for path in sorted(self._log(0, seed).parent.glob(f"{seed}-*.json")):
            yield Measured(**json.loads(path.read_text()))

    def _log(self, number: int, seed: int) -> Path:
        return self.state / "measured" / self.subject.name / f"{seed}-{number:04}.json"


class _mutated:  # noqa: N801 - reads as a function
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


def _target(text: str, mutant: Mutant) -> Span:
    """Give what a task would be about: the function or class around the fault, or the fault's own place."""
    symbol = enclosing(outline(text), mutant.change.span)
    return mutant.change.span if symbol is None else symbol.span


def _status(call: list[str], place: Place, *, deadline: float) -> int:
    """Run and give the exit status; what does not end is noticed, whoever runs it."""
    with subprocess.Popen(
        call,
        cwd=place.root,
        env=place.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            return process.wait(deadline)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            return 1


def ready(subject: Subject, state: Path) -> Place:
    """Unpack, make the environment and run the suite once, each of them only the first time."""
    name = subject.name.partition("==")[0]
    folder = state / name
    python = str(folder / "venv" / "bin" / "python")
    ready = folder / "ready.json"
    if not ready.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        needs = ("pytest", "pytest-cov", *subject.needs)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *needs], check=True)
        subprocess.run([sys.executable, "-m", "pip", *_DOWNLOAD, folder / "sdist", subject.name], check=True)
    # Unpacked anew each time, with the times of the archive: a run that was killed leaves a mutant behind.
    shutil.unpack_archive(next((folder / "sdist").glob("*.tar.gz")), folder / "source")
    root = next(path for path in (folder / "source").resolve().iterdir() if path.is_dir())
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "COV"))}
    env |= {"PYTHONPATH": f"{root / 'src'}:{root}", "PYTHONPYCACHEPREFIX": str(folder / "pyc")}
    if not ready.exists():
        ready.write_text(json.dumps(_first_run(subject, root, python, env)))
    if (root / ".coverage").exists():
        (root / ".coverage").rename(root / ".covered")
    kept = json.loads(ready.read_text())
    return Place(root, python, env, tuple(kept["broken"]), kept["seconds"])


def _first_run(subject: Subject, root: Path, python: str, env: dict[str, str]) -> dict[str, Any]:
    """Find the tests that fail as it is, write the coverage contexts, and take the time of the whole suite."""
    plain = [python, "-m", "pytest", "-q", "-rfE", "-p", "no:cacheprovider"]
    broken = sorted(set(_FAILED.findall(_ran(plain, root, env).stdout)))
    skipped = [f"--deselect={name}" for name in broken]
    sources = [f"--cov={name}" for name in subject.code]
    _ran([*plain, *skipped, *sources, "--cov-context=test", "--cov-report="], root, env)
    (root / ".coverage").rename(root / ".covered")
    began = time.perf_counter()
    done = _ran([*plain, *skipped], root, env)
    assert done.returncode == 0, f"the suite of {subject.name} does not pass: {done.stdout[-500:]}"
    return {"broken": broken, "seconds": time.perf_counter() - began, "said": done.stdout.splitlines()[-1]}


def _ran(call: list[str], root: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(call, cwd=root, env=env, capture_output=True, text=True, check=False, timeout=600)


def _report(done: list[Measured], places: list[tuple[Subject, Place]]) -> Iterator[str]:
    yield f"Python {sys.version.split()[0]}, {os.cpu_count()} cores."
    yield ""
    yield "| package | suite | mutants | all kill | selection kills | contexts kill | tests | time | to the end |"
    yield "|---|---|---|---|---|---|---|---|---|"
    suites = {subject.name: place.seconds for subject, place in places}
    for name, seconds in suites.items():
        own = [item for item in done if item.package == name]
        if own:
            yield _row(name, f"{seconds:.1f} s", own, suites)
    yield _row("all", "", done, suites)
    yield ""
    yield "Two figures: by the sources alone, then with coverage contexts. Shares are medians over the mutants."
    yield "Time: a verdict by the selection against the whole suite's on the same mutant, both to the first failure;"
    yield "to the end: against the whole suite on the unchanged sources, measured once: what a draft that passes needs."
    yield f"Selecting itself: {_milliseconds(item.select_seconds for item in done)}"
    yield "[bars: at least 99% of what the whole suite kills; at most 20% of its time]"
    for item in done:
        for how, killed in (("selection", item.killed), ("with contexts", item.seen_killed)):
            if item.whole_killed and not killed:
                yield f"missed, {how}: {item.package} {item.file}:{item.line} {item.label}"


def _row(name: str, seconds: str, own: list[Measured], suites: dict[str, float]) -> str:
    killed = [item for item in own if item.whole_killed]
    tests = statistics.median(item.tests / max(1, item.total) for item in own)
    seen = statistics.median(item.seen_tests / max(1, item.total) for item in own)
    return (
        f"| {name} | {seconds} | {len(own)} | {len(killed)} | {_share(item.killed for item in killed)} "
        f"| {_share(item.seen_killed for item in killed)} | {tests:.0%}, {seen:.0%} "
        f"| {_ratio((item.seconds, item.whole_seconds) for item in own)}, "
        f"{_ratio((item.seen_seconds, item.whole_seconds) for item in own)} "
        f"| {_ratio((item.seconds, suites[item.package]) for item in own)}, "
        f"{_ratio((item.seen_seconds, suites[item.package]) for item in own)} |"
    )


def _share(flags: Iterable[bool]) -> str:
    known = list(flags)
    return f"{sum(known)} ({sum(known) / max(1, len(known)):.1%})"


def _ratio(pairs: Iterable[tuple[float, float]]) -> str:
    """Give the median share; a selection of no tests has no verdict, and no time."""
    return f"{statistics.median(one / other for one, other in pairs if one):.0%}"


def _milliseconds(values: Iterable[float]) -> str:
    known = list(values)
    return f"{statistics.median(known) * 1000:.0f} ms at the median, {percentile(known, 0.9) * 1000:.0f} ms at the 90th"


if __name__ == "__main__":
    main()
