"""Finds where an edit block goes: the lines that it quotes, looked up in the document.

Lines that stand there once are replaced by offsets. Lines that occur twice or never go through as
they are, for the `apply` check to refuse: nothing here guesses.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from attrs import frozen

from lastmile.cascade.draft import Edit, Replace, SearchReplace
from lastmile.cascade.task import Task
from lastmile.text.edits import Replacement, Span
from lastmile.tiers.fence import plain_newlines
from lastmile.tiers.fitting import indentation, newline_of

Lines = Sequence[str]


@frozen
class Places:
    """The document, ready to be searched for whole lines."""

    task: Task

    @cached_property
    def _exact(self) -> str:
        text = plain_newlines(self.task.snapshot.text)
        return f"\n{text}" if text.endswith("\n") else f"\n{text}\n"

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends; what follows a final line end is not one."""
        return self._exact.split("\n")[1:-1]

    @cached_property
    def _stripped(self) -> str:
        return _joined([line.strip() for line in self.lines])

    def exact(self, search: Lines) -> list[int]:
        """List the lines at which the searched ones stand, two of them at most."""
        return _find(self._exact, search)

    def stripped(self, search: Lines) -> list[int]:
        """Do the same, blind to the blanks at both ends of every line."""
        return _find(self._stripped, [line.strip() for line in search])


def place(search: Lines, text: Lines, places: Places, *, path: str) -> Edit:
    """Turn one block into an edit; with a ``path``, for another file, it is not looked up."""
    snapshot = places.task.snapshot
    newline = newline_of(snapshot.text)
    as_it_is = SearchReplace(newline.join(search), newline.join(text), path)
    if path or not any(line.strip() for line in search):
        return as_it_is
    found = places.exact(search)
    if not found and as_it_is.search not in snapshot.text:
        found = places.stripped(search)
        shifts = _shift(search, places.lines, found)
        if shifts is None:
            return as_it_is
        text = [_shifted(line, *shifts) for line in text]
    return _replace(found[0], len(search), text, places) if len(found) == 1 else as_it_is


def _replace(line: int, count: int, text: Lines, places: Places) -> Replace:
    """Replace whole lines, their ends included, so that emptying them removes them."""
    snapshot = places.task.snapshot
    span = Span(snapshot.lines.start(line), snapshot.lines.start(line + count))
    newline = newline_of(snapshot.text, span.start)
    ended = span.of(snapshot.text).endswith(("\n", "\r"))
    return Replace(Replacement(span, newline.join(text) + (newline if ended and text else "")))


def _shift(search: Lines, lines: Lines, found: list[int]) -> tuple[str, str] | None:
    """Give what every line has to lose and gain in front; None where that is not the same for all."""
    if len(found) != 1:
        return None
    pairs = [
        (indentation(mine), indentation(theirs))
        for mine, theirs in zip(search, lines[found[0] : found[0] + len(search)], strict=True)
        if mine.strip()
    ]
    lose, gain = pairs[0]
    shared = _common_end(lose, gain)
    lose, gain = lose[: len(lose) - shared], gain[: len(gain) - shared]
    uniform = all(mine.startswith(lose) and gain + mine[len(lose) :] == theirs for mine, theirs in pairs)
    return (lose, gain) if uniform else None


def _shifted(line: str, lose: str, gain: str) -> str:
    return gain + line.removeprefix(lose) if line.strip() else line.strip()


def _common_end(one: str, other: str) -> int:
    count = 0
    while count < min(len(one), len(other)) and one[-1 - count] == other[-1 - count]:
        count += 1
    return count


def _joined(lines: Lines) -> str:
    return "\n" + "\n".join(lines) + "\n"


def _find(joined: str, search: Lines) -> list[int]:
    needle = _joined(search)
    first = joined.find(needle)
    if first < 0:
        return []
    second = joined.find(needle, first + 1)
    return [joined.count("\n", 0, at) for at in (first, second) if at >= 0]
