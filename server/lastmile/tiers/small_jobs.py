"""Has the small jobs of a paid tier's prompt done before it is composed: a `cascade.protocols.Helper`.

Composing and pricing wait for nobody, so what was chosen goes with the task and its evidence. Who chooses is
not known here; nothing leaves the machine for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from attrs import frozen

from lastmile.cascade.context import Snippet
from lastmile.cascade.difficulty import Level
from lastmile.cascade.protocols import Evidence
from lastmile.cascade.task import Task
from lastmile.config.small_jobs import SmallJobs
from lastmile.jobs.picking import BUDGET
from lastmile.jobs.values import Described, Jobs
from lastmile.tiers.context import candidates_among, need_of
from lastmile.tiers.evidence import EVIDENCE_LINES
from lastmile.tiers.fence import plain_newlines
from lastmile.tiers.prompt import count_tokens

_MOST = 4
"""Texts that are shortened before a call, the latest; the heuristic does the others."""


@frozen(eq=False)
class PromptJobs:
    """The jobs that are switched on, and who does them, each in a bounded time."""

    jobs: Jobs
    on: SmallJobs

    async def level(self, task: Task, *, kind: float, past: float) -> Level | None:
        """Say how hard a task is; None where nobody is to say."""
        if not self.on.difficulty:
            return None
        code = task.target.of(task.snapshot.text)
        return await self.jobs.level(Described(task.goal, code, kind, task.spread, past))

    async def pick(self, task: Task, found: Sequence[Snippet], evidence: Evidence) -> tuple[Snippet, ...]:
        """Leave the snippets that are worth their tokens; all of them where nobody is to say."""
        if not self.on.picking or not found:
            return tuple(found)
        candidates = candidates_among(found)
        sizes = await asyncio.to_thread(lambda: {each.text: count_tokens(each.text) for each in candidates})
        need = need_of(task, evidence)
        chosen = await self.jobs.pick(need, candidates, budget=BUDGET, count=sizes.__getitem__)
        return tuple(found[at] for at in chosen)

    async def tell(self, evidence: Evidence) -> Mapping[str, str]:
        """Shorten what is long of the findings' evidence and was not shortened before."""
        if not self.on.shortening:
            return {}
        said = dict.fromkeys(
            finding.evidence
            for attempt in evidence.attempts
            for finding in attempt.verdict.findings
            if finding.evidence.count("\n") >= EVIDENCE_LINES and finding.evidence not in evidence.told
        )
        texts = [*said][-_MOST:]
        short = (self.jobs.shorten(plain_newlines(text), lines=EVIDENCE_LINES) for text in texts)
        return dict(zip(texts, await asyncio.gather(*short), strict=True))
