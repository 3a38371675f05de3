"""What a set of attempts, outcomes and open calls adds up to: one column of the bill.

Shares are of what is there; where there is nothing to divide by, a figure is None and not 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from attrs import frozen

from lastmile.cascade.outcome import Status
from lastmile.ledger.money import NANOS
from lastmile.ledger.records import AttemptRecord, OpenCall, OutcomeRecord, Records

LOST_AFTER = 4000.0
"""Seconds after which a call that was not settled counts as lost: more than the longest deadline, which is an hour."""

_ACCEPTED, _CANCELLED = Status.ACCEPTED.value, Status.CANCELLED.value


@frozen
class Figures:
    """Counts, shares from 0 to 1, US dollars and seconds."""

    tasks: int
    """Tasks that ended; those that were cancelled are left out here and in all shares."""

    cancelled: int
    cleared: int
    """Tasks that ended with a verified edit."""

    cleared_free: int
    cleared_share: float | None
    escalation_rate: float | None
    """Share of the tasks that no free tier cleared."""

    attempts: int
    spent: float
    """All attempts, also those of cancelled tasks, and lost calls at their worst case."""

    top_cost: float | None
    """An estimate: one call to the top tier for each task that was cleared."""

    unestimated: int
    """Cleared tasks without such an estimate; they are missing in ``top_cost``."""

    ratio: float | None
    """``spent`` by ``top_cost``."""

    wasted_attempts: int
    """Attempts whose draft was refused, or that failed to make one."""

    wasted_cost: float
    wasted_seconds: float
    median_task_seconds: float | None
    """Drafting and judging of all attempts of a task, without waiting for consent."""

    median_attempt_seconds: float | None
    sure_of_passed: float | None
    """The median of how sure models were of drafts that passed, 0 to 1, among those where it was told."""

    sure_of_refused: float | None
    """The same of drafts that a check refused."""

    lost_calls: int
    """Calls that were never settled, since their process was killed; counted at their worst case."""

    lost_cost: float
    open_calls: int
    """Calls under way, not in ``spent``."""

    open_cost: float
    kept: int
    """Accepted edits that were still there at the next save."""

    dropped: int
    kept_share: float | None
    """Share of kept among those that are known to be kept or dropped."""

    cost_per_kept: float | None
    ahead: int
    """Cleared tasks whose edit was there before anybody asked for it."""

    undone: int
    """Accepted edits that the person sent back as wrong: false accepts."""


def figures(records: Records, *, now: float, tier: str | None = None) -> Figures:
    """Add up; for a ``tier``, only what it cleared itself counts as cleared."""
    ended = [outcome for outcome in records.outcomes if outcome.status != _CANCELLED]
    cleared = [
        outcome for outcome in ended if outcome.status == _ACCEPTED and (tier is None or outcome.cleared_by == tier)
    ]
    wasted = [attempt for attempt in records.attempts if not attempt.passed]
    unsettled = [call for call in records.calls if call.rest]
    lost = [call for call in unsettled if now - call.at > LOST_AFTER]
    under_way = [call for call in unsettled if now - call.at <= LOST_AFTER]
    spent = _dollars(attempt.cost for attempt in records.attempts) + _rest(lost)
    estimates = [outcome.top_cost for outcome in cleared if outcome.top_cost is not None]
    top_cost = _dollars(estimates) if estimates else None
    free = sum(outcome.cleared_free for outcome in cleared)
    kept = sum(outcome.kept is True for outcome in cleared)
    dropped = sum(outcome.kept is False for outcome in cleared)
    return Figures(
        tasks=len(ended),
        cancelled=len(records.outcomes) - len(ended),
        cleared=len(cleared),
        cleared_free=free,
        cleared_share=_share(len(cleared), len(ended)),
        escalation_rate=_share(len(ended) - free, len(ended)),
        attempts=len(records.attempts),
        spent=spent,
        top_cost=top_cost,
        unestimated=len(cleared) - len(estimates),
        ratio=_share(spent, top_cost or 0.0),
        wasted_attempts=len(wasted),
        wasted_cost=_dollars(attempt.cost for attempt in wasted),
        wasted_seconds=sum(attempt.seconds for attempt in wasted),
        median_task_seconds=_median(ended),
        median_attempt_seconds=_median(records.attempts),
        sure_of_passed=_sure(attempt for attempt in records.attempts if attempt.passed),
        sure_of_refused=_sure(wasted),
        lost_calls=len(lost),
        lost_cost=_rest(lost),
        open_calls=len(under_way),
        open_cost=_rest(under_way),
        kept=kept,
        dropped=dropped,
        kept_share=_share(kept, kept + dropped),
        cost_per_kept=_share(spent, kept),
        ahead=sum(outcome.ahead for outcome in cleared),
        undone=sum(outcome.undone for outcome in cleared),
    )


def _dollars(amounts: Iterable[int]) -> float:
    return sum(amounts) / NANOS


def _rest(calls: Iterable[OpenCall]) -> float:
    return _dollars(call.rest for call in calls)


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _sure(attempts: Iterable[AttemptRecord]) -> float | None:
    told = [attempt.confidence for attempt in attempts if attempt.confidence is not None]
    return median(told) if told else None


def _median(records: Iterable[AttemptRecord | OutcomeRecord]) -> float | None:
    seconds = [record.seconds for record in records]
    return median(seconds) if seconds else None
