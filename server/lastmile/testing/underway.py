"""Which run of tests somebody waits for just now, so that whoever shows the work can say so.

What runs on a person's behalf finds the watch in its context, as `tools.behind` is found; what runs for nobody
finds none. A run is told of here and nowhere judged.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from attrs import define, field, frozen

from lastmile.text.visible import visible

_LONG = 2.0
"""Seconds after which a run is worth a word."""

_LONGEST_NAME = 120


@frozen(eq=False)
class _Run:
    latest: Callable[[], str]
    began: float
    seconds: float


@define(eq=False)
class Watch:
    """The runs of tests that one piece of work waits for."""

    clock: Callable[[], float] = time.monotonic
    _runs: list[_Run] = field(factory=list, init=False)

    def words(self) -> str:
        """Say what runs, for how long and how long it may; empty where nothing runs, or not for long yet."""
        run = min(self._runs, key=lambda item: item.began, default=None)
        past = 0.0 if run is None else self.clock() - run.began
        if run is None or past < _LONG:
            return ""
        return f"running {_short(visible(run.latest())) or 'tests'}, {past:.0f} s of {max(run.seconds, past):.0f}"

    @contextmanager
    def running(self, latest: Callable[[], str], *, seconds: float) -> Iterator[None]:
        """Have a run shown until the block ends."""
        run = _Run(latest, self.clock(), seconds)
        self._runs.append(run)
        try:
            yield
        finally:
            self._runs.remove(run)


_WATCH: ContextVar[Watch] = ContextVar("watch")


@contextmanager
def watched(clock: Callable[[], float] = time.monotonic) -> Iterator[Watch]:
    """Have the runs of this block seen; gives what sees them. ``clock`` gives seconds."""
    watch = Watch(clock)
    token = _WATCH.set(watch)
    try:
        yield watch
    finally:
        _WATCH.reset(token)


@contextmanager
def underway(latest: Callable[[], str], *, seconds: float) -> Iterator[None]:
    """Tell whoever watches of a run.

    ``latest`` gives the test that began last, or what else runs there; ``seconds`` is the run's limit.
    """
    watch = _WATCH.get(None)
    if watch is None:
        yield
        return
    with watch.running(latest, seconds=seconds):
        yield


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"…{name[-_LONGEST_NAME:]}"
