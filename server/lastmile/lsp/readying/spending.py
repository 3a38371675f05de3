"""What may be taken now for what is made ahead: a minute's seconds, on a machine that has time to spare.

How much that is for which settings is decided in `lastmile.ahead.policy`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

from attrs import define, field

from lastmile.ahead.budget import Bucket
from lastmile.ahead.machine import Gauge
from lastmile.ahead.policy import Pace, pace
from lastmile.ahead.waiting import Waiting, waiting
from lastmile.config.tree import Settings

_MOMENT = 2.0
"""Seconds that are waited for the next thing of a document before another document has its turn."""


class NotNowError(Exception):
    """The settings of a document have it wait for so many seconds; infinitely many where that cannot be told."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@define(eq=False)
class Spending:
    """The seconds that are left, and the machine that they are spent on."""

    bucket: Bucket = field(factory=Bucket)
    gauge: Gauge = field(factory=Gauge)

    async def waiting(self, settings: Settings) -> Waiting | None:
        """Say why less is made now than the settings ask for; None where nothing holds it up."""
        power = await asyncio.to_thread(self.gauge.look)
        return waiting(settings, power, self.bucket.wait(pace(settings, power).seconds))

    async def turn(self, settings: Settings) -> Pace:
        """Wait for a moment until the machine has time to spare and the minute's seconds are not used up.

        Raises `NotNowError` where that takes longer: other projects' settings may ask for less.
        """
        while True:
            found = pace(settings, await asyncio.to_thread(self.gauge.look))
            seconds = self.bucket.wait(found.seconds)
            if not seconds:
                return found
            if seconds > _MOMENT:
                raise NotNowError(seconds)
            await asyncio.sleep(seconds)

    @contextmanager
    def counted(self, processors: int = 1) -> Iterator[None]:
        """Count what the block takes. One thing runs at a time, on so many processors at the most."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.bucket.take((time.monotonic() - began) * processors)
