"""Documents as an editor holds them: texts, versions, positions in the client's units, edits applied.

Written apart from the server's own position and edit functions, so that both can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from attrs import define
from lsprotocol import types

_END = re.compile(r"\r\n|\n|\r")


def units(text: str, encoding: str) -> int:
    """Count the units of a text in an encoding."""
    return {
        "utf-8": lambda: len(text.encode("utf-8")),
        "utf-16": lambda: len(text.encode("utf-16-le")) // 2,
        "utf-32": lambda: len(text),
    }[encoding]()


def starts(text: str) -> list[int]:
    """List where each line begins."""
    return [0, *(end.end() for end in _END.finditer(text))]


def position_at(text: str, offset: int, encoding: str) -> types.Position:
    """Give the position of an offset."""
    lines = [start for start in starts(text) if start <= offset]
    return types.Position(len(lines) - 1, units(text[lines[-1] : offset], encoding))


def offset_at(text: str, position: types.Position, encoding: str) -> int:
    """Give the offset of a position, which must be one of the text's."""
    offset = starts(text)[position.line]
    left = position.character
    while left > 0:
        left -= units(text[offset], encoding)
        offset += 1
    assert left == 0, f"{position} lies inside of a character"
    return offset


def range_of(text: str, start: int, end: int, encoding: str) -> types.Range:
    """Give the range between two offsets."""
    return types.Range(position_at(text, start, encoding), position_at(text, end, encoding))


Edit = types.TextEdit | types.AnnotatedTextEdit


@define(eq=False)
class Doc:
    """One open document of the editor's."""

    uri: str
    text: str
    encoding: str
    version: int = 1

    def place(self, at: str | types.Range) -> types.Range:
        """Give the range of the first occurrence of a text; a range is one already."""
        if isinstance(at, types.Range):
            return at
        start = self.text.index(at)
        return range_of(self.text, start, start + len(at), self.encoding)

    def take(self, edits: Iterable[Edit]) -> list[types.TextDocumentContentChangePartial]:
        """Apply edits that do not overlap; give the changes to notify, each of the text that the one before left."""
        spans = sorted(
            (offset_at(self.text, edit.range.start, self.encoding), offset_at(self.text, edit.range.end, self.encoding))
            for edit in edits
        )
        assert all(left[1] <= right[0] for left, right in pairwise(spans)), f"overlapping: {spans}"
        ordered = sorted(edits, key=lambda edit: (edit.range.start.line, edit.range.start.character), reverse=True)
        for edit in ordered:
            start, end = (offset_at(self.text, at, self.encoding) for at in (edit.range.start, edit.range.end))
            self.text = self.text[:start] + edit.new_text + self.text[end:]
        self.version += 1
        return [types.TextDocumentContentChangePartial(edit.range, edit.new_text) for edit in ordered]


def reach(edits: Sequence[Edit]) -> int:
    """Count the lines that edits of an answer touch: small edits stay near what they change."""
    return sum(edit.range.end.line - edit.range.start.line + 1 for edit in edits)
