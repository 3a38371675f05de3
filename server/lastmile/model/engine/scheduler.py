"""Decides which request runs its next batch: the most urgent, and equal ones in turn.

It runs nothing itself and knows no model; the engine's thread asks it, any thread may put in or cancel.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator

from attrs import define, field

from lastmile.model.engine.request import Steps
from lastmile.model.engine.sample import Hear
from lastmile.model.values import Urgency


@define(eq=False)
class Job:
    """A request that was put in."""

    urgency: Urgency
    hear: Hear
    start: Callable[[Hear], Steps]
    steps: Steps | None = None
    """None until its first turn."""

    cancelled: bool = False
    blocked: bool = False
    turn: int = 0
    """When it last ran, as a count of turns."""


@define(eq=False)
class Scheduler:
    """The requests that wait or run."""

    stop: Callable[[], None]
    """Interrupts the batch that runs."""

    go: Callable[[], None]
    """Lets the next batch run."""

    preempts: bool = True
    """Whether what is urgent interrupts the batch of what is less so; it is evaluated again later."""

    _jobs: list[Job] = field(factory=list, init=False)
    _running: Job | None = field(default=None, init=False)
    _closed: bool = field(default=False, init=False)
    _changed: threading.Condition = field(factory=threading.Condition, init=False)
    _turns: Iterator[int] = field(factory=lambda: itertools.count(1), init=False)

    def put(self, job: Job) -> bool:
        """Add a request; False once the engine is closed."""
        with self._changed:
            if self._closed:
                return False
            job.turn = next(self._turns)
            self._jobs.append(job)
            if self.preempts and self._running and self._running.urgency > job.urgency:
                self.stop()
            self._changed.notify()
            return True

    def cancel(self, job: Job) -> None:
        """Have a request ended before its next batch, and the one that runs interrupted."""
        with self._changed:
            job.cancelled = True
            if self._running is job:
                self.stop()
            self._changed.notify()

    def close(self) -> None:
        """Take no more, and end what there is."""
        with self._changed:
            self._closed = True
            self.stop()
            self._changed.notify()

    def next(self) -> Job | None:
        """Wait for a request that can go on, or that was cancelled; None when all is to end."""
        with self._changed:
            while not self._closed:
                if (job := self._choose()) is not None:
                    job.turn = next(self._turns)
                    self._running = job
                    self.go()
                    return job
                self._changed.wait()
            return None

    def _choose(self) -> Job | None:
        able = [job for job in self._jobs if job.cancelled or not job.blocked]
        if len(able) == 1:
            return able[0]
        return min(able, key=lambda job: (not job.cancelled, job.urgency, job.turn), default=None)

    def stand(self, *, blocked: bool) -> None:
        """Say that the job that ran stands still."""
        with self._changed:
            if self._running is not None:
                self._running.blocked = blocked
            self._running = None

    def done(self, job: Job) -> None:
        """Forget a request that has ended; what it held may let others go on."""
        with self._changed:
            self._running = None
            self._jobs.remove(job)
            for other in self._jobs:
                other.blocked = False

    def left(self) -> list[Job]:
        """Give the requests that have not ended."""
        with self._changed:
            return list(self._jobs)
