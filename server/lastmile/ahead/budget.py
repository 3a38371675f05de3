"""How much of the machine what is made ahead may take: so many seconds of processor time a minute."""

from __future__ import annotations

import time
from collections.abc import Callable

from attrs import define, field

_MINUTE = 60.0


@define(eq=False)
class Bucket:
    """A minute's seconds, which fill up again as time goes by.

    What a piece of work takes is known once it is done, so the bucket may fall below nothing, and no
    further than by a minute's seconds: what took long is made up for in the minute after it.
    """

    clock: Callable[[], float] = time.monotonic
    _left: float | None = field(default=None, init=False)
    """Seconds; None as long as nothing was taken."""

    _at: float = field(default=0.0, init=False)

    def wait(self, rate: float) -> float:
        """Give the seconds until more may be taken, where ``rate`` seconds a minute may be; infinite for none."""
        left = self._now(rate)
        if rate <= 0:
            return float("inf")
        return 0.0 if left > 0 else (rate / _MINUTE - left) * _MINUTE / rate

    def take(self, seconds: float, rate: float) -> None:
        """Take what a piece of work took."""
        self._left = max(-rate, self._now(rate) - seconds)

    def _now(self, rate: float) -> float:
        now = self.clock()
        left = rate if self._left is None else self._left + (now - self._at) * rate / _MINUTE
        self._left, self._at = min(rate, left), now
        return self._left
