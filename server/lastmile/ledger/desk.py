"""The ledger's one thread, and how tasks of the event loop hand it work.

Work is done in the order it was handed over, and a caller that is cancelled does not stop it. The
module knows neither what is written nor why.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TypeVar

from attrs import field, frozen

from lastmile.errors import LedgerError
from lastmile.ledger.book import Book

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


@frozen(eq=False)
class Desk:
    """Owns the thread on which alone the book is used."""

    book: Book
    _thread: ThreadPoolExecutor = field(factory=partial(ThreadPoolExecutor, 1, "ledger"), init=False)

    def post(self, work: Callable[[], object]) -> None:
        """Hand work over and do not wait; raises `LedgerError` once the desk is closed."""
        self._submit(work)

    def tell(self, change: Callable[[sqlite3.Connection], None]) -> None:
        """Have a change made and do not wait; never raises."""
        with suppress(LedgerError):
            self._submit(partial(self.book.write, change)).add_done_callback(_heard)

    async def ask(self, work: Callable[[], _T]) -> _T:
        """Hand work over and wait for its result; raises what it raises, and `LedgerError` once closed."""
        return await asyncio.shield(asyncio.wrap_future(self._submit(work)))

    async def write(self, change: Callable[[sqlite3.Connection], None]) -> None:
        """Make a change and wait for it. Never raises but for the caller's own cancellation."""
        try:
            await self.ask(partial(self.book.write, change))
        except Exception:  # noqa: BLE001 - a fence: no failure to write down may stop the work itself
            _log.exception("The ledger could not be written.")

    def close(self) -> None:
        """Finish what was handed over, then close the file; blocks meanwhile. A second time does nothing."""
        with suppress(LedgerError):
            self.post(self.book.close)
        self._thread.shutdown(wait=True)

    def _submit(self, work: Callable[[], _T]) -> Future[_T]:
        try:
            return self._thread.submit(work)
        except RuntimeError as error:
            raise LedgerError("the ledger is closed") from error


def _heard(done: Future[None]) -> None:
    if (error := done.exception()) is not None:
        _log.error("The ledger could not be written.", exc_info=error)
