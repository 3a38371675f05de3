"""Which tests are known to run what a draft changes, by a run that noted the lines; they are worth running first.

It leaves no test out, and waits for nothing that is not known yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from attrs import evolve

from lastmile.testing.values import Bench, Run, Wanted
from lastmile.text.lines import split_lines
from lastmile.text.runs import changed_runs

_LONG = 0.25
"""Seconds; another run takes that much at least."""


async def reaching(bench: Bench, wanted: Wanted, before: Run, path: Path, text: str) -> frozenset[str]:
    """Give the tests that are known to run what differs in another text, where they take so long that it pays to ask.

    They are the likeliest to notice. Others may notice too: who keeps what another test computed, who starts a
    program, who loads a file only when it is needed.
    """
    run = await _noted(bench, wanted, before, path)
    changed = set(_changed(wanted.texts[path], text))
    found = () if run is None else run.results.values()
    return frozenset(result.id for result in found if not changed.isdisjoint(result.lines.get(str(path), ())))


async def passed_again(bench: Bench, wanted: Wanted, before: Run, path: Path) -> frozenset[str]:
    """Give the tests that passed once more on the unchanged text: in the run that noted the lines, if there was one."""
    run = await _noted(bench, wanted, before, path)
    return frozenset() if run is None else frozenset(run.passed)


async def _noted(bench: Bench, wanted: Wanted, before: Run, path: Path) -> Run | None:
    if sum(result.seconds for result in before.results.values()) < _LONG:
        return None
    return await bench.watched(evolve(wanted, trace=(path,)))


def _changed(old: str, new: str) -> Iterator[int]:
    """Give the lines of the old text, from 1, that are changed, and the neighbours of what comes or goes."""
    for run in changed_runs(split_lines(old), split_lines(new)):
        yield from range(run.i, run.x + 2)
