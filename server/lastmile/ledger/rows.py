"""Turns reservations, attempts and outcomes into rows; each function is one change in a transaction.

What comes from models and servers is cut to a bounded, storable form here, so that no content can
keep a row from being written. Nothing here opens, commits or falls back.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Mapping
from hashlib import sha256

from attrs import frozen

from lastmile.cascade.draft import Usage
from lastmile.cascade.outcome import Attempt, Outcome, Status
from lastmile.cascade.task import Task
from lastmile.ledger.bare import bare, own_words
from lastmile.ledger.money import Call, day_of, nanos
from lastmile.ledger.prices import Rates, explain
from lastmile.receipt import receipt

_log = logging.getLogger(__name__)

FAILURE_LENGTH = 500
"""Characters kept of the reason why an attempt failed or a task ended."""

RECEIPT_LENGTH = 1000
"""Characters kept of a receipt."""

WORDS_LENGTH = 4000
"""Characters kept of what a person says of an edit."""

_NAME_LENGTH = 200
_PATH_LENGTH = 4096
_MOST_TOKENS = 10**12
_RECENT = 50
"""Tasks that the share of escalations is taken over."""


@frozen
class TopTier:
    """The tier that the bill compares with, and how the same work by it alone is estimated."""

    name: str
    rates: Rates
    baseline: Callable[[Outcome], Usage]
    """The tokens of one call to it for the outcome's task; called on the ledger's own thread."""


@frozen
class Place:
    """Which project a bank writes for, and whether paths are written as they are."""

    project: str
    plain_paths: bool

    @property
    def name(self) -> str:
        """The project as rows name it."""
        return self.of(self.project)

    def of(self, path: str) -> str:
        """Name a path as rows do: by a part of its SHA-256 unless paths are plain."""
        return clean(path, _PATH_LENGTH) if self.plain_paths else hashed(path)


def hashed(path: str) -> str:
    """Give the 16 hexadecimal digits that stand for a path; empty stays empty."""
    return sha256(path.encode("utf-8", "surrogatepass")).hexdigest()[:16] if path else ""


def clean(text: str, length: int = _NAME_LENGTH) -> str:
    """Cut a text to a length, and replace what cannot be stored as UTF-8."""
    return text[:length].encode("utf-8", "replace").decode()


def add_reservation(connection: sqlite3.Connection, call: Call, *, at: float) -> None:
    """Set the call's worst case aside."""
    values = {"id": call.id, "task": call.task, "at": at, "day": day_of(at), "project": call.project}
    _insert(
        connection,
        "reservations",
        values | {"kind": clean(call.kind), "tier": clean(call.tier), "worst_case": nanos(call.worst_case)},
    )


def remove_reservation(connection: sqlite3.Connection, reservation: str) -> None:
    """Give back what the attempts of the reservation did not use."""
    connection.execute("DELETE FROM reservations WHERE id = ?", (reservation,))


def add_attempt(connection: sqlite3.Connection, values: Mapping[str, object]) -> None:
    """Write an attempt down, on the day of its reservation where that is still there."""
    reserved = connection.execute("SELECT day FROM reservations WHERE id = ?", (values["reservation"],)).fetchone()
    _insert(connection, "attempts", {**values, "day": reserved[0]} if reserved else values)


def attempt_values(task: Task, attempt: Attempt, place: Place, *, reservation: str, at: float) -> dict[str, object]:
    """Give the columns of an attempt. The file is hashed unless the place says otherwise."""
    used = attempt.usage
    findings = attempt.verdict.findings
    return {
        "task": task.id,
        "reservation": reservation or None,
        "at": at,
        "day": day_of(at),
        "project": place.name,
        "file": place.of(str(task.snapshot.path or task.snapshot.uri)),
        "kind": clean(task.kind),
        "tier": clean(attempt.tier),
        "model": clean(attempt.model),
        "escalation": attempt.trigger.value,
        "input": _count(used.input),
        "cache_write": _count(used.cache_write),
        "cache_write_1h": _count(used.cache_write_1h),
        "cache_read": _count(used.cache_read),
        "output": _count(used.output),
        "estimated": used.estimated,
        "cost": nanos(attempt.cost),
        "prices": explain(attempt.model, used, attempt.cost),
        "seconds": attempt.seconds,
        "passed": attempt.verdict.passed and not attempt.failure,
        "refused_by": "" if attempt.hindrance else clean(attempt.verdict.refused_by),
        "code": clean(findings[0].code) if findings else "",
        "failure": clean(own_words(attempt), FAILURE_LENGTH),
        "confidence": _confidence(attempt),
        "ahead": task.ahead,
    }


def _confidence(attempt: Attempt) -> float | None:
    """Give how sure the model was of its draft, where it was told; an attempt without a draft has none."""
    found = None if attempt.draft is None else attempt.draft.confidence
    return None if found is None else found.probability


