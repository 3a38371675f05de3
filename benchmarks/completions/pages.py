"""Files as their tokens, for those who look for places in them."""

from __future__ import annotations

import io
import re
import tokenize
from tokenize import TokenInfo

from attrs import evolve, frozen

from benchmarks.completions.corpus import Source

NOT_CODE = frozenset(
    (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
)
"""Kinds of tokens that are no code themselves."""

_SIMPLE = re.compile(r"[^\W\d]|[*\[(@]")


@frozen
class Page:
    """A file, and its tokens."""

    source: Source
    starts: tuple[int, ...]
    """The offsets at which lines begin, with that of the end."""

    tokens: tuple[TokenInfo, ...]

    def part(self, row: int, rows: int) -> Page:
        """Give the page with the tokens of so many lines alone, from the first statement on that begins there."""
        inside = [token for token in self.tokens if row < token.start[0] and token.end[0] <= row + rows]
        ends = (number for number, token in enumerate(inside) if token.type == tokenize.NEWLINE)
        return evolve(self, tokens=tuple(inside[next(ends, len(inside)) + 1 :]))

    def at(self, place: tuple[int, int]) -> int:
        """Give a token's place as an offset."""
        return self.starts[place[0] - 1] + place[1]

    def line(self, number: int) -> str:
        """Give a line by its number, from 1, without its end."""
        return self.source.text[self.starts[number - 1] : self.starts[number]].rstrip("\n")


def read(source: Source) -> Page | None:
    """Read a file; None for one that does not compile, or whose lines tokenize counts in another way."""
    try:
        compile(source.text, source.name, "exec", dont_inherit=True)
        tokens = tuple(tokenize.generate_tokens(io.StringIO(source.text).readline))
    except (SyntaxError, tokenize.TokenError):
        return None
    if "\f" in source.text or "\r" in source.text:
        return None
    starts = [0, *(match.end() for match in re.finditer("\n", source.text))]
    return Page(source, (*starts, len(source.text), len(source.text)), tokens)


def statements(page: Page) -> list[tuple[int, bool]]:
    """List the lines that are one simple statement each, below the margin, and whether they begin a block."""
    found: list[tuple[int, bool]] = []
    said: list[TokenInfo] = []
    begins = False
    for token in page.tokens:
        if token.type == tokenize.NEWLINE and said:
            first = said[0]
            simple = said[-1].string != ":" and _SIMPLE.match(first.string) is not None
            if simple and first.start[0] == token.start[0] and first.start[1] > 0:
                found.append((first.start[0], begins))
            said, begins = [], False
        elif token.type == tokenize.INDENT:
            begins = True
        elif token.type not in NOT_CODE:
            said.append(token)
    return found
