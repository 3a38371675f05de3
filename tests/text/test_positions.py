"""Positions in each encoding, against a reference that lists which character owns each unit of a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.source import texts

from lastmile.text.lines import LineIndex
from lastmile.text.positions import Encoding, Position, to_offset, to_position, units_to_characters, width

ENCODINGS = st.sampled_from(list(Encoding))
_UNIT = {Encoding.UTF8: ("utf-8", 1), Encoding.UTF16: ("utf-16-le", 2), Encoding.UTF32: ("utf-32-le", 4)}


def units(text: str, encoding: Encoding) -> int:
    """Count units by encoding each character on its own."""
    codec, size = _UNIT[encoding]
    return sum(len(char.encode(codec, "surrogatepass")) // size for char in text)


def plain_offset(text: str, line: int, character: int, encoding: Encoding) -> int:
    """Find an offset by listing, for each unit of the line, the character that it belongs to."""
    index = LineIndex(text)
    if line >= len(index):
        return len(text)
    body = index.line_text(line)
    owners = [at for at, char in enumerate(body) for _ in range(units(char, encoding))]
    return index.start(line) + (owners[character] if character < len(owners) else len(body))


@given(texts(), st.integers(0, 12), st.integers(0, 40), ENCODINGS)
def test_offset_is_the_reference_s(text: str, line: int, character: int, encoding: Encoding) -> None:
    expected = plain_offset(text, line, character, encoding)
    assert to_offset(LineIndex(text), Position(line, character), encoding) == expected


@given(texts(), st.data(), ENCODINGS)
def test_position_counts_the_units_before_the_offset(text: str, data: st.DataObject, encoding: Encoding) -> None:
    index = LineIndex(text)
    offset = data.draw(st.integers(0, len(text)))
    position = to_position(index, offset, encoding)
    line = index.line_at(offset)
    inside = min(offset, index.end(line))
    assert position == Position(line, units(text[index.start(line) : inside], encoding))
    assert to_offset(index, position, encoding) == inside


@given(texts(), ENCODINGS)
def test_width(text: str, encoding: Encoding) -> None:
    assert width(text, encoding) == units(text, encoding)


@given(texts(), texts(), st.integers(0, 60), ENCODINGS)
def test_offsets_never_run_backwards(one: str, other: str, character: int, encoding: Encoding) -> None:
    line = (one + other).translate({10: None, 13: None})
    here, further = (units_to_characters(line, at, encoding) for at in (character, character + 1))
    assert 0 <= here <= further <= len(line)


@pytest.mark.parametrize(
    ("text", "encoding", "position", "offset"),
    [
        pytest.param("a😀b", Encoding.UTF16, (0, 3), 2, id="after a surrogate pair"),
        pytest.param("a😀b", Encoding.UTF16, (0, 2), 1, id="inside a surrogate pair"),
        pytest.param("a😀b", Encoding.UTF8, (0, 4), 1, id="inside four bytes"),
        pytest.param("a😀b", Encoding.UTF8, (0, 5), 2, id="after four bytes"),
        pytest.param("a😀b", Encoding.UTF32, (0, 2), 2, id="code points"),
        pytest.param("ab\r\ncd", Encoding.UTF16, (0, 9), 2, id="past the line's end"),
        pytest.param("ab\r\ncd", Encoding.UTF16, (7, 1), 6, id="past the last line"),
        pytest.param("ab\n", Encoding.UTF16, (1, 0), 3, id="the empty line at the end"),
        pytest.param("", Encoding.UTF8, (0, 0), 0, id="empty"),
        pytest.param("\ufeffab", Encoding.UTF16, (0, 1), 1, id="a byte order mark is one unit of UTF-16"),
        pytest.param("\ufeffab", Encoding.UTF8, (0, 3), 1, id="and three bytes of UTF-8"),
        pytest.param("\x0cé\u2028é", Encoding.UTF8, (0, 6), 3, id="form feed and line separator stay in the line"),
        pytest.param("é" * 300_000, Encoding.UTF8, (0, 599_999), 299_999, id="a very long line"),
    ],
)
def test_offset(text: str, encoding: Encoding, position: tuple[int, int], offset: int) -> None:
    assert to_offset(LineIndex(text), Position(*position), encoding) == offset


@pytest.mark.parametrize(("line", "character"), [(-1, 0), (0, -1)])
def test_a_position_counts_from_zero(line: int, character: int) -> None:
    with pytest.raises(ValueError, match=">= 0"):
        Position(line, character)
