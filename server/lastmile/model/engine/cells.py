"""Which cells of a context's buffer hold what, in llama.cpp's own numbers, and how a text keeps its order in them.

On processors attention adds up the values of a text in the order of their cells, and rounds at each: the
same text in another order gives other logits. llama.cpp takes the lowest free cells for what comes next. So
a text stays in order as long as nothing is free below its last cell, and that is seen to here: what is given
up below a text that is being read or written stays taken for a while, and a text with free cells below its
end is put into the lowest ones anew before it goes on. It does not know what any of it is for.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from attrs import Factory, define, field
from numpy.typing import NDArray

from lastmile.model.engine.native import Context
from lastmile.model.engine.sequence import Sequence
from lastmile.model.engine.trouble import DecodeError

_MOST_KEPT = 256
"""Cells given up that stay taken at the most: when they are freed, those above are moved once."""


def _none_held(cells: Cells) -> NDArray[np.int32]:
    return np.zeros(cells.context.cells, np.int32)


@define(eq=False)
class Cells:
    """The cells of a context; for the engine's thread alone."""

    context: Context
    keeper: Sequence
    """A sequence of the context that no request has, and that holds what is given up but not yet free."""

    _holders: NDArray[np.int32] = field(default=Factory(_none_held, takes_self=True), init=False)
    """By how many sequences each is held."""

    def take(self, sequences: Iterable[Sequence]) -> None:
        """Note that a token was put in behind each of these, in this order."""
        found = list(sequences)
        cells = np.flatnonzero(self._holders == 0)[: len(found)]
        self._holders[cells] += 1
        for sequence, cell in zip(found, cells.tolist(), strict=True):
            sequence.cells.append(cell)

    def share(self, source: Sequence, target: Sequence, length: int) -> None:
        """Let an empty sequence hold the first cells of another."""
        self.context.copy(source.number, target.number, length)
        target.tokens, target.cells = source.tokens[:length], source.cells[:length]
        self._holders[target.cells] += 1

    def give_up(self, sequence: Sequence, length: int, others: Iterable[Sequence]) -> bool:
        """Forget what a sequence holds from a position on; False where the model cannot take back a part.

        ``others`` are those that are being read or written: what lies below their ends stays taken.
        """
        dropped = sequence.cells[length:]
        kept = self._worth_keeping(dropped, others)
        if kept:
            self.context.copy(sequence.number, self.keeper.number, -1, start=length)
        if not self.context.trim(sequence.number, length):
            return False
        if kept:
            self.keeper.cells.extend(dropped)
        else:
            self._holders[dropped] -= 1
        sequence.cut(length)
        return True

    def free_kept(self) -> None:
        """Free what stayed taken."""
        if self.keeper.cells:
            self.context.trim(self.keeper.number, 0)
            self._holders[self.keeper.cells] -= 1
            self.keeper.cells.clear()

    def free(self) -> int:
        """Count the cells that nothing holds."""
        return int(np.count_nonzero(self._holders == 0))

    def put_in_order(self, sequences: Iterable[Sequence], count: int) -> None:
        """See to it that what comes next, so many tokens, lies behind what each of these holds.

        A sequence that would have to be copied because it shares its beginning stays where there is no
        room for that. Raises `DecodeError`.
        """
        if self.keeper.cells and self.free() < count:
            self.free_kept()
        for sequence in sequences:
            if sequence.cells and int(np.argmin(self._holders)) < sequence.cells[-1]:
                self._move(sequence, count)

    def _worth_keeping(self, dropped: list[int], others: Iterable[Sequence]) -> bool:
        """Tell whether cells are few, nobody else's, and below what another sequence holds."""
        if not dropped or len(self.keeper.cells) + len(dropped) > _MOST_KEPT:
            return False
        below = any(each.cells and each.cells[-1] > dropped[0] for each in others)
        return below and bool((self._holders[dropped] == 1).all())

    def _move(self, sequence: Sequence, count: int) -> None:
        shared = int(np.count_nonzero(self._holders[sequence.cells] > 1))
        if self.free() < shared + count:
            return
        data, held = self.context.state(sequence.number), len(sequence.cells)
        self.context.trim(sequence.number, 0)
        self._holders[sequence.cells] -= 1
        sequence.cells.clear()
        if not self.context.restore(sequence.number, data):
            sequence.cut(0)
            raise DecodeError("llama.cpp could not move what a context holds.")
        self.take([sequence] * held)
