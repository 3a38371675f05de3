"""The rules tier as the loop sees it: free, first in the ladder, and gone when it has no rule."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from attrs import frozen

from lastmile.cascade.protocols import DraftRequest, Evidence
from lastmile.cascade.values import Draft, Task, Usage
from lastmile.errors import TierError, ToolError
from lastmile.tiers.rules.proposals import Proposals, applies
from lastmile.tiers.rules.sweep import Sweep

SWEPT = "fix-all"


@frozen
class RulesTier:
    """Drafts by rules alone."""

    proposals: Proposals
    sweep: Sweep
    name: str = "rules"
    model: str = ""
    free: bool = True

    def absent(self, task: Task) -> str:
        """Say that there is no rule for the task; empty where there may be one."""
        return "" if task.kind == SWEPT or applies(task) else "no rule drafts this kind"

    def worst_case(self, task: Task, evidence: Evidence, *, samples: int) -> float:  # noqa: ARG002 - the protocol's
        """Give the cost of a call: nothing."""
        return 0.0

    def cost(self, usage: Usage) -> float:  # noqa: ARG002 - the protocol's
        """Price what a call used: nothing."""
        return 0.0

    async def drafts(self, request: DraftRequest) -> AsyncGenerator[Draft, None]:
        """Propose drafts, surest first."""
        task = request.task
        try:
            if task.kind == SWEPT:
                async for draft in self.sweep.of(task.snapshot):
                    yield draft
                return
            for problem in task.diagnostics:
                async for draft in self.proposals.of(task.snapshot, problem):
                    yield draft
        except ToolError as error:
            raise TierError(str(error)) from error
