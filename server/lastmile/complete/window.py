"""What of a document a model is shown: many lines before the cursor, fewer after it.

Both ends stand still while a person types: the first line moves in steps, counted from the top, and
the last in steps counted from the bottom, so that a new line in the middle moves neither. What a
keystroke changes is then the end of the prefix alone, and a model's cache holds.
"""

from __future__ import annotations

from attrs import field, frozen

from lastmile.model.values import Chunk, Fill
from lastmile.text.lines import LineIndex

_BEFORE, _BEFORE_STEP = 256, 64
"""Lines before the cursor's: at least so many where there are, as llama.vim has it, moved in such steps."""

_AFTER, _AFTER_STEP = 64, 16
_LONGEST = 32_768
"""Characters on either side: lines may be long, and no small model reads more."""


@frozen
class Window:
    """A part of a text around a cursor."""

    before: str = field(repr=False)
    """Up to the cursor."""

    after: str = field(repr=False)

    @property
    def line(self) -> str:
        """The cursor's line up to the cursor."""
        return self.before[self._line_start :]

    @property
    def above(self) -> str:
        """What stands before the cursor's line."""
        return self.before[: self._line_start]

    @property
    def rest(self) -> str:
        """The cursor's line from the cursor on, without its end."""
        return self.after.partition("\n")[0].partition("\r")[0]

    @property
    def below(self) -> str:
        """What stands after the cursor's line."""
        return self.after[len(self.rest) :]

    @property
    def lead(self) -> str:
        """The blanks that the cursor's line has so far, where it has nothing else."""
        return self.line if not self.line.strip() else ""

    @property
    def _line_start(self) -> int:
        return max(self.before.rfind("\n"), self.before.rfind("\r")) + 1

    def fill(self, path: str, chunks: tuple[Chunk, ...]) -> Fill:
        """Ask for what stands between both.

        Indentation of a line that is otherwise blank is left to the model: it learnt it as part of
        what follows.
        """
        return Fill(self.before.removesuffix(self.lead) if self.lead else self.before, self.after, path, chunks)


def around(lines: LineIndex, offset: int) -> Window:
    """Cut the window around an offset out of a text."""
    line = lines.line_at(offset)
    below = len(lines) - 1 - line
    first = _stepped(line - _BEFORE, _BEFORE_STEP)
    left_off = _stepped(below - _AFTER, _AFTER_STEP)
    start, end = lines.start(first), lines.start(len(lines) - left_off)
    text = lines.text
    start = max(start, _stepped(offset - _LONGEST, _LONGEST // 4))
    return Window(text[start:offset], text[offset : min(end, offset + _LONGEST)])


def _stepped(count: int, step: int) -> int:
    return max(0, count) // step * step
