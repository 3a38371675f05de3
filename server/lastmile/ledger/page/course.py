"""Money over time as a drawing: steps of days, lines that add up, bars, and the marks of an axis.

Everything is in the drawing's own units, `WIDTH` by `HEIGHT`, with the origin at the top left. The
page stretches it to whatever room there is, so nothing here is text.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate, pairwise

from attrs import frozen

from lastmile.ledger.bill import Group
from lastmile.ledger.figures import Figures

WIDTH, HEIGHT = 1000, 250

_MOST_STEPS = 92
"""A bar needs three pixels to be seen, and a phone has some 300 for all of them: one a day for a quarter."""

_MOST_MARKS = 5
"""Above the ground line."""

_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)
"""An axis has marks at multiples of these, times a power of ten."""

_GAP = 0.2
"""Part of its step that a bar leaves free."""


@frozen
class Step:
    """A day, or several days in a row, of the bill."""

    first: date
    last: date
    spent: float
    top: float
    """What the top tier would have cost; 0 where nothing of that is known."""

    tasks: int
    cleared: int
    cleared_free: int


@frozen
class Axis:
    """Amounts from nothing to `top`, marked at even distances."""

    top: float
    marks: tuple[float, ...]
    """From the top down to 0."""


@frozen
class Bar:
    """A rectangle that stands on the ground line."""

    x: float
    y: float
    width: float
    height: float


def steps(days: Iterable[Group], *, until: date) -> tuple[Step, ...]:
    """Put the days of a bill into steps of one length, from the first to the last there is or ``until``."""
    found = {date.fromisoformat(group.key): group.figures for group in days}
    if not found:
        return ()
    first, last = min(found), max(*found, until)
    length = _length((last - first).days + 1)
    starts = [first + timedelta(each) for each in range(0, (last - first).days + 1, length)]
    return tuple(_step(found, start, min(start + timedelta(length - 1), last)) for start in starts)


def axis(amounts: Iterable[float]) -> Axis:
    """Find marks for the amounts, which are not negative; all of them 0 makes an axis up to 1."""
    most = max(amounts, default=0.0) or 1.0
    power = 10.0 ** math.floor(math.log10(most / _MOST_MARKS))
    # Of an amount that is a mark itself, the last digits may lie above it.
    distance = next(each * power for each in _ROUND if each * power * _MOST_MARKS >= most * (1 - 1e-9))
    count = math.ceil(most / distance - 1e-9)
    return Axis(distance * count, tuple(distance * mark for mark in range(count, -1, -1)))


def rising(amounts: Sequence[float], scale: Axis) -> str:
    """Draw what the amounts add up to as the points of a line, from 0 before the first to their sum after the last."""
    sums = (0.0, *accumulate(amounts))
    return " ".join(f"{_x(at, len(amounts)):.5g},{_y(total, scale):.5g}" for at, total in enumerate(sums))


def bars(amounts: Sequence[float], scale: Axis) -> tuple[Bar, ...]:
    """Draw each amount that is not 0 as a bar in its step."""
    edges = pairwise(_x(at, len(amounts)) for at in range(len(amounts) + 1))
    return tuple(
        Bar(
            left + (right - left) * _GAP / 2, _y(amount, scale), (right - left) * (1 - _GAP), HEIGHT - _y(amount, scale)
        )
        for (left, right), amount in zip(edges, amounts, strict=True)
        if amount
    )


def _length(days: int) -> int:
    """Give how many days a step has: one, a week, or as many as it takes."""
    least = math.ceil(days / _MOST_STEPS)
    return least if least == 1 else max(least, 7)


def _step(days: Mapping[date, Figures], first: date, last: date) -> Step:
    within = [figures for day, figures in days.items() if first <= day <= last]
    return Step(
        first=first,
        last=last,
        spent=sum(each.spent for each in within),
        top=sum(each.top_cost or 0.0 for each in within),
        tasks=sum(each.tasks for each in within),
        cleared=sum(each.cleared for each in within),
        cleared_free=sum(each.cleared_free for each in within),
    )


def _x(at: int, count: int) -> float:
    return WIDTH * at / count


def _y(amount: float, scale: Axis) -> float:
    return HEIGHT * (1 - amount / scale.top)
