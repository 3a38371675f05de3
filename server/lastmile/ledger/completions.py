"""What became of completions: a row each, written over as more is known, and what the rows add up to.

No text of a document is in them. Each function is one change, or one question, in a transaction of
somebody else's.
"""

from __future__ import annotations

import sqlite3

from attrs import frozen

from lastmile.complete.values import Fate, Record
from lastmile.ledger.money import day_of
from lastmile.ledger.rows import clean

_PUT = """
    INSERT INTO completions
        (id, at, day, project, language, characters, lines, seconds, source, fate, taken, kept_early, kept_late)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET
        fate = excluded.fate, taken = excluded.taken,
        kept_early = excluded.kept_early, kept_late = excluded.kept_late
"""
_COUNT = """
    SELECT count(*), sum(fate = ?), sum(fate = ?), sum(fate = ?), sum(fate = ?), sum(taken), avg(seconds),
        avg(kept_early), avg(kept_late), count(kept_early), count(kept_late)
    FROM completions WHERE at >= ?
"""


@frozen
class Completed:
    """What the completions of a stretch of time come to; shares are from 0 to 1, None where nothing is known."""

    shown: int
    accepted: int
    partial: int
    """A word or a line of them was taken."""

    typed: int
    """The person typed over them: what was shown, a part of it, or something else."""

    dismissed: int
    characters: int
    """Characters of completions that came into documents."""

    seconds: float | None
    """The mean time from the question to the answer."""

    kept_early: float | None
    """Of those that were accepted, the share that was still there after 30 seconds."""

    kept_late: float | None
    """The same after 5 minutes."""

    watched_early: int
    """How many of them ``kept_early`` is a share of: those for which it is known."""

    watched_late: int
    """The same for ``kept_late``."""


def put(connection: sqlite3.Connection, record: Record, *, at: float) -> None:
    """Write a completion down, or what is known of it by now."""
    early, late = record.kept
    shown = (record.characters, record.lines, record.seconds, clean(record.source))
    fate = (record.fate.value, record.taken, early, late)
    connection.execute(_PUT, (record.id, at, day_of(at), clean(record.project), clean(record.language), *shown, *fate))


def add_up(connection: sqlite3.Connection, *, since: float) -> Completed:
    """Add up what was shown since a time in seconds since 1970."""
    fates = (Fate.ACCEPTED, Fate.PARTIAL, Fate.TYPED, Fate.DISMISSED)
    shown, *counts = connection.execute(_COUNT, (*(fate.value for fate in fates), since)).fetchone()
    accepted, partial, typed, dismissed, characters = (int(count or 0) for count in counts[:5])
    return Completed(shown, accepted, partial, typed, dismissed, characters, *counts[5:])
