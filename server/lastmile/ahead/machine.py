"""Whether the machine has power and time to spare: its battery and its load, looked at now and then."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from attrs import define, field, frozen

from lastmile.errors import ToolError
from lastmile.tools.process import Runner

_SUPPLIES = Path("/sys/class/power_supply")
_STALE = 10.0
"""Seconds for which what was seen is good: the load that the system tells is over a minute."""

_DEADLINE = 5.0
_ON_BATTERY = b"'Battery Power'"
"""What macOS' ``pmset -g batt`` says where no cable is in."""


@frozen
class Power:
    """What the machine has."""

    on_battery: bool = False
    load: float = 0.0
    """Of each processor, over the last minute; 0 where the system does not tell."""

    processors: int = 1


@define(eq=False)
class Gauge:
    """Looks at the machine, at most every ten seconds. Its `look` blocks: use a thread."""

    read: Callable[[], Power] = lambda: Power(on_battery(), load(), os.cpu_count() or 1)
    clock: Callable[[], float] = time.monotonic
    _seen: tuple[float, Power] | None = field(default=None, init=False)

    def look(self) -> Power:
        """Give what was seen last, or look again."""
        now = self.clock()
        if self._seen is None or now - self._seen[0] > _STALE:
            self._seen = now, self.read()
        return self._seen[1]


def load() -> float:
    """Give the load of each processor over the last minute."""
    if sys.platform == "win32":
        return 0.0
    with suppress(OSError):
        return os.getloadavg()[0] / (os.cpu_count() or 1)
    return 0.0


def on_battery(supplies: Path = _SUPPLIES) -> bool:
    """Tell whether the machine runs on its battery; no where that cannot be told. Blocks."""
    if sys.platform == "darwin":
        with suppress(ToolError):
            done = Runner().run(["/usr/bin/pmset", "-g", "batt"], text="", cwd=None, deadline=_DEADLINE)
            return _ON_BATTERY in done.out
        return False
    found = [_supply(folder) for folder in sorted(supplies.glob("*"))] if supplies.is_dir() else []
    return ("Battery", "Discharging") in found and ("Mains", "1") not in found


def _supply(folder: Path) -> tuple[str, str]:
    """Give what a supply is, and its state: a battery's, or whether a cable has power. A mouse's does not count."""
    kind = _read(folder / "type")
    if _read(folder / "scope") == "Device":
        return "", ""
    return kind, _read(folder / ("online" if kind == "Mains" else "status"))


def _read(path: Path) -> str:
    with suppress(OSError):
        return path.read_text("utf-8", "replace").strip()
    return ""
