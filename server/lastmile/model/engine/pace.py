"""Knows how long batches take on this machine, and so how large they may be.

A token alone goes its own way through the library, and even two can take three times as long. So its
time is kept apart; that of larger batches is taken to be a line, ``a`` for any batch and ``c`` for each
token, fitted to what was seen with the latest weighing most. It measures nothing itself.
"""

from __future__ import annotations

from attrs import define, field

# What is left of an observation's weight after the next.
_MEMORY = 0.95
# Below this the observations are all of one size, and no line goes through them.
_SPREAD = 1e-6
_UNKNOWN = 0.25
"""What a further token of a batch costs, beside one alone, until something is known."""


@define(eq=False)
class Pace:
    """What was seen of one context."""

    _alone: float = field(default=0.0, init=False)
    """Seconds of a batch of one token; 0 until there was one."""

    _n: float = field(default=0.0, init=False)
    _x: float = field(default=0.0, init=False)
    _xx: float = field(default=0.0, init=False)
    _y: float = field(default=0.0, init=False)
    _xy: float = field(default=0.0, init=False)

    def note(self, tokens: int, seconds: float) -> None:
        """Take a batch into account."""
        if tokens == 1:
            self._alone = _MEMORY * self._alone + (1 - _MEMORY) * seconds if self._alone else seconds
            return
        self._n = _MEMORY * self._n + 1
        self._x = _MEMORY * self._x + tokens
        self._xx = _MEMORY * self._xx + tokens * tokens
        self._y = _MEMORY * self._y + seconds
        self._xy = _MEMORY * self._xy + tokens * seconds

    def tokens(self, seconds: float, *, least: int, most: int) -> int:
        """Give how many tokens take so long; ``least`` before anything is known."""
        fixed, each = self._line()
        if each <= 0:
            return least if not self._n else most
        return max(least, min(most, int((seconds - fixed) / each)))

    def price(self, more: int) -> float:
        """Give what so many further tokens cost in a batch, as a share of what one alone takes."""
        fixed, each = self._line()
        alone = self._alone or fixed + each
        if not self._n or alone <= 0:
            return _UNKNOWN * more
        return max(0.0, (fixed + each * (1 + more)) / alone - 1) if more else 0.0

    def _line(self) -> tuple[float, float]:
        if not self._n:
            return 0.0, 0.0
        spread = self._n * self._xx - self._x * self._x
        if spread < _SPREAD * self._xx:
            return 0.0, self._y / self._x
        each = max(0.0, (self._n * self._xy - self._x * self._y) / spread)
        return max(0.0, (self._y - each * self._x) / self._n), each
