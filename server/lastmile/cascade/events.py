"""What the loop tells a watcher while it works, and the words a person reads for it."""

from __future__ import annotations

from typing import assert_never

from attrs import frozen

from lastmile.cascade.outcome import Attempt

_CENTS = 0.1
_TENTHS = 0.001
"""US dollars, from which cents, and tenths of a cent, are fine enough."""


@frozen
class Asking:
    """A tier is about to draft."""

    tier: str
    worst_case: float
    """US dollars; 0 for a free tier."""

    retry: bool = False


@frozen
class Judged:
    """A draft has its verdict, or a tier failed."""

    attempt: Attempt
    number: int
    """Which draft of the tier's this call, from 1."""

    of: int
    """How many drafts were asked for."""


@frozen
class Waiting:
    """The person is being asked for consent."""

    tier: str


Event = Asking | Judged | Waiting


def words(event: Event) -> str:
    """Say in a few words what is happening."""
    match event:
        case Asking(tier=tier, worst_case=0.0, retry=retry):
            return f"{tier}: {'trying again with the findings' if retry else 'drafting'}"
        case Asking(tier=tier, worst_case=worst, retry=retry):
            return f"asking {tier}{' again' if retry else ''}, up to {dollars(worst)}"
        case Judged(attempt=attempt, number=number, of=total):
            return f"{attempt.tier}: {_which(number, total)} {_verdict(attempt)}"
        case Waiting(tier=tier):
            return f"waiting for your consent to ask {tier}"
        case _:
            assert_never(event)


def dollars(amount: float) -> str:
    """Write an amount as a person reads it: cents, and finer below ten cents."""
    digits = 2 if amount == 0 or amount >= _CENTS else 3 if amount >= _TENTHS else 4
    return f"${amount:.{digits}f}"


def _which(number: int, total: int) -> str:
    return f"draft {number} of {total}" if total > 1 else "draft"


def _verdict(attempt: Attempt) -> str:
    if attempt.failure:
        return f"failed: {attempt.failure}"
    if attempt.verdict.passed:
        return "passed"
    finding = attempt.verdict.findings[0]
    return f"refused by {finding.check} {finding.code}".rstrip()
