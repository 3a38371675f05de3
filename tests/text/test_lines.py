"""Lines end at LF, CRLF and CR and at nothing else, held against a reader that looks at each character."""

from __future__ import annotations

import pytest
from hypothesis import given
from tests.support.source import texts

from lastmile.text.lines import LineIndex, split_lines


def plain_lines(text: str) -> list[str]:
    """Split one character after the other."""
    lines, line, at = [], "", 0
    while at < len(text):
        end = "\r\n" if text.startswith("\r\n", at) else text[at]
        line += end
        at += len(end)
        if end in {"\n", "\r\n", "\r"}:
            lines.append(line)
            line = ""
    return [*lines, line] if line else lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("", [], id="empty"),
        pytest.param("a", ["a"], id="no line end"),
        pytest.param("a\n", ["a\n"], id="lf"),
        pytest.param("a\r\nb\rc\n", ["a\r\n", "b\r", "c\n"], id="mixed"),
        pytest.param("\r\r\n\n", ["\r", "\r\n", "\n"], id="line ends alone"),
        pytest.param("\n\r", ["\n", "\r"], id="lf before cr is two"),
        pytest.param(
            "a\x0cb\x0b\x1c\x1d\x1e\x85\u2028\u2029\nc", ["a\x0cb\x0b\x1c\x1d\x1e\x85\u2028\u2029\n", "c"], id="foreign"
        ),
        pytest.param("\x0c", ["\x0c"], id="a form feed alone"),
    ],
)
def test_split(text: str, lines: list[str]) -> None:
    assert split_lines(text) == lines


@given(texts())
def test_split_as_the_plain_reader_does(text: str) -> None:
    assert split_lines(text) == plain_lines(text)


@given(texts())
def test_index_agrees_with_the_plain_reader(text: str) -> None:
    index = LineIndex(text)
    lines = plain_lines(text)
    if not lines or lines[-1].endswith(("\n", "\r")):
        lines.append("")
    assert len(index) == len(lines)
    offset = 0
    for number, line in enumerate(lines):
        body = line.removesuffix("\n").removesuffix("\r") if line.endswith("\n") else line.removesuffix("\r")
        assert index.start(number) == offset
        assert index.end(number) == offset + len(body)
        assert index.line_text(number) == body
        assert [index.line_at(at) for at in range(offset, offset + len(line))] == [number] * len(line)
        offset += len(line)
    assert index.line_at(len(text)) == len(lines) - 1


def test_past_the_last_line_is_the_end() -> None:
    index = LineIndex("ab\ncd")
    assert (index.start(2), index.end(2), index.line_text(2)) == (5, 5, "")
    assert index.line_at(99) == 1
