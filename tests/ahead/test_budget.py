"""What is made ahead takes no more than a limit a minute, whoever else asks in between."""

from __future__ import annotations

from math import inf

import pytest
from attrs import define
from hypothesis import given
from hypothesis import strategies as st

from lastmile.ahead.budget import Bucket

RATE = 20.0


@define
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("taken", "passed", "wait"),
    [
        ((), 0.0, 0.0),
        ((19.9,), 0.0, 0.0),
        ((20.0,), 0.0, 60.0),
        ((20.0,), 59.0, 1.0),
        ((20.0,), 60.0, 0.0),
        ((1000.0,), 0.0, 60.0),
        ((10.0, 10.0), 0.0, 50.0),
        ((1.0, 19.0), 0.0, 50.0),
        ((1.0, 19.0, 1.0), 0.0, 50.0),
        ((1.0, 18.0, 2.0), 0.0, 50.0),
        ((1.0, 18.0, 2.5), 0.0, 50.0),
        ((1.0, 30.0, 1.0), 0.0, 50.0),
    ],
)
def test_wait(taken: tuple[float, ...], passed: float, wait: float) -> None:
    """Each piece of work but the first ends ten seconds after the one before."""
    clock = Clock()
    bucket = Bucket(clock)
    for at, seconds in enumerate(taken):
        clock.now += 10.0 * bool(at)
        bucket.take(seconds)
    clock.now += passed
    assert bucket.wait(RATE) == pytest.approx(wait)


@pytest.mark.parametrize("other", [0.0, 0.001, 5.0, 600.0])
def test_who_may_take_less_or_more_changes_nothing_for_the_others(other: float) -> None:
    clock = Clock()
    bucket = Bucket(clock)
    bucket.take(30.0)
    for _second in range(60):
        assert bucket.wait(RATE) > 0
        assert (bucket.wait(other) > 0) == (other < 30.0)
        clock.now += 1.0
    assert bucket.wait(RATE) == 0.0


def test_what_is_kept_has_a_bound() -> None:
    clock = Clock()
    bucket = Bucket(clock)
    for _time in range(100_000):
        bucket.take(0.001)
        clock.now += 0.002
    assert len(bucket._taken) <= 62
    assert 29.0 <= sum(seconds for _at, seconds in bucket._taken) <= 31.0


def test_without_a_rate_there_is_never_a_turn() -> None:
    assert Bucket(Clock()).wait(0.0) == inf


@given(st.lists(st.tuples(st.floats(0.01, 30.0), st.floats(0.0, 30.0)), max_size=60))
def test_in_no_minute_more_runs_than_the_limit_and_what_was_under_way(steps: list[tuple[float, float]]) -> None:
    clock = Clock()
    bucket = Bucket(clock)
    ran: list[tuple[float, float]] = []
    for seconds, pause in steps:
        if not bucket.wait(RATE):
            bucket.take(seconds)
            ran.append((clock.now, seconds))
        clock.now += pause
    for number, (end, _seconds) in enumerate(ran):
        assert sum(seconds for at, seconds in ran[:number] if at > end - 59.0) < RATE
