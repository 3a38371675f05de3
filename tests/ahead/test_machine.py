"""Battery and load: what the system's files say, and how often they are looked at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from lastmile.ahead.machine import Gauge, Power, load, on_battery

CABLE = {"AC/type": "Mains", "AC/online": "1"}
PULLED = {"AC/type": "Mains", "AC/online": "0"}
FULL = {"BAT0/type": "Battery", "BAT0/status": "Full"}
EMPTYING = {"BAT0/type": "Battery", "BAT0/status": "Discharging"}
MOUSE = {"mouse/type": "Battery", "mouse/status": "Discharging", "mouse/scope": "Device"}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, False),
        (CABLE, False),
        (CABLE | FULL, False),
        (PULLED | EMPTYING, True),
        (EMPTYING, True),
        (CABLE | EMPTYING, False),
        (PULLED | FULL, False),
        (MOUSE, False),
        (CABLE | MOUSE, False),
        (PULLED | EMPTYING | MOUSE, True),
        ({"BAT0/type": "Battery"}, False),
    ],
)
def test_the_battery(tmp_path: Path, files: Mapping[str, str], expected: object) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{text}\n")
    assert on_battery(tmp_path) is expected


def test_a_machine_that_tells_nothing_is_not_on_battery(tmp_path: Path) -> None:
    assert on_battery(tmp_path / "none") is False


def test_the_load_is_of_each_processor() -> None:
    assert 0.0 <= load() < 1000.0


def test_the_machine_is_looked_at_every_ten_seconds() -> None:
    times, seen = iter([0.0, 9.0, 10.5, 11.0]), iter([Power(load=1.0), Power(load=2.0)])
    gauge = Gauge(lambda: next(seen), lambda: next(times))
    assert [gauge.look().load for _ in range(4)] == [1.0, 1.0, 2.0, 2.0]
