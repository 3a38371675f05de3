"""What an offer's task will look like to whoever prices it, for kinds whose tasks rewrite their target."""

from __future__ import annotations

from lastmile.cascade.task import Oracle, Scope, Task
from lastmile.tasks.kind import Offer, Page

_ROOM_FOR_HINTS = "x" * 2000
"""Stands for what a kind adds to the question, which is known only once the task is made."""


def sketched(page: Page, offer: Offer, *, hard: bool = True) -> Task:
    """Give the task as far as its price depends on it; ``hard`` is whether samples need not agree."""
    return Task(
        id="",
        kind=offer.kind,
        snapshot=page.snapshot,
        target=offer.target,
        goal=offer.title,
        scope=Scope((offer.target,), imports=True),
        oracle=Oracle(hard=hard),
        hints=(_ROOM_FOR_HINTS,),
    )
