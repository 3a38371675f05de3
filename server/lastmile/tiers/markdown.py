"""Reads the two shapes that models put code into: fenced blocks, and SEARCH/REPLACE blocks.

It knows nothing of the task: which of the shapes was asked for and where the code goes is for
`replies`. Every function takes time linear in the reply.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from attrs import frozen

_FENCE = re.compile(r"[ \t]*+(`{3,}+|~{3,}+)[ \t]*+([^`]*+)\Z")
_SEARCH = re.compile(r"[ \t]*(<{5,99}) ?SEARCH\b>?(.*)\Z")
_DIVIDER = re.compile(r"[ \t]*(={5,99})[ \t]*\Z")
_REPLACE = re.compile(r"[ \t]*>{5,99} ?REPLACE\b")
_LINE_OF_EQUALS = re.compile(r"^[ \t]*={7,99}[ \t]*$", re.MULTILINE)
_LINE_OF_EQUALS = re.compile(r"^[ \t]*={7,99}[ \t]*$", re.MULTILINE)
_MOST_DIVIDERS = 8
"""A block with more lines of equals signs than this is not worth telling apart."""


class UnreadableError(ValueError):
    """The reply does not have the shape; ``str`` says why, in a sentence."""


@frozen
class Fenced:
    """One fenced code block."""

    header: tuple[str, str]
    """The line before it that is not blank, and what follows the opening fence: a path may stand in either."""

    lines: tuple[str, ...]


@frozen
class Block:
    """One SEARCH/REPLACE block."""

    header: tuple[str, ...]
    """Lines and remarks that may name a path: before the block, on its fence, after ``SEARCH``."""

    lines: tuple[str, ...]
    """What stands between the first mark and the last, dividers included."""

    dividers: tuple[int, ...]
    """Which of the lines may be the divider: more than one where the code has such lines itself."""

    def split(self, at: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Give the two halves for one of the dividers."""
        return self.lines[:at], self.lines[at + 1 :]


def fenced_blocks(lines: Sequence[str]) -> list[Fenced]:
    """List the fenced blocks, outermost ones only.

    Raises `UnreadableError` where a fence is not closed.
    """
    found: list[Fenced] = []
    fence, info, before, begin = "", "", "", 0
    for at, line in enumerate(lines):
        match = _FENCE.match(line)
        if not fence and match is not None:
            fence, info, begin = match[1], match[2].strip(), at + 1
        elif fence and match is not None and _closes(match, fence):
            found.append(Fenced((before, info), tuple(lines[begin:at])))
            fence, before = "", ""
        elif not fence and line.strip():
            before = line
    if fence:
        message = "The reply ends inside a code block: it was cut off."
        raise UnreadableError(message)
    return found


def edit_blocks(lines: Sequence[str]) -> list[Block]:
    """List the SEARCH/REPLACE blocks.

    Raises `UnreadableError` where one is not closed or has no divider.
    """
    found: list[Block] = []
    begin: int | None = None
    header: tuple[str, ...] = ()
    width = 0
    for at, line in enumerate(lines):
        opening = _SEARCH.match(line)
        if opening is not None:
            if begin is not None:
                message = "An edit block begins before the one above it has ended."
                raise UnreadableError(message)
            begin, width, header = at + 1, len(opening[1]), (*_above(lines, at), opening[2])
        elif begin is not None and _REPLACE.match(line):
            found.append(_block(header, tuple(lines[begin:at]), width))
            begin = None
    if begin is not None:
        message = "The reply ends inside an edit block: it was cut off."
        raise UnreadableError(message)
    return found


def mark_width(text: str) -> int:
    """Give a width for the marks of edit blocks that no line of equals signs in the text has."""
    taken = {len(line.strip()) for line in _LINE_OF_EQUALS.findall(text)}
    return next((width for width in range(7, 99) if width not in taken), 7)


def unfenced(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Take off a fence that holds all of the lines."""
    if len(lines) > 1 and (opening := _FENCE.match(lines[0])) and (closing := _FENCE.match(lines[-1])):
        return lines[1:-1] if _closes(closing, opening[1]) else lines
    return lines


def _closes(match: re.Match[str], fence: str) -> bool:
    return match[1].startswith(fence) and not match[2].strip()


def _block(header: tuple[str, ...], lines: tuple[str, ...], width: int) -> Block:
    """Make a block; of several dividers those as wide as its opening mark come first."""
    marks = {at: len(match[1]) for at, line in enumerate(lines) if (match := _DIVIDER.match(line))}
    dividers = tuple(at for at, wide in marks.items() if wide == width) or tuple(marks)
    if not dividers:
        message = "An edit block has no ======= between its two halves."
        raise UnreadableError(message)
    if len(dividers) > _MOST_DIVIDERS:
        message = "An edit block has so many ======= lines that its halves cannot be told apart."
        raise UnreadableError(message)
    return Block(header, lines, dividers)


def _above(lines: Sequence[str], at: int) -> tuple[str, ...]:
    """Give what may name a path: the line above a block, and the one above its fence."""
    above = lines[at - 1] if at else ""
    match = _FENCE.match(above)
    if match is None:
        return (above,)
    return (match[2], lines[at - 2] if at > 1 else "")
