"""How the ledger's figures are written for a person, the same on a terminal and on a page.

It adds nothing up. Amounts of money are written by `cascade.events.dollars`, as everywhere.
"""

from __future__ import annotations

UNKNOWN = "-"
"""What stands where there is no figure."""

_LEAST, _SECOND = ("ms", 0.001), ("s", 1.0)
_UNITS = (("h", 3600.0), ("min", 60.0))
_PERCENT = 0.01


def percent(share: float | None) -> str:
    """Write a share from 0 to 1; what is neither none nor all is not written as such."""
    if share is None:
        return UNKNOWN
    exact = round(share, 9)  # sums of money are not exact
    if 0 < exact < _PERCENT:
        return "under 1%"
    return "over 99%" if 1 - _PERCENT < exact < 1 else f"{share:.0%}"


def seconds(span: float | None) -> str:
    """Write a span of time: in milliseconds below a second, in minutes and hours from two of them on."""
    if span is None:
        return UNKNOWN
    unit, length = next((each for each in _UNITS if span >= 2 * each[1]), _SECOND if span >= 1 else _LEAST)
    return f"{span / length:.{0 if unit == 'ms' else 1}f} {unit}"


def many(count: int, noun: str) -> str:
    """Write a number of things."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def short(name: str, most: int = 48) -> str:
    """Cut a name that would fill a page by itself."""
    return name if len(name) <= most else f"{name[: most - 1]}…"


def reason(check: str, code: str) -> str:
    """Write why a draft was refused, or that there was none."""
    return f"{check or 'no draft'} {code}".rstrip()
