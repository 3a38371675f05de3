"""Tiers that do as they are told, and the tasks that they are asked about.

What a tier is told to do stands in its queue, one list of deeds for each call; what it used in
truth stands in ``used``, whatever the loop made of it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from math import inf

from attrs import define, field, frozen

from lastmile.cascade.alike import Alike
from lastmile.cascade.confidence import Confidence
from lastmile.cascade.draft import Draft, Replace, Usage
from lastmile.cascade.protocols import DraftRequest, Evidence
from lastmile.cascade.task import Oracle, Scope, Task
from lastmile.errors import TierError
from lastmile.text.edits import Replacement, Span
from lastmile.text.snapshot import Snapshot

NOTHING, ONE_READ, ONE_WRITTEN = Usage(), Usage(input=1), Usage(output=1)
OLD = "old\n"
TOKEN = 0.01
"""US dollars for a token of a paid tier."""


def make_task(
    *, hard: bool = True, spread: int = 1, kind: str = "fix", lines: int = 1, alike: Alike = Alike.TEXT
) -> Task:
    """Make a task on a document that says ``old``."""
    text = OLD * lines
    whole = Span(0, len(text))
    page, oracle = Snapshot("file:///a.py", text), Oracle(hard=hard, alike=alike)
    return Task("t1", kind, page, whole, "say it well", Scope((whole,)), oracle, spread=spread)


@frozen
class Say:
    """Hand out a draft that puts the text in place of the document."""

    text: str
    usage: Usage = ONE_WRITTEN
    defect: str = ""
    sure: float | None = None
    """The mean log-probability of its tokens."""

    @property
    def confidence(self) -> Confidence | None:
        """Say how sure it is."""
        return None if self.sure is None else Confidence(self.sure, 2 * self.sure, 1.0, 1.0)


@frozen
class Use:
    """Use tokens for what never becomes a draft."""

    usage: Usage = ONE_READ


@frozen
class Fail:
    """Fail as a tier may, or crash as it may not."""

    error: Exception = field(factory=lambda: TierError("no answer"))


@frozen
class Hang:
    """Wait until cancelled."""


@frozen
class Learn:
    """Find out how many retries are worth its time."""

    retries: float


Deed = Say | Use | Fail | Hang | Learn


@define
class FakeTier:
    """A tier that drafts what it is told to."""

    name: str
    free: bool = True
    worst: float | None = 1.0
    """US dollars; None where the price is not known."""

    retries: float = inf
    """What it gains from; a test may say that it is known only once it drafted, by `Learn`."""

    missing: str = ""
    queue: deque[list[Deed]] = field(factory=deque)
    history: list[DraftRequest] = field(factory=list)
    used: Usage = NOTHING
    reached: asyncio.Event = field(factory=asyncio.Event)
    """Set where it hangs."""

    turns_off: FakeTier | None = None
    """Another tier that is missing from this one's failure on: they share a key."""

    stopping: Exception | None = None
    """What it raises when it is stopped early."""

    @property
    def model(self) -> str:
        """Name a model for what costs money."""
        return "" if self.free else f"{self.name}-model"

    def enqueue(self, *deeds: Deed) -> None:
        """Tell it what to do when it is called next."""
        self.queue.append(list(deeds))

    def absent(self, task: Task) -> str:  # noqa: ARG002 - the protocol's
        """Say what is missing."""
        return self.missing

    def worst_case(self, task: Task, evidence: Evidence, *, samples: int) -> float:  # noqa: ARG002 - the protocol's
        """Give the worst case, if there is one."""
        if self.worst is None:
            message = f"no price for {self.name}: set tiers.{self.name}.price"
            raise TierError(message)
        return self.worst

    def cost(self, usage: Usage) -> float:
        """Price every token alike."""
        return 0.0 if self.free else usage.tokens * TOKEN

    async def drafts(self, request: DraftRequest) -> AsyncGenerator[Draft, None]:
        """Do what stands next in the queue."""
        self.history.append(request)
        try:
            for deed in self.queue.popleft() if self.queue else []:
                await asyncio.sleep(0)
                if isinstance(deed, Say | Use):
                    self.used += deed.usage
                    request.meter.usage += deed.usage
                if isinstance(deed, Say):
                    await asyncio.sleep(0)
                    request.meter.usage -= deed.usage
                    edits = () if deed.defect else (Replace(Replacement(request.task.target, deed.text)),)
                    yield Draft(edits, deed.usage, confidence=deed.confidence, defect=deed.defect)
                elif isinstance(deed, Learn):
                    self.retries = deed.retries
                elif isinstance(deed, Fail):
                    if self.turns_off is not None:
                        self.turns_off.missing = str(deed.error)
                    raise deed.error
                elif isinstance(deed, Hang):
                    self.reached.set()
                    await asyncio.Event().wait()
        except GeneratorExit:
            if self.stopping is not None:
                raise self.stopping from None
            raise
