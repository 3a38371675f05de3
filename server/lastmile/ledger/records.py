"""Reads the ledger's rows as plain values, for the bill and whatever else looks back.

Nothing here adds anything up.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import starmap
from typing import TypeVar

import attrs
from attrs import AttrsInstance, converters, field, frozen

from lastmile.ledger.money import OPEN_CALLS

_Record = TypeVar("_Record", bound=AttrsInstance)

_ASKED_OUTCOMES = "(SELECT * FROM outcomes WHERE NOT ahead OR applied)"
_ASKED_ATTEMPTS = (
    "(SELECT * FROM attempts WHERE NOT ahead OR task IN (SELECT task FROM outcomes WHERE ahead AND applied))"
)
"""What was made ahead and not taken is no task of anybody's: it cost nothing, and clears nothing."""


@frozen
class AttemptRecord:
    """One attempt, as the bill needs it."""

    task: str
    day: str
    project: str
    kind: str
    tier: str
    cost: int
    """Billionths of a US dollar, as all amounts here."""

    seconds: float
    passed: bool = field(converter=bool)
    refused_by: str
    code: str
    reservation: str | None = None
    """The money that was set aside for it; None for an attempt of a free tier."""

    confidence: float | None = None
    """How sure the model was, 0 to 1; None where it was not told."""


@frozen
class OutcomeRecord:
    """How one task ended."""

    task: str
    day: str
    project: str
    kind: str
    status: str
    cleared_by: str
    """The tier whose draft was accepted; empty for none."""

    cleared_free: bool = field(converter=bool)
    seconds: float
    top_tier: str | None
    top_cost: int | None
    """What one call to the top tier would have cost; None where nobody could estimate it."""

    kept: bool | None = field(converter=converters.optional(bool))
    """Whether the edit was still there at the next save; None while nobody knows."""

    ahead: bool = field(converter=bool, default=False)
    """Whether it was made before anybody asked, and taken then."""

    undone: bool = field(converter=bool, default=False)
    """Whether the person undid it because it was wrong."""


@frozen
class OpenCall:
    """Money set aside for a call that was not settled."""

    at: float
    task: str
    day: str
    project: str
    kind: str
    tier: str
    rest: int
    """What it counts, beside its attempts."""


@frozen
class MonthRecord:
    """What is left of a month that is older than the ledger keeps."""

    month: str
    """As ``2025-01``."""

    attempts: int
    cost: int


@frozen
class Records:
    """What the ledger holds of a stretch of time."""

    attempts: tuple[AttemptRecord, ...] = ()
    outcomes: tuple[OutcomeRecord, ...] = ()
    calls: tuple[OpenCall, ...] = ()
    unasked: int = 0
    """Edits that were made ahead and passed, and that nobody took."""

    months: tuple[MonthRecord, ...] = ()
    """The months of which only totals are left, in order; none where they are not asked for."""


def read(connection: sqlite3.Connection, *, since: float | None) -> Records:
    """Read what was written since a time, in seconds since 1970, or everything; of one moment."""
    connection.execute("BEGIN")
    try:
        return Records(
            _all(connection, AttemptRecord, _ASKED_ATTEMPTS, since),
            _all(connection, OutcomeRecord, _ASKED_OUTCOMES, since),
            _all(connection, OpenCall, f"({OPEN_CALLS})", since),
            _unasked(connection, since),
            _months(connection) if since is None else (),
        )
    finally:
        connection.execute("ROLLBACK")


def _all(connection: sqlite3.Connection, kind: type[_Record], table: str, since: float | None) -> tuple[_Record, ...]:
    columns = ", ".join(column.name for column in attrs.fields(kind))
    query = f"SELECT {columns} FROM {table} WHERE at >= ? ORDER BY at"  # noqa: S608 - our own names
    with closing(connection.execute(query, (since or 0.0,))) as found:
        return tuple(starmap(kind, found))


def _months(connection: sqlite3.Connection) -> tuple[MonthRecord, ...]:
    query = "SELECT month, sum(attempts), sum(cost) FROM months GROUP BY month ORDER BY month"
    return tuple(MonthRecord(*row) for row in connection.execute(query).fetchall())


def _unasked(connection: sqlite3.Connection, since: float | None) -> int:
    query = "SELECT count(*) FROM outcomes WHERE ahead AND NOT applied AND cleared_by != '' AND at >= ?"
    count: int = connection.execute(query, (since or 0.0,)).fetchone()[0]
    return count
