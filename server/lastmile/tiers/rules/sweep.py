"""Every finding of a file at once: what ruff fixes safely, then the rest one proposal at a time.

Safe fixes that bring something new are not taken together: then each finding has its own proposals.
A proposal is kept when ruff finds less than before and nothing new. That is drafting, not judging:
the checks see the whole afterwards, like any draft.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Sequence

from attrs import evolve, frozen

from lastmile.cascade.draft import Draft
from lastmile.cascade.verdict import Finding
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.snapshot import Snapshot
from lastmile.tiers.rules.proposals import Proposals, whole
from lastmile.tools.ruff import Ruff
from lastmile.verify.apply import landed
from lastmile.verify.delta import appeared

_MOST_TRIES = 200
Key = tuple[str, str, str]


@frozen
class Sweep:
    """Drafts for a whole file."""

    ruff: Ruff
    """Says what is to be cleared; the proposals' own ruff says what a proposal may not bring."""

    proposals: Proposals
    seconds: float = 8.0
    """How long to go on beyond ruff's safe fixes; what was kept by then is drafted."""

    async def of(self, snapshot: Snapshot) -> AsyncGenerator[Draft, None]:
        """Propose the file with everything cleared that rules can clear, then the safe part alone."""
        safe = await self._safe(snapshot)
        swept = await self._rest(safe)
        if swept.text != safe.text:
            yield await whole(self.proposals.offload, snapshot, swept.text, "ruff's safe fixes and further rules")
        if safe.text != snapshot.text:
            yield await whole(self.proposals.offload, snapshot, safe.text, "ruff's safe fixes")

    async def _safe(self, snapshot: Snapshot) -> Snapshot:
        """Apply ruff's safe fixes; none of them where together they bring a finding, which would spoil the rest."""
        ruff = self.proposals.ruff
        page = evolve(snapshot, text=await self.ruff.fixed(snapshot))
        found, after = await ruff.check(snapshot), await ruff.check(page)
        new = await self.proposals.offload.run(appeared, snapshot.text, found, page.text, after)
        return snapshot if new else page

    async def _rest(self, page: Snapshot) -> Snapshot:
        """Try a proposal for each remaining finding, going on from what was kept."""
        now = asyncio.get_running_loop().time
        end = now() + self.seconds
        failed: Counter[Key] = Counter()
        for _ in range(_MOST_TRIES):
            problem = _next(await self.ruff.check(page), page, failed)
            if problem is None or now() > end:
                break
            better = await self._better(page, problem)
            if better is page:
                failed[_key(problem, page)] += 1
            page = better
        return page

    async def _better(self, page: Snapshot, problem: Diagnostic) -> Snapshot:
        ruff, offload = self.proposals.ruff, self.proposals.offload
        found = await ruff.check(page)
        async for draft in self.proposals.of(page, problem):
            text = landed(page.text, draft)
            if isinstance(text, Finding):
                continue
            after = await ruff.check(evolve(page, text=text))
            if len(after) < len(found) and not await offload.run(appeared, page.text, found, text, after):
                return evolve(page, text=text)
        return page


def _next(found: Sequence[Diagnostic], page: Snapshot, failed: Counter[Key]) -> Diagnostic | None:
    """Give the first finding that was not tried in vain: equal ones are told apart by how many were."""
    seen: Counter[Key] = Counter()
    for problem in found:
        key = _key(problem, page)
        seen[key] += 1
        if seen[key] > failed[key]:
            return problem
    return None


def _key(problem: Diagnostic, page: Snapshot) -> Key:
    """Name a finding so that it is known again after lines above it have gone."""
    return problem.code, problem.message, page.lines.line_text(page.lines.line_at(problem.span.start))
