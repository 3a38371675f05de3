"""Sources with marks in them, and the texts that hypothesis draws."""

from __future__ import annotations

from hypothesis import strategies as st

from lastmile.text.edits import Span

OPEN, CLOSE = "«", "»"

# What goes wrong most easily: line ends of every kind, what only str.splitlines takes for one,
# characters of one to four bytes, a byte order mark, half of a surrogate pair.
PIECES = (
    *("a", "b", " ", "\t", "é", "中", "😀", "e\u0301", "\ufeff", "\ud83d", "\0"),
    *("\n", "\r\n", "\r", "\n", "\r\n"),
    *("\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"),
)

# So few that two drawn texts have much in common.
FEW = ("a", "😀", "\n", "\r\n", "\r")

PYTHON_PIECES = (
    *("def f", "class A", "async ", "@d", "(", ")", ":", "->", "x", "ñ", "=", "if ", "else", "try", "lambda", "return"),
    *("\n", "\n    ", "\n  ", "\r", "\r\n", "\t", " ", "\x0c", "\\", "#", ";", "[", "]", "{", "}", ","),
    *("'doc'", '"""', "'", "f'{", "b'", "😀", "\ud800", "\0", "\ufeff"),
)


def marked(source: str) -> tuple[str, list[Span]]:
    """Take the marks out of a source; gives the text and the spans, in the order in which they open."""
    text: list[str] = []
    spans: list[Span | None] = []
    waiting: list[tuple[int, int]] = []
    for char in source:
        if char == OPEN:
            waiting.append((len(spans), len(text)))
            spans.append(None)
        elif char == CLOSE:
            number, start = waiting.pop()
            spans[number] = Span(start, len(text))
        else:
            text.append(char)
    return "".join(text), [span for span in spans if span is not None]


def pairs() -> st.SearchStrategy[tuple[str, str]]:
    """Draw two texts, alike or not."""
    alike = texts(FEW, most=5)
    return st.one_of(st.tuples(alike, alike), st.tuples(texts(), texts()))


def texts(pieces: tuple[str, ...] = PIECES, *, most: int = 25) -> st.SearchStrategy[str]:
    """Draw texts that are made of the pieces."""
    return st.lists(st.sampled_from(pieces), max_size=most).map("".join)
