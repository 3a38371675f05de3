"""What tests of the ledger share: a row of its file, money that is asked for, and work without money."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from tests.support.ledger import PLENTY, REFUSED, attempt, task

from lastmile.cascade.outcome import Outcome, Status
from lastmile.cascade.protocols import Bank
from lastmile.errors import LedgerError
from lastmile.ledger.store import Ledger

PROJECT = "/home/ada/shop"


def row(path: Path, table: str) -> dict[str, object]:
    """Read the one row of a table, as a person with the sqlite3 program would."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    found = [dict(each) for each in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608 - the test's own name
    connection.close()
    assert len(found) == 1
    return found[0]


async def reserve(bank: Bank, worst_case: float, **changes: Any) -> str:  # noqa: ANN401 - fields of a task
    return await bank.reserve(task(**changes), tier="sonnet", worst_case=worst_case)


async def check_works_without_money(ledger: Ledger) -> None:
    before = (await ledger.bill()).total
    bank, work = ledger.bank(PLENTY, PROJECT), task()
    with pytest.raises(LedgerError) as refusal:
        await bank.reserve(work, tier="sonnet", worst_case=0.01)
    assert str(refusal.value) == ledger.problem
    await bank.record(work, attempt(verdict=REFUSED))
    await bank.settle("gone")
    await bank.close(Outcome(work, Status.SURFACED, (attempt(verdict=REFUSED),)))
    await ledger.mark_kept(work.id, kept=True)
    assert await bank.past_escalations("fix") > 0
    after = (await ledger.bill()).total
    assert (after.attempts - before.attempts, after.tasks - before.tasks) == (1, 1)
