"""How the ledger's figures are written for a person, the same on a terminal and on a page.

It adds nothing up. Amounts of money are written by `cascade.events.dollars`, as everywhere.
"""

from __future__ import annotations

UNKNOWN = "-"
"""What stands where there is no figure."""


def percent(share: float | None) -> str:
    """Write a share from 0 to 1."""
    return UNKNOWN if share is None else f"{share:.0%}"


def seconds(span: float | None) -> str:
    """Write a span of time, finer below a second."""
    if span is None:
        return UNKNOWN
    return f"{span * 1000:.0f} ms" if span < 1 else f"{span:.1f} s"


def many(count: int, noun: str) -> str:
    """Write a number of things."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def reason(check: str, code: str) -> str:
    """Write why a draft was refused, or that there was none."""
    return f"{check or 'no draft'} {code}".rstrip()
