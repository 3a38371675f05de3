"""The ledger that the process shares: opened once, handed to each project as a bank, added up as a bill.

All work with the database happens on one thread of the ledger's own, so the event loop never waits
for a disk. Nothing here decides what is worth its money.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from attrs import frozen

from lastmile.cascade.protocols import Bank
from lastmile.complete.values import Record
from lastmile.config.tree import Budget
from lastmile.errors import LedgerError
from lastmile.ledger import completions, receipts, rows
from lastmile.ledger.bank import ProjectBank
from lastmile.ledger.bill import Bill, Grouping, draw_up
from lastmile.ledger.book import Book
from lastmile.ledger.desk import Desk
from lastmile.ledger.receipts import Receipt
from lastmile.ledger.review import Review, look_back
from lastmile.ledger.rows import Place, TopTier


def default_path(env: Mapping[str, str]) -> Path:
    """Give the ledger's file: what ``LASTMILE_LEDGER`` names, else one in the user's state folder."""
    if env.get("LASTMILE_LEDGER"):
        return Path(env["LASTMILE_LEDGER"]).expanduser().absolute()
    from platformdirs import user_state_path  # noqa: PLC0415 - most starts have the path already

    return user_state_path("lastmile") / "ledger.sqlite3"


@frozen(eq=False)
class Ledger:
    """One open ledger; made by `open`."""

    _desk: Desk
    _top: TopTier | None

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        top: TopTier | None = None,
        clock: Callable[[], float] = time.time,
        patience: float = 10.0,
    ) -> Ledger:
        """Open the ledger, or make it; returns at once, and the opening happens on the ledger's thread.

        Never raises: a file that cannot be used is a `problem`, and the ledger then lives in memory.
        ``top`` is whom the bill compares with; ``clock`` gives seconds since 1970; ``patience`` is
        how many seconds to wait for a lock of another process, where ours hold one for milliseconds.
        """
        desk = Desk(Book(path, clock, patience))
        desk.post(desk.book.open)
        return cls(desk, top)

    @property
    def problem(self) -> str:
        """What is wrong with the file and what to do, in one line; empty while nothing is known to be.

        It can come up at any time, so look again after each task; `ready` waits for the opening.
        """
        return self._desk.book.problem

    async def ready(self) -> str:
        """Wait until the ledger is open; gives `problem`."""
        return await self._desk.ask(lambda: self._desk.book.problem)

    async def readable(self) -> str:
        """Wait until the ledger can be asked; gives `problem`, where what the file holds could be read all the same.

        Raises `LedgerError`, which is the problem, where it could not.
        """
        problem = await self.ready()
        if problem and not self._desk.book.copied:
            raise LedgerError(problem)
        return problem

    def bank(self, budget: Budget, project: str, *, plain_paths: bool = False) -> Bank:
        """Give the ledger as the loop sees it, for a project's folder and its budget.

        There is one purse: what every project and process spent counts against the budgets of the
        day and the month. Paths are written as hashes unless ``plain_paths``.
        """
        return ProjectBank(self._desk, budget, Place(project, plain_paths), self._top)

    async def mark_kept(self, task: str, *, kept: bool) -> None:
        """Note whether a task's accepted edit was still there at the next save; never raises."""
        await self._desk.write(partial(rows.set_kept, task=task, kept=kept))

    def mark_handed(self, task: str) -> None:
        """Note that a task was done to be seen, and counts once its edit is applied; does not wait, never raises."""
        self._desk.tell(partial(rows.set_handed, task=task))

    def mark_applied(self, task: str) -> None:
        """Note that an edit that was handed out or made ahead is applied; does not wait and never raises."""
        at = self._desk.book.clock()
        self._desk.tell(partial(rows.set_applied, task=task, at=at))

    async def mark_undone(self, task: str, words: str) -> None:
        """Note that a person undid an accepted edit because it was wrong, with their words; never raises."""
        await self._desk.write(partial(rows.set_undone, task=task, words=words))

    def note(self, record: Record) -> None:
        """Write down a completion, or what is known of it by now; does not wait and never raises."""
        at = self._desk.book.clock()
        self._desk.tell(partial(completions.put, record=record, at=at))

    async def completed(self, *, since: float = 0.0) -> completions.Completed:
        """Add up the completions since a time in seconds since 1970."""
        return await self._desk.ask(partial(self._desk.book.read, partial(completions.add_up, since=since)))

    async def bill(self, *, since: float | None = None, by: Grouping | None = None) -> Bill:
        """Add up everything since a time in seconds since 1970, split into groups if asked."""
        query = partial(draw_up, since=since, by=by, now=self._desk.book.clock())
        return await self._desk.ask(partial(self._desk.book.read, query))

    async def review(self, *, since: float | None = None) -> Review:
        """Add up everything since a time, with what the page of the bill shows beside it."""
        query = partial(look_back, since=since, now=self._desk.book.clock())
        return await self._desk.ask(partial(self._desk.book.read, query))

    @property
    def path(self) -> Path:
        """The ledger's file, also where it cannot be used."""
        return self._desk.book.path

    async def receipts(self, most: int) -> tuple[Receipt, ...]:
        """Give the receipts of the edits that were accepted last, the newest first."""
        return await self._desk.ask(partial(self._desk.book.read, partial(receipts.last, most=most)))

    async def aclose(self) -> None:
        """Finish what is being written and close the file; a second time does nothing."""
        await asyncio.to_thread(self._desk.close)
