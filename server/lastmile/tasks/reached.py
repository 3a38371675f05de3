"""Which failing tests run a function: those that its mending can be about.

A selection keeps each test that may see a function, so what fails in it may have failed for another reason: a
fixture that is missing, another function. A run that notes the lines tells. Where it cannot tell, because a test
starts programs or what ran on import counts, those that failed stay, and what could not be set up does not.
"""

from __future__ import annotations

from pathlib import Path

from attrs import evolve, frozen

from lastmile.testing.values import Answer, Bench, Result, Run, Wanted
from lastmile.text.lines import LineIndex
from lastmile.text.symbols import Symbol

_LONGER = 3.0
"""How much longer a run may take in which lines are noted: a trace function hears of each call in it."""


@frozen
class Reached:
    """The failing tests that a function is to be mended for."""

    failing: tuple[Result, ...] = ()
    seen: bool = True
    """Whether they were seen to run the function, so that it is not a guess."""


async def reached(bench: Bench, wanted: Wanted, failing: tuple[Result, ...], path: Path, symbol: Symbol) -> Reached:
    """Run the failing tests again and leave those that run the function.

    ``wanted`` is the run in which they failed. Where none was seen to, those are left of which it cannot be told.
    """
    names = tuple(item.id for item in failing)
    again = evolve(wanted, tests=names, trace=(path,), loading=True, seconds=wanted.seconds * _LONGER, as_it_is=False)
    run = await bench.run(again)
    own = _own(symbol, wanted.texts[path])
    sure = tuple(item for item in failing if not own.isdisjoint(_ran(run, item, path)))
    if sure:
        return Reached(sure)
    loaded = not own.isdisjoint(run.loaded.get(str(path), ()))
    return Reached(tuple(item for item in failing if _may(item, run, loaded=loaded)), seen=False)


def _own(symbol: Symbol, text: str) -> frozenset[int]:
    """Give the lines of a function's body, from 1."""
    lines = LineIndex(text)
    return frozenset(range(lines.line_at(symbol.body.start) + 1, lines.line_at(symbol.body.end - 1) + 2))


def _ran(run: Run, item: Result, path: Path) -> frozenset[int]:
    again = run.results.get(item.id)
    return frozenset() if again is None else again.lines.get(str(path), frozenset())


def _may(item: Result, run: Run, *, loaded: bool) -> bool:
    """Tell whether a test may have run the function unseen; what could not even be set up has other reasons."""
    again = run.results.get(item.id)
    return item.answer is Answer.FAILED and (loaded or again is None or again.unseen)
