"""Money over time as a drawing, for any amounts and any days."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.ledger.bill import Group
from lastmile.ledger.figures import figures
from lastmile.ledger.page.course import HEIGHT, WIDTH, axis, bars, rising, steps
from lastmile.ledger.records import AttemptRecord, Records

AMOUNTS = st.lists(st.floats(0, 1e6).map(lambda amount: round(amount, 9)), min_size=1, max_size=100)
DAYS = st.dictionaries(st.dates(date(1970, 1, 1), date(2100, 1, 1)), st.integers(0, 10**12), max_size=30)


def group(day: date, cost: int) -> Group:
    attempt = AttemptRecord("t", day.isoformat(), "", "fix", "opus", cost, 1.0, True, "", "", None)  # noqa: FBT003 - a row
    return Group(day.isoformat(), None, figures(Records((attempt,)), now=0.0))


@given(AMOUNTS)
def test_an_axis_holds_its_amounts_and_has_few_marks(amounts: list[float]) -> None:
    scale = axis(amounts)
    assert scale.top >= max(amounts) * (1 - 1e-8)
    assert 2 <= len(scale.marks) <= 6
    assert scale.marks[0] == scale.top
    assert scale.marks[-1] == 0
    if max(amounts) > 0:
        assert max(amounts) > scale.top * 0.49


@pytest.mark.parametrize(
    ("most", "marks"),
    [
        (0.0, [1.0, 0.8, 0.6, 0.4, 0.2, 0.0]),
        (0.42, [0.5, 0.4, 0.3, 0.2, 0.1, 0.0]),
        (9.8, [10.0, 8.0, 6.0, 4.0, 2.0, 0.0]),
        (10.0, [10.0, 8.0, 6.0, 4.0, 2.0, 0.0]),
        (21.15, [25.0, 20.0, 15.0, 10.0, 5.0, 0.0]),
        (11.0, [12.5, 10.0, 7.5, 5.0, 2.5, 0.0]),
        (0.000001, [1e-6, 8e-7, 6e-7, 4e-7, 2e-7, 0.0]),
    ],
)
def test_its_marks_are_round(most: float, marks: list[float]) -> None:
    assert axis([most]).marks == pytest.approx(marks)


@given(AMOUNTS)
def test_lines_rise_and_bars_stand_within_the_drawing(amounts: list[float]) -> None:
    sums, each = axis([sum(amounts)]), axis(amounts)
    points = [tuple(map(float, point.split(","))) for point in rising(amounts, sums).split()]
    assert (points[0], points[-1][0]) == ((0.0, HEIGHT), WIDTH)
    assert all(a[0] < b[0] and a[1] >= b[1] >= -0.01 for a, b in itertools.pairwise(points))
    drawn = bars(amounts, each)
    assert len(drawn) == sum(amount > 0 for amount in amounts)
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH + 1e-6 and bar.y >= -0.01 for bar in drawn)
    assert all(bar.y + bar.height == pytest.approx(HEIGHT) for bar in drawn)


@given(DAYS, st.dates(date(1970, 1, 1), date(2100, 1, 1)))
def test_steps_leave_no_day_out_and_are_few(days: dict[date, int], until: date) -> None:
    found = steps([group(day, cost) for day, cost in days.items()], until=until)
    assert len(found) <= 92
    assert sum(step.spent for step in found) == pytest.approx(sum(days.values()) / 1e9)
    assert all(a.last + timedelta(1) == b.first for a, b in itertools.pairwise(found))
    if days:
        assert (found[0].first, found[-1].last) == (min(days), max(*days, until))


def test_a_week_is_the_least_that_is_longer_than_a_day() -> None:
    begin = date(2026, 1, 1)
    lengths = {length: steps([group(begin, 1)], until=begin + timedelta(length - 1)) for length in (1, 92, 93, 400)}
    assert {length: len(found) for length, found in lengths.items()} == {1: 1, 92: 92, 93: 14, 400: 58}
