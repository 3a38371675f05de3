"""The look back: the bill with what a person asks next, by day, by kind, by tier and task by task.

It is made of the same records as the bill, so the two agree. Nothing here writes, and nothing here
prints.
"""

from __future__ import annotations

import math
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from attrs import frozen

from lastmile.cascade.outcome import Status
from lastmile.ledger.bill import Bill, Grouping, add_up
from lastmile.ledger.completions import add_up as add_up_completions
from lastmile.ledger.figures import LOST_AFTER
from lastmile.ledger.money import NANOS
from lastmile.ledger.records import AttemptRecord, MonthRecord, OpenCall, OutcomeRecord, Records, read

Reason = tuple[str, str]
"""A check and its rule; both are empty where a tier failed to make a draft."""

_CANCELLED = Status.CANCELLED.value
_DEAREST = 10


@frozen
class Escalation:
    """How often the tasks of a kind were not cleared free, and what refused the free tiers' last drafts."""

    kind: str
    tasks: int
    """Those that ended; cancelled ones are left out, as in the bill."""

    escalated: int
    """Those that no free tier cleared."""

    untried: int
    """How many of those no free tier tried."""

    reasons: tuple[tuple[Reason, int], ...]
    """What refused the last free draft of an escalated task, the most frequent first."""


@frozen
class Latency:
    """How long a tier's attempts take, drafting and judging; seconds."""

    tier: str
    attempts: int
    median: float
    p90: float
    """Nine of ten attempts take no longer: by the nearest rank, so it is a time that was taken."""


@frozen
class DearTask:
    """A task that cost something; no text of it."""

    kind: str
    day: str
    """The day on which it began."""

    tiers: tuple[str, ...]
    """Whom it was asked of, in order, each once."""

    cost: float
    """US dollars, with lost calls at their worst case."""

    refused: tuple[tuple[Reason, int], ...]
    """What refused its drafts, the most frequent first."""

    status: str
    """How it ended, a value of `Status`; empty where that is not known."""

    cleared_by: str


@frozen
class Review:
    """What a stretch of time adds up to, with its parts."""

    bill: Bill
    """By day."""

    escalations: tuple[Escalation, ...]
    """A line a kind, the one of which most had to go up first."""

    latencies: tuple[Latency, ...]
    """A line a tier, in the order of the bill."""

    median_task: float | None
    p90_task: float | None
    """Seconds, of the tasks that ended; None where none did."""

    dearest: tuple[DearTask, ...]
    """The ten that cost most, the dearest first."""

    months: tuple[MonthRecord, ...]
    """The months of which only totals are left, in order."""


def look_back(connection: sqlite3.Connection, *, since: float | None, now: float) -> Review:
    """Read the ledger and add it up, from a time in seconds since 1970 or from its beginning."""
    records = read(connection, since=since)
    completed = add_up_completions(connection, since=since or 0.0)
    bill = add_up(records, completed, since=since, by=Grouping.DAY, now=now)
    ended = [outcome for outcome in records.outcomes if outcome.status != _CANCELLED]
    spans = [outcome.seconds for outcome in ended]
    attempts = _by_task(records.attempts)
    return Review(
        bill=bill,
        escalations=_escalations(ended, attempts),
        latencies=_latencies(records.attempts, [group.key for group in bill.tiers]),
        median_task=bill.total.median_task_seconds,
        p90_task=p90(spans) if spans else None,
        dearest=_dearest(records, attempts, now=now),
        months=records.months,
    )


def p90(values: Iterable[float]) -> float:
    """Give the least of the values that nine of ten do not pass; there has to be one."""
    ordered = sorted(values)
    return ordered[math.ceil(0.9 * len(ordered)) - 1]


def _by_task(attempts: Iterable[AttemptRecord]) -> dict[str, list[AttemptRecord]]:
    found: dict[str, list[AttemptRecord]] = {}
    for attempt in attempts:
        found.setdefault(attempt.task, []).append(attempt)
    return found


def _escalations(
    ended: Iterable[OutcomeRecord], attempts: Mapping[str, Sequence[AttemptRecord]]
) -> tuple[Escalation, ...]:
    kinds: dict[str, list[OutcomeRecord]] = {}
    for outcome in ended:
        kinds.setdefault(outcome.kind, []).append(outcome)
    found = (_escalation(kind, kinds[kind], attempts) for kind in sorted(kinds))
    return tuple(sorted(found, key=lambda each: (-each.escalated, -each.tasks)))


def _escalation(
    kind: str, outcomes: Sequence[OutcomeRecord], attempts: Mapping[str, Sequence[AttemptRecord]]
) -> Escalation:
    escalated = [outcome for outcome in outcomes if not outcome.cleared_free]
    free = ([a for a in attempts.get(o.task, ()) if a.reservation is None] for o in escalated)
    last = [tried[-1] for tried in free if tried]
    # A draft that passed and was not taken was outvoted by other samples: no check is to be named for it.
    reasons = Counter((attempt.refused_by, attempt.code) for attempt in last if not attempt.passed)
    return Escalation(kind, len(outcomes), len(escalated), len(escalated) - len(last), tuple(reasons.most_common()))


def _latencies(attempts: Iterable[AttemptRecord], tiers: Iterable[str]) -> tuple[Latency, ...]:
    spans: dict[str, list[float]] = {}
    for attempt in attempts:
        spans.setdefault(attempt.tier, []).append(attempt.seconds)
    return tuple(
        Latency(tier, len(spans[tier]), median(spans[tier]), p90(spans[tier])) for tier in tiers if tier in spans
    )


def _dearest(records: Records, attempts: Mapping[str, Sequence[AttemptRecord]], *, now: float) -> tuple[DearTask, ...]:
    lost: dict[str, list[OpenCall]] = {}
    for call in records.calls:
        if call.rest and now - call.at > LOST_AFTER:
            lost.setdefault(call.task, []).append(call)
    costs: Counter[str] = Counter()
    for attempt in records.attempts:
        costs[attempt.task] += attempt.cost
    for task, calls in lost.items():
        costs[task] += sum(call.rest for call in calls)
    outcomes = {outcome.task: outcome for outcome in records.outcomes}
    return tuple(
        _dear(attempts.get(task, ()), lost.get(task, ()), outcomes.get(task), cost=cost)
        for task, cost in costs.most_common(_DEAREST)
        if cost
    )


def _dear(
    attempts: Sequence[AttemptRecord], lost: Sequence[OpenCall], outcome: OutcomeRecord | None, *, cost: int
) -> DearTask:
    asked: tuple[AttemptRecord | OpenCall, ...] = (*attempts, *lost)
    refused = Counter((attempt.refused_by, attempt.code) for attempt in attempts if not attempt.passed)
    return DearTask(
        kind=asked[0].kind,
        day=asked[0].day,
        tiers=tuple(dict.fromkeys(each.tier for each in asked)),
        cost=cost / NANOS,
        refused=tuple(refused.most_common()),
        status="" if outcome is None else outcome.status,
        cleared_by="" if outcome is None else outcome.cleared_by,
    )
