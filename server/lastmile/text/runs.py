"""Which runs of lines differ between two texts, in a time that stays near the texts' length.

difflib alone is cubic where lines repeat: a thousand functions, each renamed and followed by a blank
line, hold it for half a minute. So the lines that occur once in either text are matched first, as
patience diff does, and difflib sees what lies between two of them, if that is short.

This compares; `edits` makes replacements of what it finds.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher

from attrs import frozen

# Pairs of lines that difflib may compare at once: 200 by 200 take it some 20 ms at the worst.
_MOST_PAIRS = 40_000


@frozen
class Run:
    """Lines ``before[i:x]`` that became ``after[j:y]``; one of the two may be empty."""

    i: int
    x: int
    j: int
    y: int


def changed_runs(before: Sequence[Hashable], after: Sequence[Hashable]) -> Iterator[Run]:
    """Give the runs that differ, in order; between two of them stands at least one equal line."""
    i = j = 0
    for x, y in (*_anchors(before, after), (len(before), len(after))):
        yield from _within(before, after, Run(i, x, j, y))
        i, j = x + 1, y + 1


def common(one: Sequence[Hashable], other: Sequence[Hashable]) -> int:
    """Count the items that both begin with."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _anchors(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Pair the lines that occur once in both texts: as many as can be had in order."""
    seen_before, seen_after = Counter(before), Counter(after)
    places = {line: place for place, line in enumerate(after) if seen_after[line] == 1}
    pairs = [(x, places[line]) for x, line in enumerate(before) if seen_before[line] == 1 and line in places]
    return _longest_rise(pairs)


def _longest_rise(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give the longest part of the pairs, in order, whose second numbers rise."""
    ends: list[int] = []  # the least second number that a rise of each length can end with
    tips: list[int] = []  # and the pair that it ends with
    earlier: list[int] = []  # for each pair, the one before it in its rise
    for at, (_, y) in enumerate(pairs):
        length = bisect_left(ends, y)
        earlier.append(tips[length - 1] if length else -1)
        ends[length : length + 1] = [y]
        tips[length : length + 1] = [at]
    rise = []
    at = tips[-1] if tips else -1
    while at >= 0:
        rise.append(pairs[at])
        at = earlier[at]
    return rise[::-1]


def _within(before: Sequence[Hashable], after: Sequence[Hashable], run: Run) -> Iterator[Run]:
    """Compare what lies between two anchors."""
    old, new = before[run.i : run.x], after[run.j : run.y]
    if old == new:
        return  # So it is between nearly all anchors of a long text, and difflib takes its time to see it.
    head = common(old, new)
    tail = common(old[head:][::-1], new[head:][::-1])
    i, j = run.i + head, run.j + head
    old, new = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(old) * len(new) > _MOST_PAIRS:
        yield Run(i, i + len(old), j, j + len(new))
        return
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield Run(i + i1, i + i2, j + j1, j + j2)
