"""A context and what its sequences hold: what need not be read again, and where there is room.

A lane evaluates what it is given and keeps its books true whatever happens to a batch. Which request
runs when is the scheduler's to know, what to evaluate the request's.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Iterator

from attrs import Factory, define, field, frozen

from lastmile.model.engine.cells import Cells
from lastmile.model.engine.native import Context, Logits
from lastmile.model.engine.pace import Pace
from lastmile.model.engine.parked import Parked, State, common
from lastmile.model.engine.sequence import Sequence, filled

_WORTH_PARKING = 64
"""Tokens below which reading again is as quick as putting back."""

# A token's state is some 50 kB, put back at 2 GB/s or more: 25 us. Reading one takes 100 us on a fast
# accelerator and milliseconds without. So putting back pays from a quarter that is of use.
_USEFUL_SHARE = 4


@frozen
class Row:
    """A token to evaluate behind what its sequence holds and the earlier rows of it add."""

    sequence: Sequence
    token: int
    wanted: bool = False
    """Whether its logits are."""


@frozen
class Need:
    """What a request asks of a lane."""

    tokens: list[int]
    samples: int
    most: int
    """Tokens of each sample."""

    document: str = ""
    aside: bool = False
    """Whether nobody waits for it: it then leaves room for who is waited for."""

    @property
    def cells(self) -> int:
        """How many cells it may come to fill; the samples share those of the prompt."""
        return len(self.tokens) + self.samples * self.most


@frozen(eq=False)
class Claim:
    """What a request holds until it is released: a sequence for the prompt first, then the other samples'."""

    need: Need
    sequences: tuple[Sequence, ...]
    cached: int
    """Tokens of the prompt that are there already."""


def _cells(lane: Lane) -> Cells:
    return Cells(lane.context)