def add_outcome(connection: sqlite3.Connection, values: Mapping[str, object]) -> None:
    """Write down how a task ended; a task that ended twice is one task, and the later end holds."""
    tried = connection.execute("SELECT tier, reservation FROM attempts WHERE task = ?", (values["task"],)).fetchall()
    free = {tier for tier, reservation in tried if reservation is None}
    _insert(connection, "outcomes", {**values, "cleared_free": values["cleared_by"] in free, "tried_free": bool(free)})


def outcome_values(outcome: Outcome, place: Place, *, top: TopTier | None, at: float) -> dict[str, object]:
    """Give the columns of an outcome, with the estimate of what the top tier would have used."""
    kept = bare(outcome)
    values: dict[str, object] = {
        "task": outcome.task.id,
        "at": at,
        "day": day_of(at),
        "project": place.name,
        "kind": clean(outcome.task.kind),
        "status": outcome.status.value,
        "reason": clean(kept.reason or "; ".join(kept.told), FAILURE_LENGTH),
        "cleared_by": clean(outcome.accepted.tier) if outcome.accepted else "",
        "seconds": sum(attempt.seconds for attempt in outcome.attempts),
        "ahead": outcome.task.ahead,
        "receipt": clean(receipt(kept), RECEIPT_LENGTH) if outcome.accepted else "",
    }
    return values if top is None else values | _estimate(outcome, top)


def _estimate(outcome: Outcome, top: TopTier) -> dict[str, object]:
    try:
        used = top.baseline(outcome)
    except Exception:  # noqa: BLE001 - a fence: an outcome without an estimate is still an outcome
        _log.exception("What the top tier would have used could not be estimated.")
        return {}
    tokens = {"top_input": _count(used.input), "top_output": _count(used.output)}
    return {**tokens, "top_tier": clean(top.name), "top_cost": nanos(top.rates.cost(used))}


def set_kept(connection: sqlite3.Connection, task: str, *, kept: bool) -> None:
    """Note whether the person kept the accepted edit; a task that is not in the ledger is left out."""
    connection.execute("UPDATE outcomes SET kept = ? WHERE task = ?", (kept, task))


def set_handed(connection: sqlite3.Connection, task: str) -> None:
    """Have a task count as cancelled until its edit is applied: what it cost counts, and it clears nothing."""
    values = (Status.CANCELLED.value, task)
    connection.execute("UPDATE outcomes SET status = ? WHERE task = ? AND NOT ahead", values)


def set_applied(connection: sqlite3.Connection, task: str, *, at: float) -> None:
    """Note that an edit is applied: one that was handed out is accepted again.

    One that was made ahead counts, and has ended, from now on. Its attempts come along, so that no stretch of
    time has a task without them. They were free.
    """
    accepted = (Status.ACCEPTED.value, task)
    connection.execute("UPDATE outcomes SET status = ? WHERE task = ? AND cleared_by != '' AND NOT ahead", accepted)
    values = (at, day_of(at), task)
    connection.execute("UPDATE outcomes SET applied = 1, at = ?, day = ? WHERE task = ? AND ahead", values)
    connection.execute("UPDATE attempts SET at = ?, day = ? WHERE task = ? AND ahead", values)


def set_undone(connection: sqlite3.Connection, task: str, words: str) -> None:
    """Note that the person undid an accepted edit because it was wrong, and what they said of it."""
    values = (clean(words, WORDS_LENGTH), task)
    connection.execute("UPDATE outcomes SET undone = 1, kept = 0, words = ? WHERE task = ?", values)


def past_escalations(connection: sqlite3.Connection, kind: str) -> float:
    """Give the share of recent tasks that free tiers tried and did not clear.

    Tasks that no free tier could try say nothing about how hard the kind is, and are left out. So are those
    that were made ahead: the free tiers alone had a part in them, and nobody has asked.
    """
    recent = (
        "SELECT 1.0 - cleared_free AS escalated FROM outcomes "
        "WHERE kind = ? AND tried_free AND status != ? AND NOT ahead ORDER BY at DESC LIMIT ?"
    )
    query = f"SELECT coalesce(avg(escalated), 0.0) FROM ({recent})"  # noqa: S608 - made of literals
    share: float = connection.execute(query, (kind, Status.CANCELLED.value, _RECENT)).fetchone()[0]
    return share


def _insert(connection: sqlite3.Connection, table: str, values: Mapping[str, object]) -> None:
    columns, marks = ", ".join(values), ", ".join(f":{column}" for column in values)
    connection.execute(f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({marks})", values)  # noqa: S608 - our own names


def _count(tokens: int) -> int:
    return max(0, min(tokens, _MOST_TOKENS))
