"""What the loop itself costs an attempt, beside tiers and checks.

Tier and judge answer at once, the ledger is the real one on the disk, so what is left is the
loop's: events, evidence, the record of each attempt. The peer is a bare loop that calls the same
tier and judge in the same process, and an insert of one row into SQLite.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncGenerator
from pathlib import Path

from attrs import frozen

from benchmarks.support import milliseconds, scratch
from lastmile.cascade.draft import Draft, Usage
from lastmile.cascade.loop import Cascade
from lastmile.cascade.policy import Effort, Policy
from lastmile.cascade.protocols import ConsentRequest, DraftRequest, Evidence
from lastmile.cascade.task import Oracle, Scope, Task
from lastmile.cascade.verdict import Finding, Verdict
from lastmile.config.tree import Budget
from lastmile.ledger.store import Ledger
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.wiring import SystemClock

ROUNDS = 40
ATTEMPTS = 10


@frozen
class Instant:
    """A tier that drafts at once, and never right."""

    name: str = "instant"
    model: str = ""
    free: bool = True
    retries: float = 0.0

    def absent(self, task: Task) -> str:  # noqa: ARG002, D102
        return ""

    def worst_case(self, task: Task, evidence: Evidence, *, samples: int) -> float:  # noqa: ARG002, D102
        return 0.0

    def cost(self, usage: Usage) -> float:  # noqa: ARG002, D102
        return 0.0

    async def drafts(self, request: DraftRequest) -> AsyncGenerator[Draft, None]:  # noqa: D102
        for _ in range(request.samples):
            yield Draft(())


@frozen
class Refuses:
    """A judge that refuses at once."""

    async def verify(self, task: Task, draft: Draft) -> Verdict:  # noqa: ARG002, D102
        return Verdict((Finding("lint", "no"),), (), task.snapshot.text)

    async def trouble(self, task: Task) -> str:  # noqa: ARG002, D102
        return ""

    async def normal_form(self, task: Task, text: str) -> str:  # noqa: ARG002, D102
        return text


@frozen
class Nobody:
    """A person who is never asked."""

    async def ask(self, request: ConsentRequest) -> bool:  # noqa: ARG002, D102
        return False


def _task(number: int) -> Task:
    snapshot = Snapshot("file:///bench.py", "x = 1\n" * 200, Path("/bench.py"))
    whole = Span(0, 6)
    return Task(f"task-{number}", "fix", snapshot, whole, "goal", Scope((whole,)), Oracle())


async def _bare() -> float:
    tier, judge, task = Instant(), Refuses(), _task(0)
    began = time.perf_counter()
    request = DraftRequest(task, Evidence(), None, ATTEMPTS)  # type: ignore[arg-type]
    async for draft in tier.drafts(request):
        await judge.verify(task, draft)
    return (time.perf_counter() - began) / ATTEMPTS


async def _measure(folder: Path) -> tuple[list[float], list[float]]:
    ledger = Ledger.open(folder / "ledger.sqlite3")
    await ledger.ready()
    cascade = Cascade({"instant": Instant()}, Refuses(), ledger.bank(Budget(), str(folder)), Nobody(), SystemClock())
    policy = Policy(("instant",), 60.0, efforts={"instant": Effort(samples=ATTEMPTS, retries=0)})
    ours, bare = [], []
    for number in range(ROUNDS):
        began = time.perf_counter()
        outcome = await cascade.run(_task(number), policy)
        assert len(outcome.attempts) == ATTEMPTS
        ours.append((time.perf_counter() - began) / ATTEMPTS)
        bare.append(await _bare())
    await ledger.aclose()
    return ours, bare


def _insert(folder: Path) -> list[float]:
    connection = sqlite3.connect(folder / "plain.sqlite3", isolation_level=None)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; CREATE TABLE t (a TEXT, b REAL);")
    times = []
    for _ in range(ROUNDS * ATTEMPTS):
        began = time.perf_counter()
        connection.execute("INSERT INTO t VALUES (?, ?)", ("x", 1.0))
        times.append(time.perf_counter() - began)
    return times


def main() -> None:
    """Measure and print."""
    with scratch() as (folder, _env):
        ours, bare = asyncio.run(_measure(folder))
        inserted = _insert(folder)
    print(f"the loop, an attempt, ledger included:  {milliseconds(ours)}   [bar: under 2 ms]")
    print(f"a bare loop over the same tier:         {milliseconds(bare)}")
    print(f"one insert into SQLite (WAL):           {milliseconds(inserted)}")


if __name__ == "__main__":
    main()
