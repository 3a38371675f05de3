"""When a failed call is tried again, and how long is waited before: a policy over values.

Only what the provider does not bill is tried again (see `failures`), so however many tries a call
takes it is paid for once.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from enum import Enum

from attrs import frozen

from lastmile.errors import TierError

MOST_TRIES = 6
_FIRST = 0.5
_LONGEST = 8.0
_JITTER = 0.25
"""Seconds and share as the SDK's own policy has them."""


class Stops(Enum):
    """How far a failure reaches."""

    CALL = "call"
    MODEL = "model"
    ACCOUNT = "account"


@frozen
class Failure:
    """What a broken call means."""

    why: str
    """A sentence for a person, without the tier's name."""

    again: bool = False
    """Whether another try may help. Never set where the call may have been billed."""

    billed: bool = False
    """Whether the provider may bill what it did until then."""

    wait: float | None = None
    """Seconds that the provider asks to wait; None where it asks for nothing."""

    stops: Stops = Stops.CALL
    """How much cannot work until the settings change."""


@frozen
class Timing:
    """Time and chance, as the policy sees them."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    draw: Callable[[], float] = random.random
    """Gives a number from 0 to 1."""


def _ended(said: str) -> str:
    """End a sentence that a provider left open."""
    return said if said.endswith((".", "!", "?")) else f"{said}."


def pause(failure: Failure, *, tries: int, left: float, draw: float) -> float:
    """Give the seconds to wait before the next try.

    ``tries`` is how many were made, ``left`` the seconds until the call's deadline, ``draw`` a
    random number from 0 to 1. Raises `TierError` where no try fits any more.
    """
    if tries >= MOST_TRIES:
        message = f"{_ended(failure.why)} That was try {tries}, the last."
        raise TierError(message)
    backoff = min(_FIRST * 2.0 ** (tries - 1), _LONGEST) * (1 - _JITTER * draw)
    wait = max(backoff, failure.wait or 0.0)
    if wait >= left:
        asked = "It asks to wait" if failure.wait is not None and failure.wait >= left else "The next try is due in"
        message = (
            f"{_ended(failure.why)} {asked} {wait:.0f} s, and this call has {max(left, 0):.0f} s left. Try again later."
        )
        raise TierError(message)
    return wait
