"""Which cells of a context's buffer hold what, in llama.cpp's own numbers, and how a text keeps its order in them.

On processors attention adds up the values of a text in the order of their cells, and rounds at each: the
same text in another order gives other logits. llama.cpp takes the lowest free cells for what comes next. So
a text stays in order as long as nothing is free below its last cell; one that has free cells there is put
into the lowest ones anew before it goes on. When that is to be done is the lane's to know.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush

from attrs import Factory, define, field

from lastmile.model.engine.native import Context
from lastmile.model.engine.sequence import Sequence
from lastmile.model.engine.trouble import DecodeError


def _none_held(cells: Cells) -> list[int]:
    return [0] * cells.context.cells


def _all_free(cells: Cells) -> list[int]:
    return list(range(cells.context.cells))


@define(eq=False)
class Cells:
    """The cells of a context; for the engine's thread alone."""

    context: Context
    _holders: list[int] = field(default=Factory(_none_held, takes_self=True), init=False)
    """By how many sequences each is held."""

    _free: list[int] = field(default=Factory(_all_free, takes_self=True), init=False)
    """Those that nothing holds, as a heap: at each token the lowest of them is wanted, and nothing else."""

    def take(self, sequences: Iterable[Sequence]) -> None:
        """Note that a token was put in behind each of these, in this order."""
        for sequence in sequences:
            cell = heappop(self._free)
            self._holders[cell] = 1
            sequence.cells.append(cell)

    def share(self, source: Sequence, target: Sequence, length: int) -> None:
        """Let an empty sequence hold the first cells of another."""
        self.context.copy(source.number, target.number, length)
        target.tokens, target.cells = source.tokens[:length], source.cells[:length]
        for cell in target.cells:
            self._holders[cell] += 1

    def give_up(self, sequence: Sequence, length: int) -> bool:
        """Forget what a sequence holds from a position on; False where the model cannot take back a part."""
        if not self.context.trim(sequence.number, length):
            return False
        self._let_go(sequence.cells[length:])
        sequence.cut(length)
        return True

    def free(self) -> int:
        """Count the cells that nothing holds."""
        return len(self._free)

    def put_in_order(self, sequence: Sequence, spare: int) -> None:
        """See to it that what comes next lies behind what a sequence holds.

        One that shares its beginning has to be copied for that, and stays where it is if that takes more
        than ``spare`` cells. Raises `DecodeError`.
        """
        shared = sum(self._holders[cell] > 1 for cell in sequence.cells)
        if shared > spare:
            return
        data, held = self.context.state(sequence.number), len(sequence.cells)
        self.context.trim(sequence.number, 0)
        self._let_go(sequence.cells)
        sequence.cells.clear()
        if not self.context.restore(sequence.number, data):
            sequence.cut(0)
            raise DecodeError("llama.cpp could not move what a context holds.")
        self.take([sequence] * held)

    def disordered(self, sequence: Sequence) -> bool:
        """Tell whether what comes next would lie before what a sequence holds."""
        return bool(sequence.cells and self._free) and self._free[0] < sequence.cells[-1]

    def _let_go(self, cells: Iterable[int]) -> None:
        for cell in cells:
            self._holders[cell] -= 1
            if not self._holders[cell]:
                heappush(self._free, cell)
