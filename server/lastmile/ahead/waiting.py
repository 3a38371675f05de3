"""Why fixes are not made ready now, in words for a person; it looks at nothing itself.

It goes by what `policy.pace` goes by. Whatever holds them up, they go on by themselves once that is over.
"""

from __future__ import annotations

from enum import Enum

from attrs import frozen

from lastmile.ahead.machine import Power
from lastmile.ahead.policy import is_busy
from lastmile.config.ahead import Ahead, AheadSettings

_GOES_ON = "It goes on by itself."


class Why(Enum):
    """What holds up what is made ahead."""

    BUSY = "busy"
    """The machine's load."""

    BUDGET = "budget"
    """The minute's seconds of processor time."""

    BATTERY = "battery"
    """No cable is in: less is made."""


@frozen
class Waiting:
    """That less is made ahead than the settings ask for, and why."""

    why: Why
    words: str
    """For a person, one line."""


def waiting(settings: AheadSettings, power: Power, seconds: float = 0.0) -> Waiting | None:
    """Say why nothing, or less, is made ahead now; None where nothing holds it up, and where nobody wants it.

    ``seconds`` is how long the minute's budget (`Bucket.wait`) has whoever drafts wait.
    """
    if settings.ahead is Ahead.OFF or settings.ahead_seconds <= 0:
        return None
    if is_busy(settings, power):
        load = f"load {power.load * power.processors:.1f} on {power.processors} cores"
        return Waiting(Why.BUSY, f"Fixes are not made ready now: the machine is busy ({load}). {_GOES_ON}")
    if seconds > 0:
        spent = f"the {settings.ahead_seconds:g} s of processor time for this minute are used up"
        battery = ", of which a battery leaves a quarter" if power.on_battery else ""
        return Waiting(Why.BUDGET, f"Fixes are not made ready now: {spent}{battery}. {_GOES_ON}")
    if power.on_battery:
        fewer = "by rules alone, and more slowly" if settings.ahead is Ahead.LOCAL else "more slowly"
        return Waiting(Why.BATTERY, f"Fixes are made ready {fewer}: the machine is on battery. {_GOES_ON}")
    return None


def said(settings: AheadSettings, found: Waiting | None) -> dict[str, str]:
    """Say it to an editor: who drafts ahead, what holds that up by its name, and in words; empty where nothing does."""
    waits, why = ("", "") if found is None else (found.why.value, found.words)
    return {"who": settings.ahead.value, "waits": waits, "why": why}
