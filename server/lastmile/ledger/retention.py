"""Keeps the ledger from growing without end: old attempts are folded into monthly totals.

It runs when a ledger is opened, in one transaction. It takes nothing away that a budget or the
usual bill looks at.
"""

from __future__ import annotations

import sqlite3

from lastmile.ledger.money import OPEN_CALLS
from lastmile.ledger.schema import transaction

DAYS = 400
"""How long attempts, outcomes and completions are kept one by one: a year, and a month to compare it with."""

_FOLD = f"""
    INSERT INTO months (month, tier, attempts, cost)
    SELECT substr(day, 1, 7), tier, sum(attempts), sum(cost) FROM (
        SELECT day, tier, 1 AS attempts, cost FROM attempts WHERE at < :before
        UNION ALL
        SELECT day, tier, 0, rest FROM ({OPEN_CALLS}) WHERE at < :before
    ) WHERE true GROUP BY 1, 2
    ON CONFLICT DO UPDATE SET attempts = attempts + excluded.attempts, cost = cost + excluded.cost
"""  # noqa: S608 - a constant of ours


UNASKED_DAYS = 30
"""How long is kept what was made ahead and nobody took: it cost nothing, and there is much of it."""


def prune(connection: sqlite3.Connection, now: float) -> None:
    """Fold what is older than `DAYS` into its month, and remove it; what nobody asked for goes sooner."""
    _prune_unasked(connection, now)
    before = {"before": now - DAYS * 86_400}
    tables = ("attempts", "reservations", "outcomes", "completions")
    old = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE at < :before)" for table in tables)  # noqa: S608 - as above
    if not connection.execute(f"SELECT {old}", before).fetchone()[0]:
        return
    with transaction(connection):
        connection.execute(_FOLD, before)
        for table in tables:
            connection.execute(f"DELETE FROM {table} WHERE at < :before", before)  # noqa: S608 - as above


def _prune_unasked(connection: sqlite3.Connection, now: float) -> None:
    old = {"before": now - UNASKED_DAYS * 86_400}
    unasked = "SELECT task FROM outcomes WHERE ahead AND NOT applied AND at < :before"
    if connection.execute(f"SELECT EXISTS ({unasked})", old).fetchone()[0]:
        with transaction(connection):
            connection.execute(f"DELETE FROM attempts WHERE task IN ({unasked})", old)  # noqa: S608 - a constant of ours
            connection.execute("DELETE FROM outcomes WHERE ahead AND NOT applied AND at < :before", old)
