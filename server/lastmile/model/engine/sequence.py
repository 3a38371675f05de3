"""One text in a lane: its tokens, and the cells that hold their keys and values.

Its cells have llama.cpp's own numbers, which `cells.Cells` keeps.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import define, field


@define(eq=False)
class Sequence:
    """A text that a lane holds."""

    number: int
    tokens: list[int] = field(factory=list)
    cells: list[int] = field(factory=list)
    """One for each token; sequences that share a prefix share its cells."""

    document: str = ""
    used: int = 0
    """When it was last in use, as a count of requests."""

    busy: bool = False
    """Whether a request holds it."""

    def cut(self, length: int) -> None:
        """Forget the tokens from a position on."""
        del self.tokens[length:]
        del self.cells[length:]


def filled(sequences: Iterable[Sequence]) -> set[int]:
    """Give the cells that they fill together."""
    return set().union(*(sequence.cells for sequence in sequences))
