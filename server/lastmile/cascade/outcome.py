"""What was tried for a task and how it ended. Nothing here decides what is tried next."""

from __future__ import annotations

from enum import Enum

from attrs import frozen

from lastmile.cascade.draft import Draft, Usage
from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Verdict


class Trigger(Enum):
    """Why an attempt was made by this tier: the four reasons to step up, and the first try."""

    START = "start"
    VERIFICATION = "verification"
    AGREEMENT = "agreement"
    DIFFICULTY = "difficulty"
    RETRY = "retry"


@frozen
class Attempt:
    """A draft, or the failure to make one, with its verdict, cost and time."""

    tier: str
    model: str
    trigger: Trigger
    draft: Draft | None
    verdict: Verdict
    usage: Usage
    cost: float
    """US dollars."""

    seconds: float
    """Drafting and judging, wall time."""

    failure: str = ""
    """Why there is no draft: a timeout, a refusal, a wrong key; empty when there is one."""

    @property
    def hindrance(self) -> str:
        """What stood in the way of a draft, where none came and no model is to blame for it."""
        return "" if self.failure or self.model or self.draft is None else self.draft.defect

    @property
    def reason(self) -> str:
        """One line on why it was not accepted; empty when it passed."""
        return self.failure or (self.verdict.findings[0].message if self.verdict.findings else "")


class Status(Enum):
    """How a task ended."""

    ACCEPTED = "accepted"
    SURFACED = "surfaced"
    DECLINED = "declined"
    CANCELLED = "cancelled"


@frozen
class Outcome:
    """How a task ended, and everything that was tried."""

    task: Task
    status: Status
    attempts: tuple[Attempt, ...] = ()
    accepted: Attempt | None = None
    """The attempt whose draft passed; None unless the status is accepted."""

    reason: str = ""
    """Why nothing more was tried: the budget, the missing consent, the deadline."""

    skipped: tuple[str, ...] = ()
    """Tiers of the ladder that could not draft, each with why: ``sonnet: no API key``."""

    notes: tuple[str, ...] = ()
    """What the receipt says beside the checks: how samples were compared, how much the tests see of the change."""

    @property
    def text(self) -> str | None:
        """The document with the accepted edit; None unless the status is accepted."""
        return None if self.accepted is None else self.accepted.verdict.text

    @property
    def best(self) -> Attempt | None:
        """The refused attempt that came furthest through the checks and can still be applied."""
        usable = [a for a in self.attempts if a.verdict.text is not None and a.verdict.text != self.task.snapshot.text]
        return max(usable, key=lambda a: (a.verdict.checks_passed, -len(a.verdict.findings)), default=None)

    @property
    def told(self) -> tuple[str, ...]:
        """What the receipt says beside the checks: how the accepted draft was found and chosen, and the notes."""
        draft = None if self.accepted is None else self.accepted.draft
        return (*([draft.note] if draft is not None and draft.note else ()), *self.notes)

    @property
    def cost(self) -> float:
        """US dollars spent on the task, by all attempts."""
        return sum(attempt.cost for attempt in self.attempts)
