"""Reads the receipts of accepted edits, newest first; what was handed to an editor and not applied has none."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import attrs
from attrs import field, frozen

from lastmile.cascade.outcome import Status


@frozen
class Receipt:
    """What the ledger says of one accepted edit."""

    task: str
    at: float
    """Seconds since 1970."""

    project: str
    kind: str
    receipt: str
    """In one line: who drafted, what was checked, how long it took, what it cost."""

    top_tier: str | None
    top_cost: int | None
    """What one call to the top tier would have cost, estimated, in billionths of a US dollar."""

    ahead: bool = field(converter=bool)
    kept: bool | None
    undone: bool = field(converter=bool)
    words: str
    """What the person said of an edit that they sent back."""


_COLUMNS = ", ".join(column.name for column in attrs.fields(Receipt))
_LAST = (
    f"SELECT {_COLUMNS} FROM outcomes "  # noqa: S608 - our own names
    f"WHERE receipt != '' AND status = '{Status.ACCEPTED.value}' AND (NOT ahead OR applied) "
    "ORDER BY at DESC LIMIT ?"
)


def last(connection: sqlite3.Connection, *, most: int) -> tuple[Receipt, ...]:
    """Give the last receipts; edits that were made ahead have one once they were taken."""
    with closing(connection.execute(_LAST, (most,))) as found:
        return tuple(Receipt(*row) for row in found)
