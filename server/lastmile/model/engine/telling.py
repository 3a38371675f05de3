"""What is told of a sample's tokens: how likely each was, and what else could have come.

A token is told with the text that it begins in, so what a stop text takes away is not told either.
"""

from __future__ import annotations

from attrs import define, field

from lastmile.model.engine.native import Logits
from lastmile.model.engine.sampling import likeliest
from lastmile.model.engine.vocabulary import Vocabulary
from lastmile.model.values import Likely, Token


@define(eq=False)
class Telling:
    """The tokens of one sample whose text has not been said."""

    _vocabulary: Vocabulary
    _count: int
    """How many of the likeliest are told with each."""

    _waiting: list[Token] = field(factory=list, init=False)
    _said: int = field(default=0, init=False)
    """Characters."""

    def note(self, logits: Logits, token: int, *, start: int, whole: float) -> None:
        """Take a token, with the characters before it and the logarithm of what all tokens come to."""
        others = tuple(self._likely(logits, other, whole) for other in likeliest(logits, self._count))
        own = self._likely(logits, token, whole)
        self._waiting.append(Token(own.piece, own.log, start, others))

    def due(self, text: str) -> tuple[Token, ...]:
        """Give those that begin in a text that is said next."""
        self._said += len(text)
        found = tuple(token for token in self._waiting if token.start < self._said)
        del self._waiting[: len(found)]
        return found

    def rest(self) -> tuple[Token, ...]:
        """Give what is left: a character that never became whole, and tokens without text."""
        found = tuple(self._waiting)
        self._waiting.clear()
        return found

    def _likely(self, logits: Logits, token: int, whole: float) -> Likely:
        return Likely(self._vocabulary.piece(token), float(logits[token]) - whole)
