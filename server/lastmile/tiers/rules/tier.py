"""The rules tier as the loop sees it: free, first in the ladder, and gone when it has no rule."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from types import MappingProxyType

from attrs import evolve, frozen

from lastmile.cascade.draft import Draft, Replace, Usage
from lastmile.cascade.protocols import DraftRequest, Evidence
from lastmile.cascade.task import Task
from lastmile.errors import TierError, ToolError
from lastmile.oracles.modernising import MODERN, is_modern
from lastmile.oracles.moving_draft import draft as move_statements
from lastmile.oracles.variable import draft as name_expression
from lastmile.tiers.rules import reach
from lastmile.tiers.rules.proposals import Proposals
from lastmile.tiers.rules.repairs import REPAIRED, Repairs
from lastmile.tiers.rules.sweep import Sweep
from lastmile.tools.ruff import Ruff

SWEPT = "fix-all"
MODERNISED = "modernise"
WRITTEN = MappingProxyType({"extract-variable": name_expression, "extract-function": move_statements})
"""What a rule writes as a whole, from the text and the selection."""


@frozen
class RulesTier:
    """Drafts by rules alone."""

    proposals: Proposals
    sweep: Sweep
    repairs: Repairs | None = None
    """None where no test can run."""

    name: str = "rules"
    model: str = ""
    free: bool = True
    retries: float = 0.0
    """What is drafted by rule is the same however often it was refused."""

    def absent(self, task: Task) -> str:
        """Say that there is no rule for the task; empty where there may be one."""
        known = task.kind in {SWEPT, MODERNISED, *WRITTEN} or (task.kind == REPAIRED and self.repairs is not None)
        return "" if known else reach.absent(task)

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
            if task.kind in WRITTEN:
                yield await self._written(task)
                return
            if task.kind == REPAIRED and self.repairs is not None:
                async for draft in self.repairs.of(task):
                    yield draft
                return
            if task.kind in {SWEPT, MODERNISED}:
                sweep = self.sweep if task.kind == SWEPT else await self._modern(task)
                async for draft in sweep.of(task.snapshot):
                    yield draft
                return
            for problem in task.diagnostics:
                async for draft in self.proposals.of(task.snapshot, problem):
                    yield draft
                if held := await self.proposals.held_back(task.snapshot, problem):
                    yield Draft((), defect=held)
        except ToolError as error:
            raise TierError(str(error)) from error

    async def _written(self, task: Task) -> Draft:
        """Write a draft by rule; one without edits is refused."""
        edits = await self.proposals.offload.run(WRITTEN[task.kind], task.snapshot.text, task.target)
        return Draft(tuple(map(Replace, edits)), label=f"rule {task.kind}")

    async def _modern(self, task: Task) -> Sweep:
        """Sweep what the project's own settings find to modernise, and nothing else."""
        ruff = self.proposals.ruff
        codes = {item.code for item in await ruff.check(task.snapshot) if is_modern(item)}
        chosen = Ruff(evolve(ruff.options, select=tuple(sorted(codes)) or MODERN, extend=()))
        return evolve(self.sweep, ruff=chosen)
