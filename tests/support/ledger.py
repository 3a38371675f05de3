"""Tasks, attempts and outcomes as the loop would hand them to the ledger, and a clock to turn."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from attrs import define
from tests.support.patience import PATIENCE

from lastmile.cascade.draft import Draft, Usage
from lastmile.cascade.outcome import Attempt, Outcome, Status, Trigger
from lastmile.cascade.task import Oracle, Scope, Task
from lastmile.cascade.verdict import Finding, Verdict
from lastmile.config.tree import Budget
from lastmile.ledger.store import Ledger
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot

TEXT = "x = 1\n"
PASSED = Verdict(text=TEXT)
REFUSED = Verdict(findings=(Finding("lint", "unused import", code="F401"),), text=TEXT)
PLENTY = Budget(task=1000.0, day=1000.0, month=1000.0)


@define
class Clock:
    """Seconds since 1970 that stand still until the test turns them."""

    seconds: float

    @classmethod
    def at(cls, moment: str) -> Clock:
        """Set the clock to a local time: ``2026-11-23 14:00``."""
        return cls(datetime.strptime(moment, "%Y-%m-%d %H:%M").astimezone().timestamp())

    def turn(self, moment: str) -> None:
        """Set the clock again."""
        self.seconds = Clock.at(moment).seconds

    def __call__(self) -> float:
        return self.seconds


def task(kind: str = "fix", **changes: object) -> Task:
    """Make a task with an id of its own."""
    path = Path("/home/ada/shop/cart.py")
    values: dict[str, Any] = {
        "id": uuid4().hex,
        "snapshot": Snapshot(path.as_uri(), TEXT, path),
        "target": Span(0, 1),
        "goal": "clear it",
        "scope": Scope((Span(0, 1),)),
        "oracle": Oracle(),
    }
    return Task(kind=kind, **values | changes)


def attempt(tier: str = "rules", **changes: object) -> Attempt:
    """Make an attempt that passed and cost nothing."""
    values: dict[str, Any] = {
        "model": "",
        "trigger": Trigger.START,
        "draft": Draft(()),
        "verdict": PASSED,
        "usage": Usage(),
        "cost": 0.0,
        "seconds": 1.0,
    }
    return Attempt(tier=tier, **values | changes)


def accepted(task: Task, *attempts: Attempt) -> Outcome:
    """End a task with its last attempt accepted."""
    return Outcome(task, Status.ACCEPTED, attempts, accepted=attempts[-1])


async def written(path: str, query: str) -> list[Any]:
    """Give what is found in a ledger once something is: a server goes on to write after its editor has ended."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with closing(sqlite3.connect(path)) as ledger:
                if rows := ledger.execute(query).fetchall():
                    return rows
            await asyncio.sleep(0.05)


@asynccontextmanager
async def opened(path: Path, **options: Any) -> AsyncIterator[Ledger]:  # noqa: ANN401 - of `Ledger.open`
    """Open a ledger for the length of a block."""
    ledger = Ledger.open(path, **options)
    try:
        await ledger.ready()
        yield ledger
    finally:
        await ledger.aclose()


async def spent(path: Path, **options: object) -> float:
    """Read from a ledger of its own what a bill says was spent or is set aside."""
    async with opened(path, **options) as ledger:
        assert ledger.problem == ""
        total = (await ledger.bill()).total
    return total.spent + total.open_cost
