"""The bill: what the ledger adds up to, beside what the top tier alone would have cost.

What was spent is known; what the top tier would have cost is an estimate, and every bill says how
it is made. Nothing here writes, and nothing here prints.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import datetime
from enum import Enum
from operator import attrgetter
from typing import Any, TypeVar

from attrs import asdict, frozen

from lastmile.errors import RequestError
from lastmile.ledger.completions import Completed
from lastmile.ledger.completions import add_up as add_up_completions
from lastmile.ledger.figures import Figures, figures
from lastmile.ledger.money import NANOS
from lastmile.ledger.prices import TABLE_VERSION
from lastmile.ledger.records import AttemptRecord, OutcomeRecord, Records, read

_K = TypeVar("_K", bound=Hashable)
_T = TypeVar("_T")
_UNITS = {"h": 3600.0, "d": 86_400.0, "w": 7 * 86_400.0}


class Grouping(Enum):
    """By what a bill may be split."""

    KIND = "kind"
    TIER = "tier"
    PROJECT = "project"
    DAY = "day"


@frozen
class Group:
    """One line of a split bill.

    For a tier, the tasks are those that it tried, and cleared are those that it cleared itself.
    """

    key: str
    share: float | None
    """The part of all tasks of the bill that were cleared in this group."""

    figures: Figures


@frozen
class Refusal:
    """How often one check refused, by one of its rules."""

    check: str
    """Empty where a tier failed to make a draft."""

    code: str
    attempts: int
    cost: float


@frozen
class Bill:
    """What a stretch of time adds up to."""

    since: float | None
    """Seconds since 1970; None for everything that the ledger keeps."""

    until: float
    total: Figures
    tiers: tuple[Group, ...]
    """A line a tier, the one that cleared most first."""

    refusals: tuple[Refusal, ...]
    """The ten most frequent reasons for a wasted attempt."""

    top_tier: str
    """Whom the estimate compares with; several where that changed; empty for nobody."""

    earlier: float
    """US dollars of months of which only totals are left, not in ``total``; 0 in a bill with a start."""

    completed: Completed
    """What became of completions, which cost nothing and are no tasks."""

    by: Grouping | None
    groups: tuple[Group, ...]
    unasked: int = 0
    """Edits that were made ahead and passed, and that nobody took; they are no tasks, and cost nothing."""

    @property
    def estimate(self) -> str:
        """Say how the figure for the top tier is made."""
        if not self.top_tier:
            return "no top tier with a known price, so there is nothing to compare with"
        return (
            f"an estimate: one call to {self.top_tier} for each task that was cleared, by the tokens of its prompt "
            f"and its edit, without cache, at the prices of that day (table of {TABLE_VERSION} or settings)"
        )

    def as_json(self) -> dict[str, Any]:
        """Give the bill as JSON values; see `Figures` for what each key means.

        Keys: ``since``, ``until``, ``total``, ``tiers``, ``refusals``, ``top_tier``, ``estimate``, ``earlier``,
        ``completions``, ``unasked``, ``by`` and ``groups``. A group has ``key``, ``share`` and the keys of the total;
        of ``completions``, see `Completed`.
        """
        return {
            "since": self.since,
            "until": self.until,
            "total": asdict(self.total),
            "tiers": [_flat(group) for group in self.tiers],
            "refusals": [asdict(refusal) for refusal in self.refusals],
            "top_tier": self.top_tier,
            "estimate": self.estimate,
            "earlier": self.earlier,
            "completions": asdict(self.completed),
            "unasked": self.unasked,
            "by": self.by and self.by.value,
            "groups": [_flat(group) for group in self.groups],
        }


def draw_up(connection: sqlite3.Connection, *, since: float | None, by: Grouping | None, now: float) -> Bill:
    """Read the ledger and add it up."""
    completed = add_up_completions(connection, since=since or 0.0)
    return add_up(read(connection, since=since), completed, since=since, by=by, now=now)


def add_up(records: Records, completed: Completed, *, since: float | None, by: Grouping | None, now: float) -> Bill:
    """Make the bill of what was read; ``now`` tells calls under way from lost ones."""
    total = figures(records, now=now)
    tiers = _groups(records, Grouping.TIER, total, now=now)
    groups = () if by is None else _groups(records, by, total, now=now)
    return Bill(
        since=since,
        until=now,
        total=total,
        tiers=tuple(sorted(tiers, key=lambda group: -group.figures.cleared)),
        refusals=_refusals(records.attempts),
        top_tier=" or ".join(sorted({outcome.top_tier for outcome in records.outcomes if outcome.top_tier})),
        earlier=sum(month.cost for month in records.months) / NANOS,
        completed=completed,
        by=by,
        groups=groups,
        unasked=records.unasked,
    )


def parse_since(text: str, *, now: float) -> float:
    """Read ``24h``, ``7d``, ``2w`` or a local day such as ``2026-11-01``; gives seconds since 1970.

    Raises `RequestError` for anything else.
    """
    if span := re.fullmatch(r"([0-9]{1,4})([hdw])", text.strip()):
        return now - int(span[1]) * _UNITS[span[2]]
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").astimezone().timestamp()
    except (ValueError, OverflowError) as error:
        message = f"`{text}` is no span or day: write 24h, 7d, 2w or 2026-11-01"
        raise RequestError(message) from error


def _groups(records: Records, by: Grouping, total: Figures, *, now: float) -> tuple[Group, ...]:
    parts = _parts(records, by)
    made = ((key, figures(parts[key], now=now, tier=key if by is Grouping.TIER else None)) for key in sorted(parts))
    return tuple(Group(key, part.cleared / total.tasks if total.tasks else None, part) for key, part in made)


def _parts(records: Records, by: Grouping) -> dict[str, Records]:
    """Split the records; by tier, a task stands in the part of each tier that tried it."""
    key: Callable[[Any], str] = attrgetter(by.value)
    attempts = _split((key(attempt), attempt) for attempt in records.attempts)
    outcomes = _split(_by_tier(records) if by is Grouping.TIER else ((key(o), o) for o in records.outcomes))
    calls = _split((key(call), call) for call in records.calls)
    return {
        part: Records(tuple(attempts.get(part, ())), tuple(outcomes.get(part, ())), tuple(calls.get(part, ())))
        for part in {*attempts, *outcomes, *calls}
    }


def _by_tier(records: Records) -> Iterator[tuple[str, OutcomeRecord]]:
    """Give each task to each tier that tried it."""
    tried: dict[str, dict[str, None]] = {}
    for attempt in records.attempts:
        tried.setdefault(attempt.task, {})[attempt.tier] = None
    for outcome in records.outcomes:
        for tier in tried.get(outcome.task, ()):
            yield tier, outcome


def _split(pairs: Iterable[tuple[_K, _T]]) -> dict[_K, list[_T]]:
    parts: dict[_K, list[_T]] = {}
    for key, value in pairs:
        parts.setdefault(key, []).append(value)
    return parts


def _refusals(attempts: Iterable[AttemptRecord]) -> tuple[Refusal, ...]:
    wasted = _split(((a.refused_by, a.code), a) for a in attempts if not a.passed)
    found = [Refusal(check, code, len(of), sum(a.cost for a in of) / NANOS) for (check, code), of in wasted.items()]
    return tuple(sorted(found, key=lambda refusal: -refusal.attempts)[:10])


def _flat(group: Group) -> dict[str, Any]:
    return {"key": group.key, "share": group.share, **asdict(group.figures)}
