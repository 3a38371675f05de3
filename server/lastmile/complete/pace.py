"""How long typing must rest before a model is asked: by how fast the person types and how fast it answers."""

from __future__ import annotations

from collections import deque
from statistics import fmean

from attrs import define, field

_FIRST = 0.2
_GAPS = (0.1, 0.4)
_WAITS = (0.1, 1.0)
_RATES = (3.0, 1.5)
"""The adaptive debounce of Tabby (tabby-agent, debouncer.ts), as are the two before and the weights below."""

_REMEMBERED = 50
_PAUSE = 5.0
"""A longer gap is a pause and says nothing of typing."""

_NON_WORD, _LINE_END, _TEXT_END = 0.5, 0.4, 0.1


@define(eq=False)
class Pace:
    """The last gaps between keystrokes, and how long answers took. Seconds."""

    _last: float | None = None
    _gaps: deque[float] = field(factory=lambda: deque(maxlen=_REMEMBERED))
    _answers: deque[float] = field(factory=lambda: deque(maxlen=_REMEMBERED))

    def key(self, at: float) -> None:
        """Note a keystroke."""
        if self._last is not None and at - self._last < _PAUSE:
            self._gaps.append(at - self._last)
        self._last = at

    def answered(self, seconds: float) -> None:
        """Note how long the model took."""
        self._answers.append(seconds)

    def wait(self, before: str, after: str) -> float:
        """Give the seconds to wait at a place: less where a completion is likely to be wanted."""
        score = sum(
            (
                _NON_WORD if not (before[-1:].isalnum() or before[-1:] == "_") else 0.0,
                _LINE_END if not after.partition("\n")[0].strip() else 0.0,
                _TEXT_END if not after.strip() else 0.0,
            )
        )
        rate = _RATES[0] + (_RATES[1] - _RATES[0]) * score
        base = min(max(fmean(self._gaps), _GAPS[0]), _GAPS[1]) if self._gaps else _FIRST
        answer = fmean(self._answers) if self._answers else 0.0
        return min(max(rate * base - answer, _WAITS[0]), _WAITS[1])
