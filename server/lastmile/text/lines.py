r"""Where the lines of a text begin and end, as LSP 3.18 and no one else counts them.

A line ends at ``\n``, ``\r\n`` or ``\r`` and at nothing else. ``str.splitlines`` also splits at
form feeds, U+0085, U+2028 and others, which shifts every later line of a file that has one.

This module knows no encodings: see `positions`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

from attrs import frozen

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z")
# What str.splitlines takes for a line end and LSP does not.
_FOREIGN = re.compile("[\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
_LONE = re.compile(r"\r(?!\n)")


def split_lines(text: str) -> list[str]:
    """Split into lines that keep their ends; ``"".join`` of the result is the text again."""
    if _FOREIGN.search(text) is None:
        return text.splitlines(keepends=True)
    return _LINE.findall(text)


def has_lone_return(text: str) -> bool:
    r"""Tell whether a line ends at ``\r`` alone, which for some editors is a character like others."""
    return "\r" in text and _LONE.search(text) is not None


@frozen
class LineIndex:
    """The lines of one text. Lines and offsets count from 0; offsets are code points."""

    text: str

    @cached_property
    def starts(self) -> list[int]:
        """The offset at which each line begins; after a final line end, one empty line more."""
        lines = split_lines(self.text)
        starts = [0, *accumulate(map(len, lines))]
        if lines and not lines[-1].endswith(("\n", "\r")):
            starts.pop()
        return starts

    def __len__(self) -> int:
        """Count the lines: an empty text has one."""
        return len(self.starts)

    def line_at(self, offset: int) -> int:
        """Name the line that holds the offset; a line end belongs to the line it ends."""
        return bisect_right(self.starts, offset) - 1

    def start(self, line: int) -> int:
        """Give the offset of the first character of the line; past the last line, the text's end."""
        return self.starts[line] if line < len(self.starts) else len(self.text)

    def end(self, line: int) -> int:
        """Give the offset just before the line's end mark."""
        stop = self.start(line + 1)
        begin = self.start(line)
        if stop > begin and self.text[stop - 1] == "\n":
            stop -= 1
        if stop > begin and self.text[stop - 1] == "\r":
            stop -= 1
        return stop

    def line_text(self, line: int) -> str:
        """Give the line without its end mark."""
        return self.text[self.start(line) : self.end(line)]
