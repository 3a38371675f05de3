"""One sample as it grows: its tokens, its text, and why it ended.

It takes a row of logits at a time; how they came to be is not known here.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, field, frozen

from lastmile.model.engine.grammar import Grammar
from lastmile.model.engine.native import Logits, Weights
from lastmile.model.engine.sampling import Chooser, Scratch, Sureness
from lastmile.model.engine.sequence import Sequence
from lastmile.model.engine.speech import Speech
from lastmile.model.engine.telling import Telling
from lastmile.model.engine.vocabulary import Vocabulary
from lastmile.model.values import Ask, Ended, Heard, Piece, Reason, Token

Hear = Callable[[Heard], None]


@frozen(eq=False)
class Model:
    """What all samples of a model share."""

    weights: Weights
    vocabulary: Vocabulary
    scratch: Scratch = field(factory=Scratch)


@define(eq=False)
class Sample:
    """A sample that is being made."""

    number: int
    sequence: Sequence
    most: int
    _model: Model
    _hear: Hear
    _chooser: Chooser
    _speech: Speech
    _sureness: Sureness | None = None
    """None where nobody wants to know."""

    _grammar: Grammar | None = None
    _telling: Telling | None = None
    """None where tokens are not told."""

    last: int = field(default=-1, init=False)
    """The token chosen last, which its sequence does not hold yet."""

    count: int = field(default=0, init=False)
    reason: Reason | None = field(default=None, init=False)
    """Why it ended; None while it goes on."""

    def take(self, logits: Logits) -> int:
        """Choose the next token and say what it adds. Gives the token, or -1 where the sample ended."""
        token = self._chooser.choose(logits)
        if token is None or self._model.vocabulary.ends(token):
            self.end(Reason.STOP)
            return -1
        self.count += 1
        whole = 0.0 if self._sureness is None else self._sureness.note(logits, token)
        if self._telling is not None:
            self._telling.note(logits, token, start=self._speech.read, whole=whole)
        self._say(self._speech.add(self._model.vocabulary.piece(token)))
        if self._speech.stopped:
            self.end(Reason.STOP)
        elif self.count >= self.most:
            self.end(Reason.LENGTH)
        self.last = token if self.reason is None else -1
        return self.last

    def end(self, reason: Reason) -> None:
        """Say that it is complete, with what was held back."""
        self.reason = reason
        self._say(self._speech.end(), last=True)
        confidence = None if self._sureness is None else self._sureness.confidence()
        self._hear(Ended(self.number, reason, self.count, confidence))
        self.close()

    def close(self) -> None:
        """Give back what the library holds for it."""
        if self._grammar is not None:
            self._grammar.close()

    def _say(self, text: str, *, last: bool = False) -> None:
        tokens: tuple[Token, ...] = ()
        if self._telling is not None:
            tokens = self._telling.rest() if last and not self._speech.stopped else self._telling.due(text)
        if text or tokens:
            self._hear(Piece(self.number, text, tokens))


def begun(ask: Ask, sequences: tuple[Sequence, ...], most: int, model: Model, hear: Hear) -> list[Sample]:
    """Begin the samples that are wanted. Raises `AskError` for a grammar that cannot be read."""
    return [
        _begun(ask, number, sequence, most=most, model=model, hear=hear) for number, sequence in enumerate(sequences)
    ]


def _begun(ask: Ask, number: int, sequence: Sequence, *, most: int, model: Model, hear: Hear) -> Sample:
    grammar = Grammar(model.weights, ask.grammar) if ask.grammar else None
    return Sample(
        number=number,
        sequence=sequence,
        most=most,
        model=model,
        hear=hear,
        chooser=Chooser(ask.samples[number], grammar),
        speech=Speech(ask.stop),
        sureness=Sureness(model.scratch) if ask.confidence or ask.likeliest is not None else None,
        grammar=grammar,
        telling=None if ask.likeliest is None else Telling(model.vocabulary, ask.likeliest),
    )
