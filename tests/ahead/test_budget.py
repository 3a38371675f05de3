"""The bucket of processor seconds: full at first, never below a minute's, filling as time goes by."""

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
        ((20.0,), 0.0, 1.0),
        ((20.0,), 0.1, 0.0),
        ((30.0,), 0.0, 31.0),
        ((1000.0,), 0.0, 61.0),
        ((1000.0,), 60.1, 0.0),
        ((10.0, 10.0), 0.0, 1.0),
    ],
)
def test_wait(taken: tuple[float, ...], passed: float, wait: float) -> None:
    clock = Clock()
    bucket = Bucket(clock)
    for seconds in taken:
        bucket.take(seconds, RATE)
    clock.now += passed
    assert bucket.wait(RATE) == pytest.approx(wait)


def test_without_a_rate_there_is_never_a_turn() -> None:
    assert Bucket(Clock()).wait(0.0) == inf


@given(st.lists(st.tuples(st.floats(0.01, 30.0), st.floats(0.0, 30.0)), max_size=60))
def test_over_any_time_no_more_runs_than_the_bucket_holds_and_what_flows_in(steps: list[tuple[float, float]]) -> None:
    clock, ran = Clock(), 0.0
    bucket = Bucket(clock)
    longest = 0.0
    for seconds, pause in steps:
        if not bucket.wait(RATE):
            bucket.take(min(seconds, RATE), RATE)
            ran, longest = ran + min(seconds, RATE), max(longest, min(seconds, RATE))
        clock.now += pause
    assert ran <= RATE + clock.now * RATE / 60 + longest + 1e-6
