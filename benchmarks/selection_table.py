"""What `benchmarks.selection` measured, as values and as tables."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from attrs import frozen
from cattrs import structure

from benchmarks.selection_subjects import Cold
from benchmarks.support import percentile


@frozen
class Verdict:
    """What selected tests said of a text."""

    killed: bool
    seconds: float


@frozen
class Chosen:
    """A selection, and its verdicts."""

    tests: int
    """Node ids, each of which may stand for several tests; 0 where nothing was selected."""

    total: int
    cut: str
    select_seconds: float
    verdict: Verdict
    """On the mutant, without the time of selecting."""

    pass_seconds: float
    """For a verdict on what passes, without the time of selecting."""

    @property
    def seconds(self) -> float:
        """The time of a verdict on the mutant, selecting included."""
        return self.select_seconds + self.verdict.seconds

    @property
    def passing(self) -> float:
        """The time of a verdict on what passes, selecting included."""
        return self.select_seconds + self.pass_seconds


@frozen
class Measured:
    """One mutant, judged by the whole suite and by the selections."""

    package: str
    file: str
    line: int
    label: str
    whole: Cold
    plain: Chosen
    seen: Chosen
    """With coverage contexts."""

    testmon: Cold | None
    """None where it was not asked."""

    suite_seconds: float | None
    """The whole suite on the unchanged sources."""

    load: float
    timed: bool = True
    """Whether it counts for times, and was judged with contexts; else only for what the selection kills."""


def known(folder: Path, seed: int) -> Iterator[Measured]:
    """Read what was measured of a package."""
    for path in sorted(folder.glob(f"{seed}-*.json")):
        yield structure(json.loads(path.read_text()), Measured)


def table(done: list[Measured], *, every: int) -> Iterator[str]:
    """Write what was measured, package by package and as a whole, and what was missed."""
    packages = dict.fromkeys(item.package for item in done)
    rows = [(name, [item for item in done if item.package == name]) for name in packages] + [("all", done)]
    if not done:
        yield "Nothing was measured."
        return
    loads = sorted(item.load for item in done)
    yield f"Load while it ran: {statistics.median(loads):.1f} at the median, {loads[-1]:.1f} at most."
    yield ""
    yield "| package | mutants | the suite kills | of these, the selection | with contexts | testmon, of a sample |"
    yield "|---|---|---|---|---|---|"
    yield from (_kills(name, own) for name, own in rows)
    yield "[bar: the selection kills at least 99% of what the suite kills]"
    yield ""
    if timed := [item for item in done if item.timed]:
        yield from _compared([(name, [item for item in own if item.timed]) for name, own in rows], timed, every=every)
    yield f"Cut by the time budget: {sum(bool(item.plain.tests and item.plain.cut) for item in done)}."
    yield from _missed(done)


def _compared(rows: list[tuple[str, list[Measured]]], timed: list[Measured], *, every: int) -> Iterator[str]:
    """Write how long verdicts took beside the whole suite."""
    yield "| package | whole suite | tests selected | a verdict | passed | to the first failure | testmon |"
    yield "|---|---|---|---|---|---|---|"
    yield from (_times(name, own, timed) for name, own in rows)
    yield "[bar: a verdict takes at most 20% of the whole suite's time]"
    yield ""
    yield "Two figures: by the sources alone, and with coverage contexts. Times are shares, medians over the mutants:"
    yield "a verdict on the mutant, and one on the sources with a comment added, of the whole suite's time on the"
    yield "sources; to the first failure, the verdict on the mutant, of the whole suite's time on it, which ends there;"
    yield f"testmon on one mutant in {every}, to the first failure, of the whole suite's time on the sources."
    for name, values in _parts(timed):
        yield f"{name}: {_milliseconds(values)}"


def _kills(name: str, own: list[Measured]) -> str:
    killed = [item for item in own if item.whole.killed]
    sampled = [item.testmon.killed for item in killed if item.testmon]
    seen = _share(item.seen.verdict.killed for item in killed if item.timed)
    cells = (_share(item.plain.verdict.killed for item in killed), seen)
    return f"| {name} | {len(own)} | {len(killed)} | {' | '.join(cells)} | {_share(sampled)} |"


def _times(name: str, own: list[Measured], done: list[Measured]) -> str:
    suite = {item.package: _suite(item.package, done) for item in own}
    shown = f"{suite[name]:.1f} s" if name in suite else ""
    tests = _two(own, lambda _, chosen: chosen.tests / max(1, chosen.total))
    verdict = _two(own, lambda item, chosen: chosen.seconds / suite[item.package])
    passed = _two(own, lambda item, chosen: chosen.passing / suite[item.package])
    first = _two(own, lambda item, chosen: chosen.seconds / item.whole.seconds)
    testmon = _median(item.testmon.seconds / suite[item.package] for item in own if item.testmon)
    return f"| {name} | {shown} | {tests} | {verdict} | {passed} | {first} | {testmon} |"


def _suite(package: str, done: list[Measured]) -> float:
    """Give the seconds of the whole suite on the unchanged sources."""
    return statistics.median(item.suite_seconds for item in done if item.package == package and item.suite_seconds)


def _two(own: list[Measured], share: Callable[[Measured, Chosen], float]) -> str:
    """Give two medians; a selection of no tests has no verdict, and no time."""
    sides = ([(item, item.plain) for item in own], [(item, item.seen) for item in own])
    return ", ".join(_median(share(*pair) for pair in side if pair[1].tests) for side in sides)


def _parts(done: list[Measured]) -> Iterator[tuple[str, list[float]]]:
    yield "Selecting itself", [item.plain.select_seconds for item in done]
    yield "A verdict on the mutant", [item.plain.seconds for item in done if item.plain.tests]
    yield "A verdict on what passes", [item.plain.passing for item in done if item.plain.tests]
    yield "The whole suite on the mutant", [item.whole.seconds for item in done]


def _missed(done: list[Measured]) -> Iterator[str]:
    for item in done:
        sides = [("selection", item.plain.verdict.killed), ("with contexts", item.seen.verdict.killed)]
        sides += [("testmon", item.testmon.killed)] if item.testmon else []
        for how, killed in sides:
            if item.whole.killed and not killed:
                yield f"missed, {how}: {item.package} {item.file}:{item.line} {item.label}"


def _share(flags: Iterable[bool]) -> str:
    given = list(flags)
    return f"{sum(given)} of {len(given)} ({sum(given) / len(given):.1%})" if given else "none"


def _median(values: Iterable[float]) -> str:
    given = list(values)
    return f"{statistics.median(given):.0%}" if given else "none"


def _milliseconds(values: list[float]) -> str:
    middle, most = statistics.median(values), percentile(values, 0.9)
    return f"{middle * 1000:.0f} ms at the median, {most * 1000:.0f} ms at the 90th percentile"
