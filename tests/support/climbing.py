"""Ways up the ladder, a row each: what the tiers do, what the settings say, and what must come of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen
from tests.support.fake_tiers import Deed, Say, make_task
from tests.support.fakes import Scene

from lastmile.cascade.outcome import Attempt, Outcome, Status
from lastmile.cascade.policy import Effort, Paid, Policy
from lastmile.cascade.task import Task

LADDER = ("rules", "local", "sonnet", "opus")
ONCE = {name: Effort(retries=0) for name in LADDER}
GOOD, BAD = Say("good"), Say("bad")


@frozen
class Row:
    """What the tiers do, what the settings say, and what must come of it."""

    calls: Mapping[str, list[list[Deed]]]
    attempts: list[str]
    """``tier trigger result`` of each attempt, in order."""

    status: Status = Status.ACCEPTED
    reason: str = ""
    policy: Mapping[str, Any] = field(factory=dict)
    answers: tuple[bool, ...] = ()
    asked: list[str] = field(factory=list)
    """``tier price`` for each question to the person."""

    budget: float = 1000.0
    past: float = 0.0
    task: Task = field(factory=make_task)
    skipped: tuple[str, ...] = ()


def told(attempt: Attempt) -> str:
    """Say in one word how an attempt ended."""
    result = "failed" if attempt.failure else "passed" if attempt.verdict.passed else attempt.verdict.refused_by
    return f"{attempt.tier} {attempt.trigger.value} {result}"


async def check(row: Row, scene: Scene) -> Outcome:
    """Run a row."""
    for name, calls in row.calls.items():
        for deeds in calls:
            scene.tiers[name].enqueue(*deeds)
    scene.consent.answers.extend(row.answers)
    scene.bank.budget, scene.bank.past = row.budget, row.past
    policy = Policy(**{"ladder": LADDER, "deadline": 60.0, "efforts": ONCE, "paid": Paid.AUTO, **row.policy})
    outcome = await scene.run(row.task, policy)
    assert [told(attempt) for attempt in outcome.attempts] == row.attempts
    assert (outcome.status, outcome.reason) == (row.status, row.reason)
    assert [f"{asked.tier} {asked.worst_case:g}" for asked in scene.consent.history] == row.asked
    assert outcome.skipped == row.skipped
    assert scene.bank.outcomes == [outcome]
    assert scene.bank.attempts == list(outcome.attempts)
    assert (outcome.accepted is None) is (row.status is not Status.ACCEPTED)
    scene.check_books()
    return outcome
