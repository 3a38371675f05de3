"""The watchdog of the event loop sees what it is there to see."""

from __future__ import annotations

import asyncio
import time

import pytest
from tests.support.stall import LoopWatch, no_stall

pytestmark = pytest.mark.slow

LONG = 1.0
"""Seconds, of which a fraction is seen even on a machine that is many times slower than usual."""


async def test_a_loop_that_stands_still_is_seen_with_its_place() -> None:
    watch = LoopWatch()
    watch.start()
    await asyncio.sleep(0.02)
    time.sleep(LONG)  # noqa: ASYNC251 - the stall that has to be seen
    await watch.stop()
    assert [stall.seconds > LONG / 2 for stall in watch.stalls] == [True]
    assert "test_stall.py" in watch.stalls[0].where


async def test_a_stall_fails_the_test_and_a_quiet_loop_does_not() -> None:
    async with no_stall():
        await asyncio.sleep(0.05)
    with pytest.raises(AssertionError, match="stood still"):
        await _stand_still()


async def _stand_still() -> None:
    async with no_stall():
        await asyncio.sleep(0.02)
        time.sleep(LONG)  # noqa: ASYNC251 - as above
