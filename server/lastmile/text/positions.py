"""Line and character positions in the three encodings of LSP, to offsets and back.

A position past the end of a line means the line's end, and a line past the last means the end of
the text (LSP 3.18, Position). A position inside a surrogate pair or a UTF-8 sequence means the
start of that character. Offsets count code points.
"""

from __future__ import annotations

from bisect import bisect_right
from enum import Enum
from typing import assert_never

from attrs import field, frozen
from attrs.validators import ge

from lastmile.text.lines import LineIndex


class Encoding(Enum):
    """The unit in which a position counts characters (LSP's PositionEncodingKind)."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


@frozen(order=True)
class Position:
    """A place in a document; both count from 0, characters in units of an encoding."""

    line: int = field(validator=ge(0))
    character: int = field(validator=ge(0))


def to_offset(index: LineIndex, position: Position, encoding: Encoding) -> int:
    """Turn an editor's position into an offset, clamped into the text."""
    if position.line >= len(index):
        return len(index.text)
    line = index.line_text(position.line)
    return index.start(position.line) + units_to_characters(line, position.character, encoding)


def to_position(index: LineIndex, offset: int, encoding: Encoding) -> Position:
    """Turn an offset into the position that an editor counts."""
    return Position(*line_and_character(index, offset, encoding))


def line_and_character(index: LineIndex, offset: int, encoding: Encoding) -> tuple[int, int]:
    """Give the two numbers of a position, for where hundreds of them are wanted."""
    line = index.line_at(offset)
    # Between the two characters of a line end is, to an editor, before them.
    before = index.text[index.starts[line] : offset].removesuffix("\r")
    return line, width(before, encoding)


def width(text: str, encoding: Encoding) -> int:
    """Count the units that the text takes."""
    match encoding:
        case Encoding.UTF32:
            return len(text)
        case Encoding.UTF16 if text.isascii():
            return len(text)
        case Encoding.UTF16:
            return len(text.encode("utf-16-le", "surrogatepass")) // 2
        case Encoding.UTF8:
            return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
        case _:
            assert_never(encoding)


def units_to_characters(line: str, units: int, encoding: Encoding) -> int:
    """Count the characters that lie wholly within the first ``units`` units of a line."""
    if encoding is Encoding.UTF32 or line.isascii():
        return min(units, len(line))
    # The longest beginning that fits, by halving: a line may be a whole minified file.
    lengths = range(len(line) + 1)
    return bisect_right(lengths, units, key=lambda length: width(line[:length], encoding)) - 1
