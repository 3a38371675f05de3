"""What a program has drawn on its terminal, from what it wrote: the part of a terminal that Helix makes use of.

Helix draws the cells that changed, each run behind a move of the cursor. A sequence that could move the cursor or
erase in another way is an error, so that nothing is read from a screen that may look otherwise.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from attrs import define, field

_TOKEN = re.compile(
    r"\x1b\[(?P<row>\d+);(?P<column>\d+)H"
    r"|(?P<clear>\x1b\[2J)"
    r"|\x1b\[(?P<style>[0-9;:]*)m"
    r"|\x1b\[[0-?]*[ -/]*(?P<control>[@-~])"
    r"|(?P<quiet>\x1b[\]P][^\x1b\x07]*(?:\x1b\\|\x07))"
    r"|(?P<text>[^\x00-\x1f\x7f])"
)
_LAST = ("\x1b[?25l", "\x1b[?25h")
_HARMLESS = frozenset("hluqpcn")
"""Modes and questions: what they end with."""

_COLOUR = re.compile(r"[345]8[:;](?:5[:;]\d+|2[:;]\d*(?:[:;]\d+){2,3})")


def _blank(height: int, width: int) -> list[list[str]]:
    return [[" "] * width for _ in range(height)]


@define
class Screen:
    """The cells of a terminal, and where its cursor is."""

    height: int
    width: int
    _cells: list[list[str]] = field(init=False)
    _marks: list[list[str]] = field(init=False)
    """What is drawn in reverse, and blanks."""

    whole: bool = True
    """Whether all of what is drawn at once is there: Helix puts the cursor in its place last, or hides it."""

    _reverse: bool = False
    _row: int = 0
    _column: int = 0
    _rest: str = ""
    """The beginning of a sequence whose end is not there yet."""

    _decode: codecs.IncrementalDecoder = field(init=False, factory=codecs.getincrementaldecoder("utf-8"))

    def __attrs_post_init__(self) -> None:
        self._clear()

    @property
    def marked(self) -> str:
        """What is drawn in reverse: the chosen entry of a menu, and the cursor."""
        return "\n".join("".join(line).rstrip() for line in self._marks)

    def __str__(self) -> str:
        """Give the lines, without the blanks at their ends."""
        return "\n".join("".join(line).rstrip() for line in self._cells)

    def feed(self, data: bytes) -> None:
        """Draw what was written."""
        text = self._rest + self._decode.decode(data)
        at = 0
        while found := _TOKEN.match(text, at):
            self._do(found)
            at = found.end()
        self._rest = text[at:]
        assert not self._rest or self._rest[0] == "\x1b", f"not known: {self._rest[:40]!r}"
        assert len(self._rest) < 1 << 10, f"not known: {self._rest[:40]!r}"

    def _do(self, token: re.Match[str]) -> None:
        self.whole = token[0] in _LAST or (self.whole and not token["text"] and not token["clear"])
        if token["row"]:
            self._row, self._column = int(token["row"]) - 1, int(token["column"]) - 1
        elif token["clear"]:
            self._clear()
        elif token["style"] is not None:
            for code in _COLOUR.sub("", token["style"]).split(";"):
                self._reverse = code == "7" or (self._reverse and code not in {"", "0", "27"})
        elif token["text"]:
            self._write(token["text"])
        else:
            assert token["quiet"] or token["control"] in _HARMLESS, f"not known: {token[0]!r}"

    def _clear(self) -> None:
        self._cells, self._marks = _blank(self.height, self.width), _blank(self.height, self.width)

    def _write(self, char: str) -> None:
        if unicodedata.combining(char) and self._column:
            self._cells[self._row][self._column - 1] += char
            return
        self._put(char)
        if unicodedata.east_asian_width(char) in "WF" and self._column < self.width:
            self._put("")  # it is twice as wide

    def _put(self, char: str) -> None:
        self._cells[self._row][self._column] = char
        self._marks[self._row][self._column] = char if self._reverse else " "
        self._column += 1
