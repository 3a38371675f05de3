"""What was made ahead, and the name by which a menu finds it again. Nothing here makes or judges anything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from lastmile.cascade.values import Outcome
from lastmile.receipt import Alone
from lastmile.tasks.kind import Offer
from lastmile.text.edits import Replacement, Span
from lastmile.text.snapshot import Snapshot

NARROW = frozenset({"apply", "scope", "syntax", "lint", "docstrings", "documents", "names"})
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

    @property
    def name(self) -> Name:
        """What the menu finds it by."""
        return name_of(self.offer.kind, self.offer.target, self.offer.detail)

    @property
    def weight(self) -> int:
        """Characters that are kept for it, about: the texts of its attempts."""
        return (len(self.outcome.attempts) + 1) * len(self.snapshot.text)


def is_wide(outcome: Outcome) -> bool:
    """Tell whether an accepted draft was judged by more than its document's own text."""
    accepted = outcome.accepted
    return accepted is not None and any(run.check not in NARROW for run in accepted.verdict.runs)
