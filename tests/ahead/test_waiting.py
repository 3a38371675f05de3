"""What is said where less is made ahead than the settings ask for: it holds exactly where `pace` says so."""

from __future__ import annotations

import pytest

from lastmile.ahead.machine import Power
from lastmile.ahead.waiting import Why, waiting
from lastmile.config.ahead import Ahead, AheadSettings

LOADED, BATTERY = Power(load=1.55, processors=2), Power(on_battery=True)


@pytest.mark.parametrize(
    ("ahead", "power", "seconds", "why", "words"),
    [
        (Ahead.LOCAL, Power(), 0.0, None, ""),
        (Ahead.OFF, LOADED, 9.0, None, ""),
        (Ahead.RULES, LOADED, 0.0, Why.BUSY, "not made ready now: the machine is busy (load 3.1 on 2 cores)."),
        (Ahead.RULES, Power(), 9.0, Why.BUDGET, "the 20 s of processor time for this minute are used up."),
        (Ahead.LOCAL, BATTERY, 9.0, Why.BUDGET, "of which a battery leaves a quarter."),
        (
            Ahead.LOCAL,
            BATTERY,
            0.0,
            Why.BATTERY,
            "made ready by rules alone, and more slowly: the machine is on battery.",
        ),
        (Ahead.RULES, BATTERY, 0.0, Why.BATTERY, "Fixes are made ready more slowly: the machine is on battery."),
    ],
)
def test_what_is_said(ahead: Ahead, power: Power, seconds: float, why: Why | None, words: str) -> None:
    found = waiting(AheadSettings(ahead), power, seconds)
    assert (found and found.why) is why
    if found is not None:
        assert words in found.words
        assert found.words.endswith("It goes on by itself.")
