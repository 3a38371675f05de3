"""An open document: takes an editor's changes and hands out snapshots.

Held as lines, so that a keystroke costs what it touches and not what the file holds. It knows
nothing of LSP's types: whoever owns it decodes them.
"""

from __future__ import annotations

from lastmile.text.lines import split_lines
from lastmile.text.positions import Encoding, Position, units_to_characters


class Buffer:
    """The text of an open document, changed in place."""

    def __init__(self, text: str) -> None:
        self._text: str | None = text
        self._split: list[str] | None = None
        """The lines, once somebody changes one of them: most documents are opened to be read."""

    @property
    def text(self) -> str:
        """The whole text; joined once for each state."""
        if self._text is None:
            self._text = "".join(self._lines)
        return self._text

    @property
    def _lines(self) -> list[str]:
        if self._split is None:
            self._split = split_lines(self.text)
        return self._split

    def replace_all(self, text: str) -> None:
        """Take a change that carries the whole document."""
        self._text, self._split = text, None

    def replace(self, start: Position, end: Position, text: str, *, encoding: Encoding) -> None:
        """Replace what lies between two positions of the current text.

        An end before its start is taken as the same place; both are clamped into the text.
        """
        end = max(start, end)
        first, head = self._head(start, encoding)
        last, tail = self._tail(end, encoding)
        # A "\r" that ends the line before and a "\n" that now follows it are one line end.
        if first > 0 and self._lines[first - 1].endswith("\r"):
            first -= 1
            head = self._lines[first] + head
        self._lines[first:last] = split_lines(head + text + tail)
        self._text = None

    def _head(self, position: Position, encoding: Encoding) -> tuple[int, str]:
        """Give the first line to rewrite, and what of it stays before the change."""
        if position.line >= len(self._lines):
            return self._past_the_end()
        line = self._lines[position.line]
        return position.line, line[: self._column(line, position.character, encoding)]

    def _tail(self, position: Position, encoding: Encoding) -> tuple[int, str]:
        """Give the line after the last to rewrite, and what stays after the change."""
        if position.line >= len(self._lines):
            return len(self._lines), ""
        line = self._lines[position.line]
        return position.line + 1, line[self._column(line, position.character, encoding) :]

    def _past_the_end(self) -> tuple[int, str]:
        if self._lines and not self._lines[-1].endswith(("\n", "\r")):
            return len(self._lines) - 1, self._lines[-1]
        return len(self._lines), ""

    @staticmethod
    def _column(line: str, character: int, encoding: Encoding) -> int:
        return units_to_characters(line.rstrip("\r\n"), character, encoding)
