"""Whether all that differs between two texts lies in the body of one function: who does not run it cannot tell.

Pure functions; who ran what is for `contexts` to say.
"""

from __future__ import annotations

from lastmile.testing.selection.facts import FUNCTION, Facts, Unit
from lastmile.text.lines import split_lines
from lastmile.text.runs import common

_Lines = tuple[int, int]
"""First and last, from 1; where there are none, the last is the one before the first."""


def between(old: str, new: str) -> tuple[_Lines, _Lines]:
    """Give the lines of either text in which all lies that differs."""
    before, after = split_lines(old), split_lines(new)
    start = common(before, after)
    end = common(before[start:][::-1], after[start:][::-1])
    return (start + 1, len(before) - end), (start + 1, len(after) - end)


def holder(before: Facts, after: Facts, lines: tuple[_Lines, _Lines]) -> Unit | None:
    """Give the function, as it was, whose body holds the lines of both texts; None where that is not sure."""
    was, now = _holder(before, lines[0]), _holder(after, lines[1])
    return was if was is not None and now is not None and was.qualname == now.qualname else None


def _holder(known: Facts, lines: _Lines) -> Unit | None:
    """Give the function whose body holds the lines, if no other has its name."""
    around = [unit for unit in known.units if unit.kind == FUNCTION and _holds(unit, lines)]
    if not known.whole or len(around) != 1:
        return None
    namesakes = [unit for unit in known.units if unit.qualname == around[0].qualname]
    return around[0] if len(namesakes) == 1 else None


def _holds(unit: Unit, lines: _Lines) -> bool:
    first, last = lines  # where nothing was, or is left, the lines on either side: one of them has to be of the body
    return unit.head < unit.body <= first and last <= unit.lines[1]
