"""Guesses what a model will say from what stands in its prompt already.

An edit mostly repeats its input, so a run of tokens that came up before is likely to go on as it did
then. A guess costs only the time to check it: on accelerators next to nothing, on a processor nearly as
much as it may save. So it is made as long as pays, by the machine's own prices and by what is known of
the chance that it is right; where it would not pay, none is made. What is guessed never changes what
comes out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

import numpy as np
from attrs import define, field
from numpy.typing import NDArray

Price = Callable[[int], float]
"""What so many further tokens in a batch cost, as a share of what one alone takes."""

_RUN = 3
"""Tokens that must agree before a guess is made; with 2, code's small change (`, ` and `):`) sets off guesses."""

_LOOKED_AT = 8
"""Places of one run that are compared for the longest agreement, the latest first."""

_FARTHEST = 64
"""Tokens back from a place until which agreement is compared."""

_WIDTH = 4
"""Bytes of a token."""

_MOST = 32
_TRIED_BEYOND = 3
"""Tokens that are guessed behind one that was another."""

_REMEMBERED = 6
"""Guesses by which the next one is judged."""

_FORGOTTEN = 48
"""Tokens without a guess after which the last ones tell nothing any more."""


@define(eq=False)
class Lookup:
    """The guesses for one sample."""

    _said: Sequence[int]
    """The prompt's tokens."""

    _data: bytearray = field(init=False)
    """All tokens as numbers of four bytes, with room for more: only the first ``_length`` are there."""

    _tokens: NDArray[np.int32] = field(init=False)
    """The same, as numbers."""

    _length: int = field(init=False)
    _since: int = field(default=0, init=False)
    """Tokens that came after the last guess."""

    _from: int = field(default=0, init=False)
    """The place where the last guess was taken from."""

    _beyond: int = field(default=0, init=False)
    """The place behind the token that the last guess had wrong; 0 where it had none."""

    _tried: deque[tuple[int, int]] = field(factory=lambda: deque(maxlen=_REMEMBERED), init=False)
    right: int = field(default=0, init=False)
    """How many guessed tokens were right."""

    def __attrs_post_init__(self) -> None:
        self._length = len(self._said)
        self._hold(np.array(self._said, np.int32))

    def add(self, token: int) -> None:
        """Take what the model said."""
        if self._length == len(self._tokens):
            self._hold(self._tokens)
        self._tokens[self._length] = token
        self._length += 1
        self._since += 1
        if self._since >= _FORGOTTEN:
            self._tried.clear()

    def _hold(self, tokens: NDArray[np.int32]) -> None:
        """Make room for half as many more."""
        self._data = bytearray(tokens.tobytes() + bytes(_WIDTH * (len(tokens) // 2 + _MOST)))
        self._tokens = np.frombuffer(self._data, np.int32)

    def guess(self, most: int, price: Price) -> list[int]:
        """Give tokens that may come next; none where nothing is known or it does not pay."""
        if most <= 0:
            return []
        most, agreed = min(most, _MOST), 0
        if (place := self._place()) is not None:
            agreed = self._agreement(place)
        elif self._beyond:
            # An edit often puts one token in another's place and goes on as before.
            place, most, agreed = self._beyond, min(most, _TRIED_BEYOND), _RUN
        self._from, self._beyond = place or 0, 0
        if place is None:
            return []
        return self._going_on(place, worth(self._chance(agreed), most, price))

    def judge(self, guessed: int, right: int) -> None:
        """Learn how a guess went."""
        if not guessed:
            return
        self.right += right
        self._since = 0
        if right < guessed:
            self._beyond = self._from + right + 1
        self._tried.append((guessed, right))

    def _chance(self, agreed: int) -> float:
        """Give how likely the next guessed token is right: by the rule of succession, after what agreed so far."""
        right = agreed + sum(right for _, right in self._tried)
        wrong = sum(right < guessed for guessed, right in self._tried)
        return right / (right + wrong + 1)

    def _going_on(self, place: int, size: int) -> list[int]:
        """Give what followed a place; past the end, what is guessed to follow there is taken to go on so."""
        found: list[int] = self._tokens[place : min(place + size, self._length)].tolist()
        period = len(found)
        return [found[at % period] for at in range(size)] if period else []

    def _place(self) -> int | None:
        """Find where what was said last goes on, in the place that most before it agrees with."""
        end, found = self._length, list[int]()
        if end <= _RUN:
            return None
        # Bytes are looked through in a microsecond or two; an index would take milliseconds for every request.
        data, last = self._data, _WIDTH * (end - 1)
        run = data[_WIDTH * (end - _RUN) : _WIDTH * end]
        while len(found) < _LOOKED_AT and (at := data.rfind(run, 0, last)) >= 0:
            if at % _WIDTH == 0:
                found.append(at // _WIDTH + _RUN)
            last = at + len(run) - 1
        return max(found, key=self._agreement, default=None)

    def _agreement(self, place: int) -> int:
        """Count the tokens before a place that agree with those before the end."""
        farthest = min(_FARTHEST, place)
        differ = self._tokens[place - farthest : place] != self._tokens[self._length - farthest : self._length]
        found = np.flatnonzero(differ)
        return farthest - 1 - int(found[-1]) if len(found) else farthest


def worth(chance: float, most: int, price: Price) -> int:
    """Give the length of the guess that saves most; 0 where none saves anything.

    ``chance`` is how likely each token is right where all before it are. What is saved is counted in
    tokens alone: as many as are right, less what it costs to check them all.
    """
    best, longest, expected, share = 0.0, 0, 0.0, 1.0
    for length in range(1, most + 1):
        share *= chance
        expected += share
        if expected - price(length) > best:
            best, longest = expected - price(length), length
    return longest
