"""How much of the machine what is made ahead may take: so many seconds of processor time a minute.

It knows no project and no settings: everything that was made counts for whoever asks, each with a limit of its own.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from attrs import define, field

_MINUTE = 60.0

_ALIKE = 1.0
"""Seconds within which what was taken is kept as one, so that what is kept has a bound."""


@define(eq=False)
class Bucket:
    """What was taken in the last minute.

    What a piece of work takes is known once it is done, so more may have been taken than anybody's limit;
    it counts until a minute after its end. Asking changes nothing: a project that may take little, or
    nothing at all, does not hold up the others.
    """

    clock: Callable[[], float] = time.monotonic
    _taken: deque[tuple[float, float]] = field(factory=deque, init=False)
    """When something ended and the seconds that were taken from then on, the oldest first: one entry a second."""

    def wait(self, limit: float) -> float:
        """Give the seconds until more may be taken, where ``limit`` seconds a minute may be; infinite for none."""
        if limit <= 0:
            return float("inf")
        now, wait = self._now(), 0.0
        over = sum(seconds for _at, seconds in self._taken) - limit
        for at, seconds in self._taken:
            if over < 0:
                break
            over, wait = over - seconds, at + _MINUTE - now
        return wait

    def take(self, seconds: float) -> None:
        """Take what a piece of work took."""
        at = self._now()
        if self._taken and at - self._taken[-1][0] < _ALIKE:
            at, before = self._taken.pop()
            seconds += before
        self._taken.append((at, seconds))

    def _now(self) -> float:
        now = self.clock()
        while self._taken and now - self._taken[0][0] >= _MINUTE:
            self._taken.popleft()
        return now
