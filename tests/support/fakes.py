"""Tiers, a judge, a bank, a person and a clock for the loop: they do as they are told and keep a history.

What a tier is told to do stands in its queue, one list of deeds for each call; what it used in
truth stands in ``used``, whatever the loop made of it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from math import inf
from typing import Literal

import pytest
from attrs import define, field, frozen
from tests.support.turned import turn

from lastmile.cascade.alike import Alike, Compared
from lastmile.cascade.confidence import Confidence
from lastmile.cascade.draft import Draft, Replace, Usage
from lastmile.cascade.loop import Cascade
from lastmile.cascade.outcome import Attempt, Outcome
from lastmile.cascade.policy import Policy
from lastmile.cascade.protocols import ConsentRequest, DraftRequest, Evidence, Gatherer, Helper, Watcher
from lastmile.cascade.task import Oracle, Scope, Task
from lastmile.cascade.verdict import CheckRun, Finding, Verdict
from lastmile.errors import BudgetError, TierError, ToolError
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


@define
class FakeJudge:
    """Refuses what contains ``bad``; ``hang`` never ends and ``crash`` raises; what follows ``#`` is layout."""

    history: list[str] = field(factory=list)
    reached: asyncio.Event = field(factory=asyncio.Event)
    broken: str = ""
    """Why it can judge nothing."""

    async def trouble(self, task: Task) -> str:  # noqa: ARG002 - the protocol's
        """Say what is broken."""
        await asyncio.sleep(0)
        return self.broken

    async def verify(self, task: Task, draft: Draft) -> Verdict:  # noqa: ARG002 - the protocol's
        """Judge by what the text contains."""
        await asyncio.sleep(0)
        if draft.defect:
            return Verdict((Finding("apply", draft.defect),), (CheckRun("apply", 0.0),))
        (edit,) = draft.edits
        assert isinstance(edit, Replace)
        text = edit.replacement.text
        self.history.append(text)
        if "hang" in text:
            self.reached.set()
            await asyncio.Event().wait()
        if "crash" in text:
            raise ToolError("the judge crashed")
        runs = (CheckRun("apply", 0.0), CheckRun("lint", 0.0))
        findings = (Finding("lint", f"{text} will not do", code="X1"),) if "bad" in text else ()
        return Verdict(findings, runs, text)

    async def normal_form(self, task: Task, text: str) -> str:  # noqa: ARG002 - the protocol's
        """Leave the layout out."""
        await asyncio.sleep(0)
        if "formless" in text:
            raise ToolError("no normal form")
        return text.partition("#")[0]


@define
class FakeComparer:
    """What begins with the same word does the same; ``blind`` sees nothing."""

    blind: bool = False
    history: list[tuple[str, ...]] = field(factory=list)

    async def compare(self, task: Task, texts: Sequence[str]) -> Compared:  # noqa: ARG002 - the protocol's
        """Group by the first word, and ask about the first two groups where they are as large as each other."""
        await asyncio.sleep(0)
        self.history.append(tuple(texts))
        if self.blind:
            return Compared()
        words = list(dict.fromkeys(text.split()[0] for text in texts))
        groups = [tuple(at for at, text in enumerate(texts) if text.split()[0] == word) for word in words]
        groups.sort(key=len, reverse=True)
        equal = len(groups) > 1 and len(groups[0]) == len(groups[1])
        question = f"{words[0]} or {words[1]}?" if equal else ""
        return Compared(tuple(groups), question, f"{len(texts)} compared")


@define
class FakeAppraiser:
    """Says the same of every edit; ``hang`` never ends, and ``crash`` does not know how to."""

    says: str
    reached: asyncio.Event = field(factory=asyncio.Event)

    async def appraise(self, task: Task, text: str) -> str:  # noqa: ARG002 - the protocol's
        """Say it."""
        self.reached.set()
        if self.says == "hang":
            await asyncio.Event().wait()
        if self.says == "crash":
            raise RuntimeError(self.says)
        return self.says


