"""How often tasks of a kind had to go up of late."""

from pathlib import Path

import pytest
from tests.support.ledger import PLENTY, REFUSED, Clock, accepted, attempt, opened, task
from tests.support.ledger_file import PROJECT

from lastmile.cascade.outcome import Outcome, Status
from lastmile.cascade.protocols import Bank


async def test_what_nobody_could_clear_ahead_says_nothing_of_the_kind(path: Path) -> None:
    async with opened(path) as ledger:
        bank = ledger.bank(PLENTY, PROJECT)
        for ahead in (True, True, False):
            work = task(ahead=ahead)
            await bank.record(work, attempt(verdict=REFUSED) if ahead else attempt())
            await bank.close(Outcome(work, Status.SURFACED) if ahead else accepted(work, attempt()))
        assert await bank.past_escalations("fix") == 0.0


@pytest.mark.parametrize(
    ("endings", "expected"),
    [
        ("", 0.0),
        ("free", 0.0),
        ("paid", 1.0),
        ("free free free paid", 0.25),
        ("nothing free", 0.5),
        ("cancelled free", 0.0),
        ("untried free", 0.0),
        (" ".join(["paid"] * 30 + ["free"] * 50), 0.0),
    ],
)
async def test_past_escalations_are_of_recent_tasks_that_a_free_tier_tried(
    path: Path, endings: str, expected: float
) -> None:
    clock = Clock.at("2026-11-23 14:00")
    async with opened(path, clock=clock) as ledger:
        bank = ledger.bank(PLENTY, PROJECT)
        for ending in endings.split():
            clock.seconds += 1
            await end(bank, ending)
        await end(bank, "paid", kind="docstring")
        assert await bank.past_escalations("fix") == pytest.approx(expected)


async def end(bank: Bank, ending: str, kind: str = "fix") -> None:
    work, free, paid = task(kind), attempt("rules", verdict=REFUSED), attempt("sonnet", cost=0.01)
    if ending != "untried":
        await bank.record(work, free)
    if ending in {"paid", "untried"}:
        await bank.record(work, paid, reservation="r")
    outcomes = {
        "free": accepted(work, attempt("rules")),
        "paid": accepted(work, free, paid),
        "untried": accepted(work, paid),
        "nothing": Outcome(work, Status.SURFACED, (free,)),
        "cancelled": Outcome(work, Status.CANCELLED, (free,)),
    }
    await bank.close(outcomes[ending])
