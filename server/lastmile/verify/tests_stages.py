"""In which stages tests run: the nearest few first, so that most of what is wrong is refused without the others.

Collecting a file takes longer than many a test in it, so the first stage keeps to few files. It runs
nothing: a stage is a tuple of node ids.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from attrs import evolve

from lastmile.testing.values import Run

_FIRST = 20
_FILES = 2
_WORTH = 20
"""Tests in the second stage below which one run is quicker than two."""


def stages(tests: tuple[str, ...], before: Run, near: Collection[str] = frozenset()) -> tuple[tuple[str, ...], ...]:
    """Split tests, given nearest first, by what they answered on the unchanged text, in the order in which they ran.

    Those that are near in another way, by what they ran, come before the others; none is left out.
    A function with parameters is asked for again as a whole: its tests may go by other names by then.
    """
    files: set[str] = set()
    first: list[str] = []
    passed = before.passed
    for name in sorted(before.results, key=lambda name: name not in near):
        file = name.partition("::")[0]
        if name in passed and (file in files or len(files) < _FILES):
            files.add(file)
            first.append(name)
        if len(first) == _FIRST:
            break
    if not first or len(before.results) - len(first) < _WORTH:
        return (tests,)
    done = frozenset(first)
    functions = {name.partition("[")[0] for name in near}
    others = sorted(tests, key=lambda name: functions.isdisjoint(_names(name)))
    return tuple(first), tuple(name for name in others if name not in done)


def within(run: Run, tests: Collection[str]) -> Run:
    """Leave of a run what these tests answered."""
    asked = frozenset(tests)
    kept = {name: result for name, result in run.results.items() if not asked.isdisjoint(_names(name))}
    return evolve(run, results=kept)


def joined(run: Run, more: Run) -> Run:
    """Put the answers of two stages together."""
    return Run({**run.results, **more.results}, run.seconds + more.seconds, run.trouble or more.trouble)


def belonging(names: Collection[str], tests: Collection[str]) -> tuple[str, ...]:
    """Give those of the names that stand for one of the tests, or for a part of it."""
    asked = frozenset(tests)
    return tuple(name for name in names if not asked.isdisjoint(_names(name)))


def _names(name: str) -> Iterator[str]:
    """Give the ways in which a test can have been asked for: itself, without brackets, its class, its file."""
    yield name
    plain = name.partition("[")[0]
    while plain:
        yield plain
        plain = plain.rpartition("::")[0]
