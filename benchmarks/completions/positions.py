"""Where a person's cursor would be in code that exists, and what they would have written there.

What stood behind the cursor is taken away as it would not be there yet; closing brackets stay, as editors
put them in at once. Files that do not compile are left out. Nothing of Lastmile decides about a position.
"""

from __future__ import annotations

import random
import re
import tokenize
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from tokenize import TokenInfo

from attrs import field, frozen

from benchmarks.completions.corpus import Source
from benchmarks.completions.pages import NOT_CODE, Page, read, statements

_OPENERS, _CLOSERS = "([{", ")]}"
_AFTER_WORDS = frozenset(("return", "if", "in", "not", "and", "or", "import", "raise", "yield", "elif", "while", "="))
_SHORTEST_WORD = 4
_NEAR = 64
"""Lines in which positions near each other lie: the beginning of what a model is shown is the same for these."""

_LONGEST_TRUTH = 1000
_LONGEST_BLOCK = 12
"""Lines of a body that is taken away."""


@frozen
class Position:
    """A cursor in a document."""

    kind: str
    name: str
    """The file's."""

    text: str = field(repr=False)
    """The document as it is at that moment."""

    offset: int
    wanted: str | None
    """The cursor's line as it stood in the file; None where nothing was taken away."""

    truth: str = field(repr=False)
    """What stood in the file from the cursor on, as far as a model may write."""


