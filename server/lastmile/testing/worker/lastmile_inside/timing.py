"""The processor time that one test may take, where that is bounded.

Without it a test that never ends takes what is left for all of them, and those after it are not reached.
"""

from __future__ import annotations

import signal
from collections.abc import Generator
from typing import Any

import pytest


class Late(BaseException):
    """A test went on past its time."""


class Timed:
    """Breaks off a test that takes too long; it has failed."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        signal.signal(signal.SIGPROF, _late)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self) -> Generator[None, None, None]:
        """Run a test against the clock; one that swallows the first alarm gets another."""
        signal.setitimer(signal.ITIMER_PROF, self._seconds, self._seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)


def plugins(seconds: float | None) -> list[Any]:
    """Give what bounds each test, where that is asked for."""
    return [] if seconds is None else [Timed(seconds)]


def _late(*_signal: object) -> None:
    message = "the test did not end in its time"
    raise Late(message)
