"""Chooses tokens by their logits, and says how sure the model was.

Everything here is arithmetic over one row of logits; where the row comes from is not known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from attrs import define, field
from numpy.typing import NDArray

from lastmile.cascade.confidence import Confidence
from lastmile.model.engine.native import Logits
from lastmile.model.values import Sampling

_SEEDS = 2**63
_DISTANCES = (np.float32(10), np.float32(25))
"""How far from the highest logit the likeliest tokens are looked for first."""

_NOTHING = np.float32(-1e4)
"""A logarithm whose exponential is 0."""


class Limits(Protocol):
    """What a sample may say, such as a grammar."""

    def allows(self, token: int) -> bool:
        """Tell whether the sample may go on with a token."""

    def allowed(self, logits: Logits) -> Logits:
        """Give the logits with those of every other token at minus infinity."""

    def take(self, token: int) -> None:
        """Go on with a token."""


@define(eq=False)
class Chooser:
    """Chooses the tokens of one sample, one after the other."""

    sampling: Sampling
    limits: Limits | None = None
    _random: np.random.Generator | None = field(default=None, init=False)
    """Made when it is first needed: that takes as long as a token, and the likeliest needs none."""

    def choose(self, logits: Logits) -> int | None:
        """Give the next token; None where the limits let nothing follow."""
        token = self._free(logits)
        if self.limits is None:
            return token
        if not self.limits.allows(token):
            held = self.limits.allowed(logits)
            if not np.isfinite(held.max()):
                return None
            token = self._free(held)
        self.limits.take(token)
        return token

    def _free(self, logits: Logits) -> int:
        if self.sampling.temperature <= 0:
            return int(logits.argmax())
        tokens, logs = likely(logits, self.sampling)
        weights = np.exp((logs - logs[0]) / self.sampling.temperature)
        reached = np.cumsum(weights)
        if self._random is None:
            self._random = np.random.default_rng(self.sampling.seed % _SEEDS)
        at = np.searchsorted(reached, self._random.random() * reached[-1], side="right")
        return int(tokens[min(at, len(tokens) - 1)])


def likely(logits: Logits, sampling: Sampling) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Give the tokens to choose from and their logits, the likeliest first.

    The filters stand in llama.cpp's order and see the probabilities before the temperature: the
    ``top_k`` likeliest, of those the fewest that hold ``top_p`` together, of those the ones that have
    ``min_p`` of the likeliest's probability.
    """
    tokens = _top(logits, sampling.top_k)
    logs = logits[tokens].astype(np.float64)
    order = np.argsort(-logs, kind="stable")
    tokens, logs = tokens[order], logs[order]
    shares = np.exp(logs - logs[0])
    if 0 < sampling.top_p < 1:
        reached = np.cumsum(shares) / shares.sum()
        kept = int(np.searchsorted(reached, sampling.top_p)) + 1
        tokens, logs, shares = tokens[:kept], logs[:kept], shares[:kept]
    kept = max(1, int(np.count_nonzero(shares >= sampling.min_p)))
    return tokens[:kept], logs[:kept]


def likeliest(logits: Logits, count: int) -> Sequence[int]:
    """Give the likeliest tokens, the likeliest first and the least number first of equals."""
    if not count:
        return ()
    tokens = _top(logits, count)
    order = np.argsort(-logits[tokens], kind="stable")
    return [int(token) for token in tokens[order]]


def _top(logits: Logits, count: int) -> NDArray[np.int64]:
    """Give the tokens with the highest logits; all that can follow where ``count`` is 0."""
    if count <= 0 or count >= len(logits):
        return np.flatnonzero(np.isfinite(logits))
    # To compare with one number takes a tenth of the time that partitioning the whole vocabulary takes.
    highest = logits.max()
    pools = (np.flatnonzero(logits > highest - distance) for distance in _DISTANCES)
    pool = next((near for near in pools if len(near) >= count), None)
    if pool is None:
        pool = np.flatnonzero(np.isfinite(logits))
    if len(pool) <= count:
        return pool
    return np.sort(pool[np.argpartition(logits[pool], -count)[-count:]])


@define(eq=False)
class Scratch:
    """Two rows of numbers that are written anew at each token: to be given new memory takes longer than the sums."""

    _rows: tuple[Logits, Logits] = field(factory=lambda: _empty(0), init=False)

    def rows(self, size: int) -> tuple[Logits, Logits]:
        """Give two rows of so many numbers, whatever they are."""
        if len(self._rows[0]) != size:
            self._rows = _empty(size)
        return self._rows


def _empty(size: int) -> tuple[Logits, Logits]:
    return np.empty(size, np.float32), np.empty(size, np.float32)


@define(eq=False)
class Sureness:
    """Adds up what the model's probabilities say of one sample."""

    _scratch: Scratch = field(factory=Scratch)
    """All samples of a thread may share one."""

    _count: int = field(default=0, init=False)
    _total: float = field(default=0.0, init=False)
    _least: float = field(default=0.0, init=False)
    _margin: float = field(default=0.0, init=False)
    _entropy: float = field(default=0.0, init=False)

    def note(self, logits: Logits, token: int) -> float:
        """Take into account that a token was chosen; a third of a millisecond for 150,000 of them.

        Gives the logarithm of what all of them come to, from which a token's log-probability follows.
        """
        apart, shares = self._scratch.rows(len(logits))
        highest = logits[logits.argmax()]
        np.subtract(logits, highest, out=apart)
        np.exp(apart, out=shares)
        whole = float(np.add.reduce(shares))
        log = math.log(whole)
        chosen = float(apart[token])
        with np.errstate(invalid="ignore"):
            spread = float(np.dot(shares, apart))
        if math.isnan(spread):
            # What cannot follow has a share of nothing. To see to it each time would take a fifth of the whole.
            np.maximum(apart, _NOTHING, out=apart)
            spread = float(np.dot(shares, apart))
        self._entropy += log - spread / whole
        apart[token] = -np.inf
        self._margin += chosen - float(apart[apart.argmax()])
        chosen -= log
        self._total += chosen
        self._least = min(self._least, chosen) if self._count else chosen
        self._count += 1
        return float(highest) + log

    def confidence(self) -> Confidence | None:
        """Give the sums as means; None where there was no token."""
        count = self._count
        if not count:
            return None
        return Confidence(
            mean=self._total / count,
            least=self._least,
            margin=self._margin / count,
            entropy=max(0.0, self._entropy / count),
        )
