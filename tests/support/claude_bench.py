"""A tier on the stand-in, a clock that only sleeping moves, and tasks to draft for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attrs import define, evolve, field
from tests.support.messages_api import MessagesApi

from lastmile.cascade.draft import Draft
from lastmile.cascade.protocols import DraftRequest, Evidence, Meter
from lastmile.cascade.task import Oracle, Scope, Task
from lastmile.config.tree import TierSettings
from lastmile.errors import TierError
from lastmile.ledger.prices import Rates
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.tiers.claude.account import Account
from lastmile.tiers.claude.retry import Timing
from lastmile.tiers.claude.tier import ClaudeTier

KEY = "sk-ant-api03-never-to-be-seen-0123456789"
RATES = Rates(input=3.0, output=15.0, cache_read=0.3, cache_write=3.75, cache_write_1h=6.0)
TARGET = "def area(r):\n    return 3 * r * r\n"
SOURCE = (
    "import math\n\n\n"
    + TARGET
    + "\n\n"
    + "".join(f"def helper_{n}(value):\n    return value + {n}\n\n\n" for n in range(90))
)
ANSWER = "```python\ndef area(r):\n    return math.pi * r * r\n```"


def task_for(text: str = SOURCE, *, goal: str = "Use math.pi.", target: str = TARGET, path: Path | None = None) -> Task:
    """Make a task whose target is the first place where the text stands."""
    start = text.index(target)
    span = Span(start, start + len(target))
    return Task("t1", "instruct", Snapshot("file:///shapes.py", text, path), span, goal, Scope((span,)), Oracle())


@define
class Clock:
    """Time that passes only while somebody sleeps."""

    time: float = 1000.0
    slept: list[float] = field(factory=list)

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    @property
    def timing(self) -> Timing:
        return Timing(self.now, self.sleep, lambda: 0.0)


@define
class Bench:
    """The tier under test with everything around it."""

    api: MessagesApi
    account: Account
    tier: ClaudeTier
    clock: Clock
    meter: Meter = field(factory=Meter)

    def request(self, task: Task | None = None, *, evidence: Evidence | None = None, samples: int = 1) -> DraftRequest:
        return DraftRequest(task or task_for(), evidence or Evidence(), self.meter, samples)

    async def draft(self, task: Task | None = None, *, evidence: Evidence | None = None) -> Draft:
        """Ask for one draft."""
        (draft,) = [draft async for draft in self.tier.drafts(self.request(task, evidence=evidence))]
        return draft

    async def failure(self, task: Task | None = None) -> TierError:
        """Ask for one draft and get the error instead."""
        with pytest.raises(TierError) as caught:
            await self.draft(task)
        return caught.value

    def other(self, name: str, model: str) -> ClaudeTier:
        """Another tier of the same account."""
        return ClaudeTier(name, TierSettings(model=model), self.account, RATES, self.tier.egress)

    def reset(self, **settings: Any) -> None:  # noqa: ANN401 - fields of the settings
        """Change the tier's settings."""
        self.tier.settings = evolve(self.tier.settings, **settings)
