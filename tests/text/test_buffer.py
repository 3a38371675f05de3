"""A buffer under random edits holds what a plain string would, in every encoding."""

from __future__ import annotations

import pytest
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.source import FEW, texts

from lastmile.text.buffer import Buffer
from lastmile.text.lines import LineIndex
from lastmile.text.positions import Encoding, Position, to_offset

POSITIONS = st.builds(Position, st.integers(0, 8), st.integers(0, 20))


@frozen
class Change:
    """What an editor sends: two positions, not always in order, and a text."""

    start: Position
    end: Position
    text: str

    def to(self, text: str, encoding: Encoding) -> str:
        """Apply the change to a plain string."""
        index = LineIndex(text)
        begin = to_offset(index, self.start, encoding)
        end = max(begin, to_offset(index, self.end, encoding))
        return text[:begin] + self.text + text[end:]


CHANGES = st.builds(Change, POSITIONS, POSITIONS, texts(most=6))


@given(texts(), st.lists(CHANGES, max_size=8), st.sampled_from(list(Encoding)))
def test_buffer_is_a_plain_string(text: str, changes: list[Change], encoding: Encoding) -> None:
    check_changes(text, changes, encoding)


@pytest.mark.slow
@settings(max_examples=1_000)
@given(texts(FEW), st.lists(CHANGES, max_size=20), st.sampled_from(list(Encoding)))
def test_buffer_is_a_plain_string_at_length(text: str, changes: list[Change], encoding: Encoding) -> None:
    check_changes(text, changes, encoding)


def check_changes(text: str, changes: list[Change], encoding: Encoding) -> None:
    buffer = Buffer(text)
    for change in changes:
        text = change.to(text, encoding)
        buffer.replace(change.start, change.end, change.text, encoding=encoding)
        assert buffer.text == text


def check(text: str, start: tuple[int, int], end: tuple[int, int], new: str) -> str:
    buffer = Buffer(text)
    buffer.replace(Position(*start), Position(*end), new, encoding=Encoding.UTF16)
    # A second change sees the lines as they now are.
    buffer.replace(Position(1, 0), Position(1, 0), "|", encoding=Encoding.UTF16)
    return buffer.text


@pytest.mark.parametrize(
    ("text", "start", "end", "new", "result"),
    [
        pytest.param("a\rb", (1, 0), (1, 0), "\n", "a\r\n|b", id="lf after cr becomes one line end"),
        pytest.param("a\rx\nb", (1, 0), (1, 1), "", "a\r\n|b", id="what parted cr and lf goes"),
        pytest.param("a\r\nb", (0, 1), (1, 0), "\r", "a\r|b", id="crlf becomes cr"),
        pytest.param("a\nb", (0, 1), (0, 1), "\r", "a\r\n|b", id="cr before lf becomes one line end"),
        pytest.param("", (0, 0), (0, 0), "a\nb", "a\n|b", id="the first text"),
        pytest.param("a\n", (5, 5), (9, 9), "b", "a\n|b", id="past the end"),
        pytest.param("a", (5, 5), (9, 9), "\nb", "a\n|b", id="past the end of a last line without an end"),
        pytest.param("a\nbc", (1, 1), (0, 0), "\n", "a\n|b\nc", id="an end before its start"),
        pytest.param("a\nb\nc", (0, 0), (9, 0), "", "|", id="everything"),
    ],
)
def test_change(text: str, start: tuple[int, int], end: tuple[int, int], new: str, result: str) -> None:
    assert check(text, start, end, new) == result


def test_the_whole_text_is_replaced() -> None:
    buffer = Buffer("a\nb")
    buffer.replace_all("c\nd")
    buffer.replace(Position(1, 0), Position(1, 1), "e", encoding=Encoding.UTF8)
    assert buffer.text == "c\ne"
