"""The ledger as its one thread works on it: opened there, and replaced by one in memory when it breaks.

Once anything goes wrong with the file, `Book.problem` says so, this process writes into memory, and
it promises no money any more: what other processes spend could not be seen. What the file holds is copied
there where it can be read, so a disk that takes no more hides nothing of what was spent.
"""

from __future__ import annotations

import logging
import sqlite3
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from attrs import define, field

from lastmile.config.tree import Budget
from lastmile.errors import LedgerError
from lastmile.ledger.database import (
    durable,
    free_room,
    identity,
    is_busy,
    open_copy,
    open_file,
    open_memory,
)
from lastmile.ledger.money import Call, day_of, require
from lastmile.ledger.retention import prune
from lastmile.ledger.rows import add_reservation
from lastmile.ledger.schema import transaction
from lastmile.ledger.trouble import ReplacedError, describe, may_be_read

_T = TypeVar("_T")
_MOST_LATE = 1000
"""Changes that may wait; with more, something is wrong with the file."""

_log = logging.getLogger(__name__)


@define
class Book:
    """Owns the connection. Not for use from two threads."""

    path: Path
    clock: Callable[[], float]
    """Gives seconds since 1970."""

    patience: float
    """Seconds to wait for another process's lock."""

    problem: str = ""
    """One line for the person: what happened to the file and what to do; empty while all is well."""

    copied: bool = False
    """Whether there is a problem, and what the file held can be asked all the same."""

    _connection: sqlite3.Connection | None = None
    _late: deque[Callable[[sqlite3.Connection], None]] = field(factory=deque, init=False)
    """Changes that wait for another program to let go of the file."""

    _identity: tuple[int, int] = field(default=(0, 0), init=False)

    def open(self) -> None:
        """Open the file, or go on in memory with what could be read of it."""
        try:
            self._connection = open_file(self.path, patience=self.patience)
            self._identity = identity(self.path)
            prune(self._connection, self.clock())
        except (sqlite3.Error, OSError, LedgerError) as error:
            self._give_up(error)

    def close(self) -> None:
        """Close the file; what was in memory is gone."""
        if self._connection is not None:
            self._catch_up()
            self._connection.close()

    def reserve(self, call: Call, budget: Budget) -> None:
        """Set the call's worst case aside; it is on the disk when this returns.

        Raises `BudgetError` where a budget would be passed, `LedgerError` where nobody can tell.
        """
        if self.problem:
            raise LedgerError(self.problem)
        try:
            self._catch_up()
            self._set_aside(call, budget)
        except (sqlite3.Error, OSError) as error:
            raise LedgerError(self._held if is_busy(error) else self._give_up(error)) from error

    def write(self, change: Callable[[sqlite3.Connection], None]) -> None:
        """Make a change in a transaction of its own; in memory where the file fails.

        Where another program holds the file for longer than our patience, the change is made with
        the next one, or at the end. Money stays safe meanwhile: an open call counts its worst case.
        """
        self._late.append(change)
        self._catch_up()

    def read(self, query: Callable[[sqlite3.Connection], _T]) -> _T:
        """Answer a question; where the file fails, from what could be copied of it or an empty ledger.

        Raises `LedgerError` where another program holds it.
        """
        try:
            self._catch_up()
            return query(self._use())
        except (sqlite3.Error, OSError) as error:
            if is_busy(error):
                raise LedgerError(self._held) from error
            self._give_up(error)
            return query(self._use())

    @property
    def _held(self) -> str:
        return f"another program holds the ledger {self.path}: try again when it is done"

    def _catch_up(self) -> None:
        """Make the changes that are due, in order, as far as the file can be had."""
        while self._late:
            change = self._late.popleft()
            try:
                self._make(change)
            except (sqlite3.Error, OSError) as error:
                if is_busy(error) and len(self._late) < _MOST_LATE:
                    self._late.appendleft(change)
                    return
                self._give_up(error)
                self._make(change)

    def _set_aside(self, call: Call, budget: Budget) -> None:
        connection = self._use()
        with durable(connection), transaction(connection):
            # The time is read under the lock: waiting for it may have led into another day.
            at = self.clock()
            require(connection, call, budget, day=day_of(at))
            add_reservation(connection, call, at=at)

    def _make(self, change: Callable[[sqlite3.Connection], None]) -> None:
        connection = self._use()
        with transaction(connection):
            change(connection)

    def _use(self) -> sqlite3.Connection:
        """Give the connection, having looked that its file is still the one that others open."""
        assert self._connection is not None  # noqa: S101 - opening is the thread's first job
        if not self.problem and not self._in_place():
            raise ReplacedError(self.path)
        return self._connection

    def _in_place(self) -> bool:
        try:
            return identity(self.path) == self._identity
        except FileNotFoundError:
            return False

    def _give_up(self, error: Exception) -> str:
        """Go on in memory, with what can be read of the file; the first problem is the one that the person is told."""
        if self._connection is not None:
            self._connection.close()
        again = self.copied or (not self.problem and may_be_read(error))
        copy = open_copy(self.path) if again else None
        self._connection = copy or open_memory()
        self.copied = copy is not None
        told = describe(self.path, error, room=free_room(self.path), copied=self.copied)
        self.problem = self.problem or told
        _log.info("%s", told, exc_info=error)
        return self.problem
