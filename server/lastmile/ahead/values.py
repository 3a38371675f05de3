"""What was made ahead, and the name by which a menu finds it again. Nothing here makes or judges anything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from lastmile.cascade.outcome import Attempt, Outcome, Status
from lastmile.cascade.policy import Policy
from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Verdict
from lastmile.receipt import Alone
from lastmile.tasks.kind import Offer
from lastmile.text.edits import Replacement, Span
from lastmile.text.snapshot import Snapshot

NARROW = frozenset({"apply", "scope", "syntax", "lint", "docstrings", "document", "names", "rest", "effects"})
"""The checks that look at the document alone; what any other says may change with another file."""


@frozen
class Name:
    """Which entry of a document's menu is meant."""

    kind: str
    target: Span
    detail: str
    """The offer's detail as JSON, its keys in order."""


def name_of(kind: str, target: Span, detail: Mapping[str, Any]) -> Name:
    """Name an entry by what its ticket carries."""
    return Name(kind, target, json.dumps(detail, sort_keys=True, default=str))


@frozen
class Ready:
    """An edit that passed everything it would have to pass if it were asked for now."""

    offer: Offer
    outcome: Outcome
    """How it was found. Its task's snapshot may be an older text, from which the edit was carried over."""

    snapshot: Snapshot
    """The text that the edit is for."""

    replacements: tuple[Replacement, ...]
    alone: Alone | None = None
    """What the top tier alone would have cost."""

    what: str = ""
    """What it is about, by the text that stands there, wherever that is."""

    around: str = ""
    """The state of the other documents where a check may have looked at them; empty where none did."""

    at: float = 0.0
    """When it was judged, in seconds of a clock that only goes forward."""

    root: Path | None = None
    """The folder of its project."""

    @property
    def name(self) -> Name:
        """What the menu finds it by."""
        return name_of(self.offer.kind, self.offer.target, self.offer.detail)

    @property
    def weight(self) -> int:
        """Characters that are kept for it, about: the texts of its attempts."""
        return (len(self.outcome.attempts) + 1) * len(self.snapshot.text)


@frozen
class Refused:
    """That nothing passed, and would not if it were tried again."""

    around: str = ""
    """The state of the other documents where a check may have looked at them; empty where none did."""


@frozen
class Left:
    """What rules did not get done, or what none of them is asked: a model of this machine may go on with it."""

    offer: Offer
    policy: Policy
    """The way up that is left."""

    task: Task | None = None
    """What the rules were asked; None where they were not."""

    attempts: tuple[Attempt, ...] = ()
    """What they tried."""


def is_wide(task: Task, *verdicts: Verdict) -> bool:
    """Tell whether verdicts on a task's drafts depend on more than its document's own text.

    That a check was sought and could not decide counts: the test that decides may be written next.
    """
    runs = (run for verdict in verdicts for run in verdict.runs)
    return bool(task.oracle.doubt) or any(run.check not in NARROW for run in runs)


def is_decided(outcome: Outcome) -> bool:
    """Tell whether a task that came to nothing would come to nothing again.

    A tier that failed, a type checker that was not warm and a deadline are failures of the moment.
    """
    if outcome.status is not Status.SURFACED or any(attempt.failure for attempt in outcome.attempts):
        return False
    return not outcome.reason or any(attempt.verdict.findings for attempt in outcome.attempts)
