"""How sure a model was of a draft, by its own probabilities, as a value. It is a hint: no check goes by it."""

from __future__ import annotations

from math import exp

from attrs import frozen


@frozen
class Confidence:
    """What the probabilities of a draft's tokens say. Natural logarithms."""

    mean: float
    """The mean log-probability of its tokens; 0 is certain."""

    least: float
    """The lowest of them."""

    margin: float
    """The mean difference to the next likeliest token's log-probability."""

    entropy: float
    """The mean entropy of what could have followed, in nats."""

    @property
    def probability(self) -> float:
        """The geometric mean of its tokens' probabilities, 0 to 1."""
        return exp(min(0.0, self.mean))
