"""Makes one fix before it is asked for, by the same loop and the same judge that would make it then.

What differs is who drafts, the free tiers that it is handed and nobody else, and that the way up is gone in
two parts, so that all that rules can do is ready before a model is asked for anything. It is called for one
thing at a time, and whoever cancels it waits no longer than for any other task.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from attrs import evolve, frozen

from lastmile.ahead.policy import way
from lastmile.ahead.values import Left, Ready, Refused, is_decided, is_wide
from lastmile.alone import alone
from lastmile.cascade.draft import Draft, Replace
from lastmile.cascade.loop import Cascade
from lastmile.cascade.outcome import Attempt, Outcome, Status
from lastmile.cascade.policy import RULES, Policy, route, stretches
from lastmile.cascade.protocols import ConsentRequest, Tier
from lastmile.cascade.task import Task
from lastmile.errors import RequestError, StaleError, ToolError
from lastmile.project import Project
from lastmile.tasks.kind import Offer, Page
from lastmile.text.edits import Replacement, carry, moved
from lastmile.tools.compare import differ


@frozen
class Nobody:
    """Whom the loop could ask for money here."""

    async def ask(self, request: ConsentRequest) -> bool:  # noqa: ARG002 - the protocol's
        """Say no."""
        return False


@frozen
class Maker:
    """Makes fixes for the texts of one project."""

    project: Project
    tiers: Mapping[str, Tier]
    """All that may draft."""

    async def make(self, page: Page, offer: Offer, *, around: str) -> Ready | Refused | Left | None:
        """Have the rules draft what an offer speaks of, and judge it; what is left is a model's, for `go_on`.

        None where that failed, which may be otherwise the next time. What belongs to another file is refused.
        ``around`` is the state of the other documents.
        """
        policy = self._policy(page, offer)
        if policy is None:
            return Refused() if self.tiers.keys() <= {RULES} else None
        first, *others = stretches(policy, {RULES})
        rest = others[0] if others else first
        if RULES not in first.ladder:
            return Left(offer, rest)
        task = await self._task(page, offer)
        if task is None:
            return None
        outcome = await self._run(task, first)
        if others and outcome.text is None and outcome.status is Status.SURFACED:
            return Left(offer, rest, task, outcome.attempts)
        return await self._came(page, offer, outcome, around)

    async def go_on(self, page: Page, left: Left, *, around: str) -> Ready | Refused | None:
        """Have a model of this machine draft what the rules left, given what they tried; gives what `make` does."""
        task = left.task or await self._task(page, left.offer)
        if task is None:
            return None
        return await self._came(page, left.offer, await self._run(task, left.policy, left.attempts), around)

    async def _came(self, page: Page, offer: Offer, outcome: Outcome, around: str) -> Ready | Refused | None:
        around = around if is_wide(outcome.task, *(attempt.verdict for attempt in outcome.attempts)) else ""
        if outcome.text is None:
            return Refused(around) if is_decided(outcome) else None
        if outcome.task.snapshot.uri != page.snapshot.uri:
            return Refused(around)
        return await self._ready(page, offer, outcome, around)

    async def _ready(self, page: Page, offer: Offer, outcome: Outcome, around: str) -> Ready:
        assert outcome.text is not None  # noqa: S101 - the caller looked
        replacements = await differ(self.project.offload, page.snapshot.text, outcome.text)
        compared, at = await alone(outcome, self.project.settings), self.project.parts.clock.monotonic()
        text, root = page.snapshot, self.project.root
        return Ready(offer, outcome, text, replacements, alone=compared, around=around, at=at, root=root)

    async def carry(
        self, page: Page, offers: Sequence[Offer], ready: Ready, theirs: Sequence[Replacement], *, around: str
    ) -> Ready | None:
        """Bring what was ready along to a newer text and judge it again there.

        ``theirs`` leads from its text to the page's. None where the two touch, or it no longer passes.
        """
        replacements, target = carry(ready.replacements, theirs), moved(ready.offer.target, theirs)
        same = (item for item in offers if item.target == target and item.kind == ready.offer.kind)
        offer = next((item for item in same if item.detail == ready.offer.detail), None)
        task = None if replacements is None or offer is None else await self._task(page, offer)
        if task is None or offer is None or replacements is None:
            return None
        draft = Draft(tuple(map(Replace, replacements)), label="carried over to the newer text")
        verdict = await self.project.verify(task, draft)
        if not verdict.passed:
            return None
        around = around if is_wide(task, verdict) else ""
        made = evolve(ready, offer=offer, snapshot=page.snapshot, replacements=replacements, around=around)
        return evolve(made, at=self.project.parts.clock.monotonic())

    def _policy(self, page: Page, offer: Offer) -> Policy | None:
        """Give the way up, where one of the tiers can go it: most that is offered needs a model."""
        policy = way(self.project.policy(offer.kind), self.tiers)
        if policy is None:
            return None
        sketch = self.project.kinds[offer.kind].sketch(page, offer)
        return policy if route(sketch, policy, self.tiers, difficulty=0.0).steps else None

    async def _task(self, page: Page, offer: Offer) -> Task | None:
        await self.project.ready(page.snapshot)
        with suppress(StaleError, RequestError, ToolError):
            task = await self.project.make(page, kind=offer.kind, target=offer.target, detail=offer.detail)
            return evolve(task, ahead=True)
        return None

    async def _run(self, task: Task, policy: Policy, before: Sequence[Attempt] = ()) -> Outcome:
        parts = self.project.parts
        means = (parts.clock, parts.comparer, parts.appraiser)
        return await Cascade(self.tiers, parts.judge, parts.bank, Nobody(), *means).run(task, policy, before=before)
