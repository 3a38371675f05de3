"""When enough of a completion has come, by its text so far; nothing here knows where it comes from.

The rules look at whole lines, so that a text is cut in the same place whatever the pieces are that it
comes in; only a line that repeats itself is looked at while it is being written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

from attrs import frozen

from lastmile.complete.brackets import balance, balances
from lastmile.complete.values import Place, Where
from lastmile.complete.window import Window

_SAME_LINES = 3
"""So many equal lines on end are a loop (continue)."""

_LEAST_PART, _LONG_PART = 3, 10
_TIMES, _LONG_TIMES = 6, 4
"""So often a part of so many characters on end at the end of a line is a loop; a long part less often (Tabby)."""

_LONGEST_LINE = 400
_STATEMENT_LINES = 50
"""Characters and lines that are looked at for a loop, and for the beginning of a statement."""

_TELLING = 4
"""A line of no more characters than that may well be repeated: ``pass``, ``}``, ``else``."""

_CLOSER = re.compile(r"[)\]}]")
_OPENS_BLOCK = re.compile(r"[:{]\s*$")
_TAB = 8


class Why(Enum):
    """Why a completion ends where it does."""

    LINE = "one line was wanted"
    DEDENT = "the block ended"
    CLOSED = "the bracket closed"
    REPEATS = "it came to what stands below"
    LOOP = "it went in circles"
    BLANK = "two blank lines"


@frozen
class Cut:
    """Where to end a text."""

    length: int
    why: Why


@frozen
class Scene:
    """What stands around the place, as far as stopping goes."""

    multiline: bool
    line: str
    """The cursor's line up to the cursor."""

    least: int
    """Columns that a further line of the block is indented by at the least."""

    depth: int
    """Brackets that are open at the cursor, within its block."""

    next: str
    """The first line below the cursor's that is not blank, stripped."""

    braces: bool
    """Whether the line opened a block by a brace, whose closer belongs to the completion."""


def scene(window: Window, place: Place) -> Scene:
    """Look around."""
    line = window.line
    opens = place.where is Where.CODE and _OPENS_BLOCK.search(line) is not None and not window.rest.strip()
    below = (item.strip() for item in window.below.splitlines())
    return Scene(
        multiline=place.multiline,
        line=line,
        least=columns(line) + (1 if opens else 0),
        depth=_depth(window, place),
        next=next((item for item in below if item), ""),
        braces=line.rstrip().endswith("{"),
    )


def columns(line: str) -> int:
    """Give the width of a line's indentation; a line of blanks is all indentation."""
    blank = line[: len(line) - len(line.lstrip(" \t"))]
    return len(blank.expandtabs(_TAB))


def cut(text: str, scene: Scene) -> Cut | None:
    """Say where a text that is still growing is to end, if it is."""
    lines = text.split("\n")
    found = (_line_end(lines, scene), _block_end(lines, scene), _repeat(lines, scene), _loop(lines), _blank(lines))
    return min((item for item in found if item is not None), key=lambda item: item.length, default=None)


def whole_lines(text: str) -> str:
    """Leave off a last line that was cut off in the middle, where there are others."""
    head, mark, _ = text.rpartition("\n")
    return head if mark and head.strip() else text


def _depth(window: Window, place: Place) -> int:
    if place.where is not Where.CODE:
        return 0
    opened = balance(_statement(window)).opened
    return len(opened) - (opened.rfind("{") + 1 if place.braces else 0)


def _statement(window: Window) -> str:
    """Give what may have opened the brackets around the cursor: back to a line without indentation."""
    lines = window.before.splitlines(keepends=True)[-_STATEMENT_LINES:]
    for back in range(len(lines) - 1, -1, -1):
        if lines[back][:1].strip() and lines[back][0] not in ")]}":
            return "".join(lines[back:])
    return "".join(lines)


def _line_end(lines: Sequence[str], scene: Scene) -> Cut | None:
    return Cut(len(lines[0]), Why.LINE) if not scene.multiline and len(lines) > 1 else None


def _block_end(lines: Sequence[str], scene: Scene) -> Cut | None:
    """Find the line after which the block or the bracket around the cursor is closed."""
    at = len(lines[0])
    for number, (line, so_far) in enumerate(zip(lines[1:], balances(lines), strict=False), 1):
        if scene.depth and len(so_far.closed) >= scene.depth:
            return _closed(lines, number - 1, at, scene)
        leaves = columns(line) < scene.least and not so_far.opened
        # No bracket is open over a word at the margin: what looked like one stands in a comment.
        if line.strip() and leaves and (not scene.depth or line[0].isalpha()):
            return _closing(lines, number, at, scene)
        at += 1 + len(line)
    return None


def _closed(lines: Sequence[str], number: int, end: int, scene: Scene) -> Cut:
    """End after the line that closes the bracket, or before it where it stands below already."""
    line = lines[number]
    if number and line.strip() == scene.next:
        return Cut(end - len(line) - 1, Why.REPEATS)
    return Cut(end, Why.CLOSED)


def _closing(lines: Sequence[str], number: int, at: int, scene: Scene) -> Cut | None:
    """End before a line that leaves the block, or after it where it is the brace that closes it."""
    line = lines[number]
    mine = scene.braces and _CLOSER.match(line.strip()) and columns(line) == scene.least - 1
    if not mine or line.strip() == scene.next:
        return Cut(at, Why.DEDENT)
    return Cut(at + 1 + len(line), Why.CLOSED) if len(lines) > number + 1 else None


def _repeat(lines: Sequence[str], scene: Scene) -> Cut | None:
    """Find a whole line that stands below already."""
    at = -1
    for number, line in enumerate(lines[:-1]):
        body = (scene.line + line if number == 0 else line).strip()
        if len(body) > _TELLING and body == scene.next:
            return Cut(max(at, 0), Why.REPEATS)
        at += 1 + len(line)
    return None


def _loop(lines: Sequence[str]) -> Cut | None:
    bodies = [line.strip() for line in lines]
    at = 0
    for number, body in enumerate(bodies[:-1]):
        same = bodies[number : number + _SAME_LINES]
        if body and len(same) == _SAME_LINES and len(set(same)) == 1 and number + _SAME_LINES < len(bodies):
            return Cut(at + len(lines[number]), Why.LOOP)
        at += 1 + len(lines[number])
    once = _once(lines[-1])
    return None if once is None else Cut(at + once, Why.LOOP)


def _once(line: str) -> int | None:
    """Give the offset after the first of the equal parts that a line ends with; None where it does not."""
    body = line.strip()[-_LONGEST_LINE:]
    for part in range(_LEAST_PART, len(body) // _LONG_TIMES + 1):
        length = part * (_TIMES if part < _LONG_PART else _LONG_TIMES)
        if len(body) >= length and body[-length:-part] == body[part - length :]:
            start = len(body) - length
            while start and body[start - 1] == body[start - 1 + part]:
                start -= 1
            return len(line.rstrip()) - len(body) + start + part
    return None


def _blank(lines: Sequence[str]) -> Cut | None:
    at = len(lines[0])
    for number in range(1, len(lines) - 2):
        if not lines[number].strip() and not lines[number + 1].strip():
            return Cut(at, Why.BLANK)
        at += 1 + len(lines[number])
    return None
