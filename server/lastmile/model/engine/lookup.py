"""Guesses what a model will say from what stands in its prompt already.

An edit mostly repeats its input, so a run of tokens that came up before is likely to go on as it did
then. A guess costs only the time to check it; whether that pays is kept count of here, and where it
does not, no more is guessed for a while. What is guessed never changes what comes out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from attrs import define, field

_RUN = 3
"""Tokens that must agree before a guess is made; with 2, code's small change (`, ` and `):`) sets off guesses."""

_LOOKED_AT = 8
"""Places of one run that are compared for the longest agreement, the latest first."""

_FARTHEST = 32
"""Tokens back from a place until which agreement is compared."""

_FIRST = 6
_MOST = 32
_TRIED_BEYOND = 3
"""Tokens that are guessed behind one that was another."""

_REMEMBERED = 6
"""Guesses that the decision to go on rests upon."""

_PAUSE = 48
"""Tokens without a guess after guesses did not pay."""


@define(eq=False)
class Lookup:
    """The guesses for one sample."""

    _tokens: list[int]
    _places: dict[tuple[int, ...], list[int]] = field(factory=dict, init=False)
    _indexed: int = field(default=0, init=False)
    _size: int = field(default=_FIRST, init=False)
    _pause: int = field(default=0, init=False)
    _from: int = field(default=0, init=False)
    """The place where the last guess was taken from."""

    _beyond: int = field(default=0, init=False)
    """The place behind the token that the last guess had wrong; 0 where it had none."""

    _tried: deque[tuple[int, int]] = field(factory=lambda: deque(maxlen=_REMEMBERED), init=False)
    right: int = field(default=0, init=False)
    """How many guessed tokens were right."""

    def add(self, token: int) -> None:
        """Take what the model said."""
        self._tokens.append(token)
        self._pause = max(0, self._pause - 1)

    def guess(self, most: int) -> list[int]:
        """Give tokens that may come next; none where nothing is known or it does not pay."""
        self._index()
        if self._pause or len(self._tokens) < _RUN:
            return []
        size = min(most, self._size)
        place = self._place()
        if place is None and self._beyond:
            # An edit often puts one token in another's place and goes on as before.
            place, size = self._beyond, min(size, _TRIED_BEYOND)
        self._from, self._beyond = place or 0, 0
        return [] if place is None else self._going_on(place, size)

    def judge(self, guessed: int, right: int, *, extra: float) -> None:
        """Learn how a guess went; ``extra`` is what a further token in a batch costs, beside one alone."""
        if not guessed:
            return
        self.right += right
        if right < guessed and self._from + right + 1 < self._indexed:
            self._beyond = self._from + right + 1
        self._size = min(_MOST, guessed * 2) if right == guessed else max(_FIRST // 2, right + 1)
        self._tried.append((guessed, right))
        paid = sum(right for _, right in self._tried) - extra * sum(guessed for guessed, _ in self._tried)
        if len(self._tried) == _REMEMBERED and paid < 0:
            self._pause, self._size = _PAUSE, _FIRST
            self._tried.clear()

    def _going_on(self, place: int, size: int) -> list[int]:
        """Give what followed a place; past the end, what is guessed to follow there is taken to go on so."""
        found = self._tokens[place : place + size]
        period = len(found)
        return [found[at % period] for at in range(size)]

    def _index(self) -> None:
        """Note where each run of tokens goes on; the last run goes on nowhere yet."""
        for end in range(max(self._indexed, _RUN), len(self._tokens)):
            self._places.setdefault(tuple(self._tokens[end - _RUN : end]), []).append(end)
        self._indexed = max(self._indexed, len(self._tokens))

    def _place(self) -> int | None:
        places = self._places.get(tuple(self._tokens[-_RUN:]), ())
        latest = places[: -_LOOKED_AT - 1 : -1]
        return max(latest, key=lambda place: _agreement(self._tokens, place), default=None)


def _agreement(tokens: Sequence[int], place: int) -> int:
    """Count the tokens before a place that agree with those before the end."""
    length = len(tokens)
    farthest = min(_FARTHEST, place)
    return next((size for size in range(farthest) if tokens[place - 1 - size] != tokens[length - 1 - size]), farthest)
