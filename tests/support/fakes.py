"""A judge, a bank, a person and a clock for the loop, with the tiers: they do as they are told and keep a history."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Literal

import pytest
from attrs import define, field
from tests.support.fake_tiers import FakeTier
from tests.support.turned import turn

from lastmile.cascade.alike import Compared
from lastmile.cascade.draft import Draft, Replace
from lastmile.cascade.loop import Cascade
from lastmile.cascade.outcome import Attempt, Outcome
from lastmile.cascade.policy import Policy
from lastmile.cascade.protocols import ConsentRequest, Gatherer, Helper, Watcher
from lastmile.cascade.task import Task
from lastmile.cascade.verdict import CheckRun, Finding, Verdict
from lastmile.errors import BudgetError, ToolError


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