@define
class FakeBank:
    """A ledger in memory that takes its time, and knows when it is used in the wrong order."""

    budget: float = 1000.0
    past: float = 0.0
    turns: int = 1
    """How many turns of the loop each deed takes."""

    held: asyncio.Event | None = None
    """Somebody else holds it until this is set."""

    open: dict[str, float] = field(factory=dict)
    attempts: list[Attempt] = field(factory=list)
    outcomes: list[Outcome] = field(factory=list)
    mistakes: list[str] = field(factory=list)
    reached: asyncio.Event = field(factory=asyncio.Event)
    _count: int = 0

    async def reserve(self, task: Task, *, tier: str, worst_case: float) -> str:  # noqa: ARG002 - the protocol's
        """Set money aside unless the budget would be passed."""
        await self._work()
        spent = sum(attempt.cost for attempt in self.attempts) + sum(self.open.values())
        if spent + worst_case > self.budget:
            message = f"budget.task would be passed by {tier}"
            raise BudgetError(message)
        self._count += 1
        self.open[f"r{self._count}"] = worst_case
        return f"r{self._count}"

    async def record(self, task: Task, attempt: Attempt, *, reservation: str = "") -> None:  # noqa: ARG002
        """Write an attempt down."""
        if reservation and reservation not in self.open:
            self.mistakes.append(f"recorded after {reservation} was settled")
        await self._work()
        self.attempts.append(attempt)

    async def settle(self, reservation: str) -> None:
        """Give back what is left."""
        await self._work()
        if self.open.pop(reservation, None) is None:
            self.mistakes.append(f"{reservation} was not open")

    async def close(self, outcome: Outcome) -> None:
        """Write down how a task ended."""
        await self._work()
        self.outcomes.append(outcome)

    async def past_escalations(self, kind: str) -> float:  # noqa: ARG002 - the protocol's
        """Say how tasks fared."""
        await self._work()
        return self.past

    async def _work(self) -> None:
        self.reached.set()
        if self.held is not None:
            await self.held.wait()
        for _ in range(self.turns):
            await asyncio.sleep(0)


@define
class FakeConsent:
    """A person with prepared answers; whoever has none left says no."""

    answers: deque[bool | Literal["hang", "late"]] = field(factory=deque)
    """A late one comes after an hour, for which the loop has to be one that can be turned."""

    history: list[ConsentRequest] = field(factory=list)
    reached: asyncio.Event = field(factory=asyncio.Event)

    async def ask(self, request: ConsentRequest) -> bool:
        """Answer, or never."""
        self.history.append(request)
        answer = self.answers.popleft() if self.answers else False
        if answer == "hang":
            self.reached.set()
            await asyncio.Event().wait()
        if answer == "late":
            turn(3600.0)
            await asyncio.sleep(0)
            await asyncio.sleep(0)  # what is due by now comes behind what was ready
        return answer in (True, "late")


@define
class FakeClock:
    """A second passes whenever somebody looks."""

    now: float = 0.0

    def monotonic(self) -> float:
        """Look."""
        self.now += 1.0
        return self.now


def _ladder() -> dict[str, FakeTier]:
    free = [FakeTier("rules"), FakeTier("local")]
    return {
        tier.name: tier for tier in (*free, FakeTier("sonnet", free=False), FakeTier("opus", free=False, worst=2.0))
    }


@define
class Scene:
    """The loop with everything that it needs: two free tiers and two paid ones."""

    tiers: dict[str, FakeTier] = field(factory=_ladder)
    judge: FakeJudge = field(factory=FakeJudge)
    bank: FakeBank = field(factory=FakeBank)
    consent: FakeConsent = field(factory=FakeConsent)
    comparer: FakeComparer | None = None
    appraiser: FakeAppraiser | None = None
    gatherer: Gatherer | None = None
    helper: Helper | None = None
    events: list[object] = field(factory=list)

    async def run(
        self, task: Task, policy: Policy, watch: Watcher | None = None, *, before: Sequence[Attempt] = ()
    ) -> Outcome:
        """Run one task."""
        means = (FakeClock(), self.comparer, self.appraiser, self.gatherer, self.helper)
        cascade = Cascade(self.tiers, self.judge, self.bank, self.consent, *means)
        return await cascade.run(task, policy, watch or self.events.append, before=before)

    @property
    def used(self) -> float:
        """What all tiers used in truth, in US dollars."""
        return sum(tier.cost(tier.used) for tier in self.tiers.values())

    def check_books(self) -> None:
        """Whatever happened, every cost is in the bank once, and no money stays set aside."""
        assert sum(attempt.cost for attempt in self.bank.attempts) == pytest.approx(self.used)
        assert self.bank.open == {}
        assert self.bank.mistakes == []
