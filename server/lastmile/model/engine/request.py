"""One request, as a generator that stands still before every batch.

It yields where something more urgent may go first, and is closed where nobody wants it any more; its
lane's books are true at each of these places. Which of several goes on is the scheduler's to know.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from enum import Enum

from attrs import define, field

from lastmile.model.engine.lane import Claim, Lane, Need, Row
from lastmile.model.engine.lookup import Lookup
from lastmile.model.engine.native import Logits
from lastmile.model.engine.prompts import PromptMaker
from lastmile.model.engine.sample import Hear, Model, Sample, begun
from lastmile.model.engine.trouble import AskError, InterruptedBatchError
from lastmile.model.values import Ask, Reason, Urgency, Usage


class Turn(Enum):
    """Why a request stands still."""

    READY = "ready"
    """The next batch can run."""

    BLOCKED = "blocked"
    """Other requests hold what it needs; it can go on when one of them has ended."""


Steps = Generator[Turn, None, None]

_SECONDS = 0.1
"""How long a batch of a prompt may take: longer ones are hardly quicker by the token."""

_SHORT_SECONDS = 0.03
"""The same for what something more urgent may have to wait for, where a batch cannot be interrupted."""

_FAR = 2
"""How many times a context is so much that the tokens are not counted any more."""

_LEAST = 16
"""Tokens of a prompt's batch at the least: smaller ones cost nearly as much."""


@define(eq=False)
class Request:
    """One request on a lane; run by going through `steps` once."""

    ask: Ask
    lane: Lane
    prompts: PromptMaker
    model: Model
    hear: Hear
    lookup: bool = True
    _prompt_seconds: float = field(default=0.0, init=False)
    _completion_seconds: float = field(default=0.0, init=False)
    _waited: float = field(default=0.0, init=False)
    """Seconds in which others ran."""

    _guessed: int = field(default=0, init=False)

    def steps(self) -> Steps:
        """Answer the request. Raises `EngineError` where it comes to nothing."""
        need = self._need()
        while (claim := self.lane.claim(need)) is None:
            yield Turn.BLOCKED
        samples: list[Sample] = []
        try:
            samples = begun(self.ask, claim.sequences, need.most, self.model, self.hear)
            yield from self._answer(claim, samples)
        finally:
            for sample in samples:
                sample.close()
            self.lane.release(claim)
        self.hear(self._usage(claim, samples))

    def _need(self) -> Need:
        """Reckon what it takes, before anything is evaluated. Raises `AskError`."""
        ask, aside = self.ask, self.ask.urgency is Urgency.BACKGROUND
        cells, samples = self.lane.room(aside=aside)
        if not 0 < len(ask.samples) <= samples:
            message = f"{len(ask.samples)} samples were asked for; there can be 1 to {samples}."
            raise AskError(message)
        longest = min(cells, self.model.weights.trained or cells)
        tokens = self._tokens(longest)
        if len(tokens) >= longest:
            message = (
                f"The prompt has {len(tokens)} tokens and the context holds {longest}: give the model less to read."
            )
            raise AskError(message)
        if not tokens:
            raise AskError("The prompt is empty.")
        most = min(ask.most, longest - len(tokens), (cells - len(tokens)) // len(ask.samples))
        return Need(tokens, len(ask.samples), max(0, most), ask.document, aside)

    def _tokens(self, longest: int) -> list[int]:
        """Make the prompt, as short as it has to be. Raises `AskError` where that is far too long even so."""
        prompt = self.prompts.fitted(self.ask.prompt, longest, self.ask.most)
        if self.prompts.too_long(prompt, _FAR * longest):
            message = f"The prompt is far too long for a context of {longest} tokens: give the model less to read."
            raise AskError(message)
        return self.prompts.tokens(prompt)

    def _answer(self, claim: Claim, samples: list[Sample]) -> Steps:
        began = time.perf_counter()
        logits = yield from self._read(claim)
        read, waited = time.perf_counter(), self._waited
        self._prompt_seconds = read - began - waited
        if not claim.need.most:
            for sample in samples:
                sample.end(Reason.LENGTH)
        elif self._may_guess():
            yield from self._guess(claim, samples[0], logits)
        else:
            yield from self._decode(claim, samples, logits)
        self._completion_seconds = time.perf_counter() - read - (self._waited - waited)

    def _read(self, claim: Claim) -> Generator[Turn, None, Logits]:
        """Read what is not known of the prompt; gives the logits of its end."""
        first, tokens = claim.sequences[0], claim.need.tokens
        found: list[Logits] = []
        while len(first.tokens) < len(tokens):
            size = self.lane.pace.tokens(self._seconds(), least=_LEAST, most=self.lane.context.most)
            start = len(first.tokens)
            end = min(start + size, len(tokens))
            rows = [Row(first, tokens[at], wanted=at == len(tokens) - 1) for at in range(start, end)]
            found = yield from self._evaluated(rows)
        return found[0]

    def _seconds(self) -> float:
        first = self.ask.urgency is Urgency.COMPLETION
        return _SECONDS if first or self.lane.interruptible else _SHORT_SECONDS

    def _decode(self, claim: Claim, samples: list[Sample], logits: Logits) -> Steps:
        """Make all samples together, a token of each in a batch."""
        first, length = claim.sequences[0], len(claim.need.tokens)
        for sample in samples[1:]:
            self.lane.share(first, sample.sequence, length)
        for sample in samples:
            sample.take(logits)
        while live := [sample for sample in samples if sample.reason is None]:
            found = yield from self._evaluated([Row(each.sequence, each.last, wanted=True) for each in live])
            for sample, row in zip(live, found, strict=True):
                sample.take(row)

    def _guess(self, claim: Claim, sample: Sample, logits: Logits) -> Steps:
        """Make one greedy sample, evaluating with each token those that are guessed to follow."""
        lookup = Lookup(claim.need.tokens)
        token = sample.take(logits)
        while sample.reason is None:
            lookup.add(token)
            most = min(sample.most - sample.count, self.lane.context.most) - 1
            guess = lookup.guess(most, self.lane.pace.price)
            start = len(sample.sequence.tokens)
            rows = [Row(sample.sequence, each, wanted=True) for each in (token, *guess)]
            found = yield from self._evaluated(rows)
            right = 0
            token = sample.take(found[0])
            while right < len(guess) and token == guess[right]:
                lookup.add(token)
                right += 1
                token = sample.take(found[right])
            lookup.judge(len(guess), right)
            if right < len(guess):
                self.lane.trim(sample.sequence, start + 1 + right)
        self._guessed = lookup.right

    def _may_guess(self) -> bool:
        """Tell whether checking a guess gives what plain decoding would: the likeliest token of one sample."""
        samples = self.ask.samples
        greedy = len(samples) == 1 and samples[0].temperature <= 0 and not self.ask.grammar
        return greedy and self.lookup and self.lane.rewindable

    def _evaluated(self, rows: list[Row]) -> Generator[Turn, None, list[Logits]]:
        """Evaluate a batch when it is this request's turn, again where it was interrupted."""
        while True:
            stood = time.perf_counter()
            yield Turn.READY
            self._waited += time.perf_counter() - stood
            try:
                return self.lane.evaluate(rows)
            except InterruptedBatchError:
                continue

    def _usage(self, claim: Claim, samples: list[Sample]) -> Usage:
        return Usage(
            prompt=len(claim.need.tokens),
            cached=claim.cached,
            completion=sum(sample.count for sample in samples),
            prompt_seconds=self._prompt_seconds,
            completion_seconds=self._completion_seconds,
            guessed=self._guessed,
        )
