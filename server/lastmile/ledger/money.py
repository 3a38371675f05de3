"""What is spent, what is set aside, and whether one more call may be made.

Amounts are whole billionths of a US dollar, so that sums are exact and a budget of three calls
carries three calls. Nothing here writes.
"""

from __future__ import annotations

import math
import sqlite3
from datetime import UTC, datetime

from attrs import frozen

from lastmile.cascade.events import dollars
from lastmile.config.tree import Budget
from lastmile.errors import BudgetError, LedgerError

NANOS = 1_000_000_000
"""Of these make a US dollar."""

_MOST = 1_000_000 * NANOS


@frozen
class Call:
    """One paid call that is about to be made."""

    id: str
    task: str
    project: str
    kind: str
    tier: str
    worst_case: float
    """US dollars."""


def nanos(amount: float) -> int:
    """Turn US dollars into whole billionths; what is no sensible amount becomes none."""
    return round(min(max(amount, 0.0) * NANOS, _MOST)) if math.isfinite(amount) else 0


def day_of(at: float) -> str:
    """Give the local day of a time in seconds since 1970, as ``2026-11-23``."""
    return datetime.fromtimestamp(at, tz=UTC).astimezone().date().isoformat()


def require(connection: sqlite3.Connection, call: Call, budget: Budget, *, day: str) -> None:
    """Raise `BudgetError` where the call could pass a budget; run under the write lock.

    The budgets of day and month are the person's: what other projects and processes spent counts.
    """
    if not 0 <= call.worst_case < math.inf:
        message = f"{call.tier} was not asked: its price is no amount of money; check its `price` settings"
        raise LedgerError(message)
    for name, limit, spent in (
        ("task", budget.task, spent_on_task(connection, call.task)),
        ("day", budget.day, spent_between(connection, day, day)),
        ("month", budget.month, spent_between(connection, f"{day[:7]}-01", f"{day[:7]}-31")),
    ):
        # Put this way round, a limit that is not a number allows nothing.
        if not spent + nanos(call.worst_case) <= limit * NANOS + 0.5:
            raise BudgetError(_refusal(call, name, limit=limit, spent=spent))


def spent_on_task(connection: sqlite3.Connection, task: str) -> int:
    """Sum up what the task has cost and what is set aside for it."""
    return _sum(connection, "task = ?", (task,))


def spent_between(connection: sqlite3.Connection, first: str, last: str) -> int:
    """Sum up what the days from first to last have cost and what is set aside on them."""
    return _sum(connection, "day BETWEEN ? AND ?", (first, last))


def _sum(connection: sqlite3.Connection, where: str, values: tuple[str, ...]) -> int:
    """Add the attempts' costs to what open reservations could still cost beyond their attempts."""
    paid = f"SELECT coalesce(sum(cost), 0) FROM attempts WHERE cost > 0 AND {where}"  # noqa: S608 - our own conditions
    open_ = f"SELECT coalesce(sum(rest), 0) FROM ({OPEN_CALLS}) WHERE {where}"  # noqa: S608 - as above
    total: int = connection.execute(f"SELECT ({paid}) + ({open_})", values * 2).fetchone()[0]
    return total


OPEN_CALLS = """
    SELECT r.*, max(0, r.worst_case - coalesce(
        (SELECT sum(a.cost) FROM attempts a WHERE a.reservation = r.id), 0)) AS rest
    FROM reservations r
"""
"""The reservations that were not settled, each with what it counts beside its attempts."""


def _refusal(call: Call, name: str, *, limit: float, spent: int) -> str:
    left = max(0.0, limit - spent / NANOS)
    enough = math.ceil((spent / NANOS + call.worst_case) * 100) / 100
    has, wants = dollars(left), dollars(call.worst_case)
    if has == wants:
        has, wants = f"${left:.4f}", f"${call.worst_case:.4f}"  # what is too little does not look like enough
    return (
        f"the {name}'s budget of {dollars(limit)} has {has} left and one call to {call.tier} could cost "
        f"{wants}: raise `budget.{name}` to {enough:.2f} to allow it"
    )
