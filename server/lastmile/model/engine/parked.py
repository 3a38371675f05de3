"""Keeps the states of documents that are not in a lane, within a budget of bytes.

It does not know how a state is read or put back; the longest unused goes first.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from attrs import define, field, frozen
from numpy.typing import NDArray


@frozen(eq=False)
class State:
    """What a sequence held."""

    document: str
    tokens: list[int]
    data: NDArray[np.uint8]


@define(eq=False)
class Parked:
    """The states of one lane, the latest last."""

    budget: int
    _states: deque[State] = field(factory=deque, init=False)

    def put(self, state: State) -> None:
        """Keep a state, in the place of one that it goes on from; one past the whole budget is not kept."""
        self._states = deque(known for known in self._states if not _continues(state, known))
        if state.data.nbytes > self.budget:
            return
        self._states.append(state)
        while self.bytes() > self.budget:
            self._states.popleft()

    def take(self, state: State) -> None:
        """Forget a state that is in a lane again."""
        self._states = deque(known for known in self._states if known is not state)

    def longest(self, tokens: list[int]) -> tuple[State | None, int]:
        """Give the state that has most of the beginning of ``tokens``, and how many of them."""
        found = max(self._states, key=lambda state: common(state.tokens, tokens), default=None)
        return found, 0 if found is None else common(found.tokens, tokens)

    def bytes(self) -> int:
        """Give what the states take."""
        return sum(state.data.nbytes for state in self._states)

    def __len__(self) -> int:
        return len(self._states)


def _continues(state: State, known: State) -> bool:
    return bool(state.document) and known.document == state.document


def common(first: list[int], second: list[int]) -> int:
    """Count the tokens that both begin with."""
    length = min(len(first), len(second))
    if first[:length] == second[:length]:
        return length
    low, high = 0, length
    while high - low > 1:
        middle = (low + high) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle
    return low