def positions(sources: Sequence[Source], count: int, chosen: random.Random) -> list[Position]:
    """Choose positions, as many of each kind, in the order of files and places.

    Those of one of each kind are near each other, as those of a person are who works somewhere.
    """
    pages = [page for source in sources if (page := read(source)) is not None]
    sizes = [len(page.source.text) for page in pages]
    found: dict[tuple[str, str, int], Position] = {}
    left = Counter({kind: -(-count // len(KINDS)) for kind in KINDS})
    while len(found) < count:
        (page,) = chosen.choices(pages, sizes)
        part = page.part(chosen.randrange(0, len(page.starts), _NEAR), _NEAR)
        for kind in [kind for kind in KINDS if left[kind] and len(found) < count]:
            place = KINDS[kind](part, chosen)
            if place is None or (kind, page.source.name, len(place[0])) in found:
                continue
            before, rest, after, wanted = place
            truth = after.lstrip("\n") if wanted is None else page.source.text[len(before) :]
            text = before + rest + after
            position = Position(kind, page.source.name, text, len(before), wanted, truth[:_LONGEST_TRUTH])
            found[kind, page.source.name, len(before)] = position
            left[kind] -= 1
    return sorted(found.values(), key=lambda each: (each.name, each.offset, each.kind))


Fits = Callable[[TokenInfo, TokenInfo], int | None]
"""Says of a token and the one behind it how many columns after its beginning one types; None for nowhere."""

Place = tuple[str, str, str, str | None]
"""What stands before the cursor, behind it on its line, and below; and the line that is wanted."""


def _cut(page: Page, offset: int, row: int) -> Place:
    """Take away what stands behind an offset on its line, but for what closes the line's own brackets."""
    text, end = page.source.text, page.starts[row] - 1
    opened: list[str] = []
    closing = ""
    for token in page.tokens:
        if token.start[0] != row or token.type != tokenize.OP:
            continue
        behind = page.at(token.start) >= offset
        if token.string in _OPENERS:
            opened.append("" if behind else token.string)
        elif token.string in _CLOSERS and opened and opened.pop() and behind:
            closing += token.string
    return text[:offset], closing, text[end:], page.line(row)


def _one_cut(page: Page, chosen: random.Random, fits: Fits) -> Place | None:
    """Cut at one of the places that fit."""
    found = []
    for token, following in pairwise(page.tokens):
        columns = fits(token, following)
        if columns is not None:
            found.append((page.at(token.start) + columns, token.start[0]))
    return _cut(page, *chosen.choice(found)) if found else None


def _in_word(page: Page, chosen: random.Random) -> Place | None:
    """In a name, some characters of it typed."""

    def fits(token: TokenInfo, following: TokenInfo) -> int | None:  # noqa: ARG001 - the same for all
        long = token.type == tokenize.NAME and len(token.string) >= _SHORTEST_WORD
        return chosen.randrange(1, len(token.string)) if long else None

    return _one_cut(page, chosen, fits)


def _in_call(page: Page, chosen: random.Random) -> Place | None:
    """Behind an opening bracket, of a call or a list."""
    return _one_cut(
        page, chosen, lambda token, following: 1 if token.string in {"(", "["} and _goes_on(token, following) else None
    )


def _at_argument(page: Page, chosen: random.Random) -> Place | None:
    """Behind a comma and a blank."""
    return _one_cut(
        page, chosen, lambda token, following: 2 if token.string == "," and _goes_on(token, following, 1) else None
    )


def _at_expression(page: Page, chosen: random.Random) -> Place | None:
    """Behind ``=``, ``return`` and such, and a blank."""

    def fits(token: TokenInfo, following: TokenInfo) -> int | None:
        fit = token.string in _AFTER_WORDS and _goes_on(token, following, 1)
        return len(token.string) + 1 if fit else None

    return _one_cut(page, chosen, fits)


def _goes_on(token: TokenInfo, following: TokenInfo, blanks: int = 0) -> bool:
    """Tell whether code follows a token on its line, behind so many blanks."""
    behind = following.start[0] == token.end[0] and following.start[1] == token.end[1] + blanks
    return behind and following.type not in NOT_CODE and following.string not in _CLOSERS


def _in_prose(page: Page, chosen: random.Random) -> Place | None:
    """In a comment or a docstring, behind a word and a blank."""
    found = []
    for token in page.tokens:
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and token.string.startswith('"""')):
            row = chosen.randint(token.start[0], token.end[0])
            line = page.line(row)
            first = token.start[1] + 3 if row == token.start[0] else 0
            ends = [match.end() for match in re.finditer(r"\w ", line) if match.end() > first]
            if ends and "'''" not in line and '"""' not in line[first:]:
                at = page.starts[row - 1] + chosen.choice(ends)
                found.append((at, row))
    if not found:
        return None
    at, row = chosen.choice(found)
    return page.source.text[:at], "", page.source.text[page.starts[row] - 1 :], page.line(row)


def _emptied(page: Page, first: int, last: int) -> Place:
    """Take lines away and leave the indentation of the first."""
    text, line = page.source.text, page.line(first)
    lead = line[: len(line) - len(line.lstrip())]
    return text[: page.starts[first - 1]] + lead, "", text[page.starts[last] - 1 :], line


def _first_of_body(page: Page, chosen: random.Random) -> Place | None:
    """In the empty line behind a colon; what follows in the body is there."""
    rows = [row for row, begins in statements(page) if begins]
    return _row_emptied(page, rows, chosen)


def _in_body(page: Page, chosen: random.Random) -> Place | None:
    """In an empty line further down in a body."""
    rows = [row for row, begins in statements(page) if not begins]
    return _row_emptied(page, rows, chosen)


def _row_emptied(page: Page, rows: Sequence[int], chosen: random.Random) -> Place | None:
    row = chosen.choice(rows) if rows else None
    return None if row is None else _emptied(page, row, row)


def _whole_body(page: Page, chosen: random.Random) -> Place | None:
    """In the empty line behind a colon, where there is no body yet."""
    found: list[tuple[int, int]] = []
    open_rows: list[int] = []
    last = 0
    for token in page.tokens:
        if token.type == tokenize.INDENT:
            open_rows.append(token.start[0])
        elif token.type == tokenize.DEDENT and open_rows:
            row = open_rows.pop()
            if last - row < _LONGEST_BLOCK:
                found.append((row, last))
        elif token.type not in NOT_CODE:
            last = token.end[0]
    return _emptied(page, *chosen.choice(found)) if found else None


def _rest_stays(page: Page, chosen: random.Random) -> Place | None:
    """Where an argument is missing, what follows it being there."""
    found = []
    for token, following, third in zip(page.tokens, page.tokens[1:], page.tokens[2:], strict=False):
        opens = token.string in {"(", ","} and following.type in {tokenize.NAME, tokenize.NUMBER, tokenize.STRING}
        if opens and third.string in {",", ")"} and token.start[0] == third.end[0]:
            found.append(following)
    if not found:
        return None
    gone, text = chosen.choice(found), page.source.text
    row_end = page.starts[gone.start[0]] - 1
    return text[: page.at(gone.start)], text[page.at(gone.end) : row_end], text[row_end:], page.line(gone.start[0])


def _between(page: Page, chosen: random.Random) -> Place | None:
    """In an empty line between two statements where nothing is missing."""
    rows = statements(page)
    if not rows:
        return None
    row, _ = chosen.choice(rows)
    text, line = page.source.text, page.line(row)
    lead = line[: len(line) - len(line.lstrip())]
    return text[: page.starts[row]] + lead, "", "\n" + text[page.starts[row] :], None


KINDS: Mapping[str, Callable[[Page, random.Random], Place | None]] = {
    "in a name": _in_word,
    "after a bracket": _in_call,
    "at an argument": _at_argument,
    "at an expression": _at_expression,
    "in prose": _in_prose,
    "first line of a body": _first_of_body,
    "line of a body": _in_body,
    "whole body": _whole_body,
    "rest stays": _rest_stays,
    "nothing missing": _between,
}
"""The kinds of places, by what they are called in the report."""