@define(eq=False)
class Lane:
    """One context; for the engine's thread alone."""

    context: Context
    sequences: tuple[Sequence, ...]
    parked: Parked
    rewindable: bool = True
    interruptible: bool = True
    """Whether a batch can be stopped while it runs."""

    ordered: bool = True
    """Whether what a sequence holds is to be kept in its order: only then is the same text the same to the bit."""

    pace: Pace = field(factory=Pace, init=False)
    evaluated: int = field(default=0, init=False)
    """Tokens evaluated since the lane was made."""

    _claims: list[Claim] = field(factory=list, init=False)
    _cells: Cells = field(default=Factory(_cells, takes_self=True), init=False)
    _clock: Iterator[int] = field(factory=lambda: itertools.count(1), init=False)

    def claim(self, need: Need) -> Claim | None:
        """Give a request its sequences, with as much of its prompt in the first as there is anywhere.

        None where other requests hold what it needs; it must fit into `room`.
        """
        if not self._has_room(need):
            return None
        held = [self._with_prefix(need)]
        held[0].busy = True
        for _ in range(need.samples - 1):
            held.append(self._emptied())
            held[-1].busy = True
        first = held[0]
        self._make_room(need, first)
        first.document = need.document
        claim = Claim(need, tuple(held), cached=len(first.tokens))
        self._claims.append(claim)
        return claim

    def room(self, *, aside: bool) -> tuple[int, int]:
        """Give how many cells and samples requests may hold together: half where nobody waits for them.

        What is more urgent goes first, but cannot take from a request what it holds.
        """
        cells, samples = self.context.cells, len(self.sequences)
        return (cells // 2, max(1, samples // 2)) if aside else (cells, samples)

    def _has_room(self, need: Need) -> bool:
        for aside in {False, need.aside}:
            cells, samples = self.room(aside=aside)
            held = [claim.need for claim in self._claims if claim.need.aside or not aside]
            if need.cells + sum(each.cells for each in held) > cells:
                return False
            if need.samples + sum(each.samples for each in held) > samples:
                return False
        return True

    def release(self, claim: Claim) -> None:
        """Take back what a request held; its first sequence stays, for the next request of its document."""
        self._claims.remove(claim)
        for sequence in claim.sequences[1:]:
            self.trim(sequence, 0)
        for sequence in claim.sequences:
            sequence.busy, sequence.used = False, next(self._clock)

    def evaluate(self, rows: list[Row]) -> list[Logits]:
        """Evaluate a batch and give the logits that are wanted: views, which the next batch overwrites.

        Raises what `Context.decode` does; every sequence is then as it was before.
        """
        touched = {row.sequence.number: row.sequence for row in rows}
        self._put_in_order(touched.values())
        lengths = {number: len(sequence.tokens) for number, sequence in touched.items()}
        tokens, positions, numbers = [], [], []
        for at, row in enumerate(rows):
            number = row.sequence.number
            tokens.append(row.token)
            positions.append(lengths[number])
            numbers.append(number)
            lengths[number] += 1
            self.context.batch.wanted[at] = row.wanted
        began = time.perf_counter()
        try:
            self.context.decode(tokens, positions, numbers)
        except BaseException:
            for sequence in touched.values():
                # A state that cannot be taken back may be anything now.
                self.trim(sequence, len(sequence.tokens) if self.rewindable else 0)
            raise
        found = [self.context.logits(number) for number, row in enumerate(rows) if row.wanted]
        self.pace.note(len(rows), time.perf_counter() - began)
        for row in rows:
            row.sequence.tokens.append(row.token)
        self._cells.take(row.sequence for row in rows)
        self.evaluated += len(rows)
        return found

    def trim(self, sequence: Sequence, length: int) -> None:
        """Forget what a sequence holds from a position on: all of it where the model cannot take back a part."""
        if not self._cells.give_up(sequence, length):
            self._cells.give_up(sequence, 0)

    def share(self, source: Sequence, target: Sequence, length: int) -> None:
        """Let an empty sequence begin with what another does."""
        self._cells.share(source, target, length)

    def _put_in_order(self, sequences: Iterable[Sequence]) -> None:
        if not self.ordered:
            return
        for sequence in sequences:
            if self._cells.disordered(sequence):
                promised = sum(_yet_to_come(claim) for claim in self._claims)
                self._cells.put_in_order(sequence, self._cells.free() - promised)

    def _with_prefix(self, need: Need) -> Sequence:
        """Find or make an idle sequence that holds a beginning of the prompt, and no more than that."""
        length, best = max(
            ((self._reusable(each, need), each) for each in self.sequences),
            key=lambda found: (found[0], not found[1].busy, found[1].used),
        )
        if restored := self._restored(need, beyond=length):
            return restored
        if not length:
            return self._emptied()
        others = any(not each.busy for each in self.sequences if each is not best)
        if not best.busy and (self._may_take(best, need, length) or not others):
            self.trim(best, length)
            return best
        fresh = self._emptied(spare=best)
        self.share(best, fresh, length)
        return fresh

    def _reusable(self, sequence: Sequence, need: Need) -> int:
        """Count the tokens of a sequence that need not be read; the last of a prompt always is, for its logits."""
        length = min(common(sequence.tokens, need.tokens), len(need.tokens) - 1)
        return length if self.rewindable or length == len(sequence.tokens) else 0

    def _may_take(self, sequence: Sequence, need: Need, length: int) -> bool:
        """Tell whether a sequence may be gone on with, or should be left to its own document and copied."""
        if sequence.document or need.document:
            return sequence.document == need.document
        return 2 * length >= len(sequence.tokens)

    def _restored(self, need: Need, *, beyond: int) -> Sequence | None:
        """Put back a parked state that has enough more of the prompt than the sequences have."""
        state, length = self.parked.longest(need.tokens)
        length = min(length, len(need.tokens) - 1)
        if state is None or (not self.rewindable and length < len(state.tokens)):
            return None
        if length - beyond < max(_WORTH_PARKING // 2, len(state.tokens) // _USEFUL_SHARE):
            return None
        target = self._emptied()
        while len(filled(self.sequences)) + len(state.tokens) > self.context.cells:
            if not self._evict(spare=target):
                return None
        if not self.context.restore(target.number, state.data):
            self.context.trim(target.number, 0)
            return None
        self.parked.take(state)
        target.tokens = list(state.tokens)
        self._cells.take([target] * len(state.tokens))
        self.trim(target, length)
        return target

    def _emptied(self, *, spare: Sequence | None = None) -> Sequence:
        """Give an idle sequence that holds nothing; there is one."""
        idle = [each for each in self.sequences if not each.busy and each is not spare]
        found = min(idle, key=lambda each: (bool(each.tokens), each.used))
        self._park(found)
        return found

    def _make_room(self, need: Need, first: Sequence) -> None:
        """Park idle sequences, the longest unused first, until what all requests may come to fill fits."""
        claimed = need.cells + sum(held.need.cells for held in self._claims)
        while True:
            idle = [sequence for sequence in self.sequences if not sequence.busy]
            if claimed + sum(len(sequence.cells) for sequence in idle) <= self.context.cells:
                return  # what they share is counted twice here, and there is room even so
            kept = filled(idle) - filled(each for each in self.sequences if each.busy)
            if claimed + len(kept) <= self.context.cells or not self._evict(spare=first):
                return

    def _evict(self, *, spare: Sequence) -> bool:
        """Park the sequence that was longest unused; False where there is none but the one to spare."""
        held = [each for each in self.sequences if each.tokens and not each.busy and each is not spare]
        if not held:
            return False
        self._park(min(held, key=lambda each: each.used))
        return True

    def _park(self, sequence: Sequence) -> None:
        if len(sequence.tokens) >= _WORTH_PARKING and self.parked.budget:
            state = State(sequence.document, list(sequence.tokens), self.context.state(sequence.number))
            self.parked.put(state)
        self.trim(sequence, 0)
        sequence.document = ""

    def close(self) -> None:
        """Give the memory back."""
        self.context.close()


def _yet_to_come(claim: Claim) -> int:
    """Count the tokens that a request may still put in; samples get its prompt from the first when that is read."""
    prompt, most = len(claim.need.tokens), claim.need.most
    first, *others = (len(sequence.tokens) for sequence in claim.sequences)
    return prompt + most - first + sum(prompt + most - (held or prompt) for held in others)
