"""Every finding of a file at once: what ruff fixes safely, then what `batches` clears, then one proposal at a time.

A proposal is kept when ruff finds less than before and nothing new. That is drafting, not judging:
the checks see the whole afterwards, like any draft. Where the time is up before all was tried, the draft says so.
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
from lastmile.tiers.rules.batches import Batches, key_of
from lastmile.tiers.rules.proposals import Proposals, whole
from lastmile.tiers.rules.reach import beyond
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
        swept, note = await self._rest(safe)
        if swept.text != safe.text:
            draft = await whole(self.proposals.offload, snapshot, swept.text, "ruff's safe fixes and further rules")
            yield evolve(draft, note=note)
        if safe.text != snapshot.text:
            draft = await whole(self.proposals.offload, snapshot, safe.text, "ruff's safe fixes")
            yield evolve(draft, note=note)

    async def _safe(self, snapshot: Snapshot) -> Snapshot:
        """Apply ruff's safe fixes; none of them where together they bring a finding, which would spoil the rest."""
        ruff = self.proposals.ruff
        page = evolve(snapshot, text=await self.ruff.fixed(snapshot))
        found, after = await ruff.check(snapshot), await ruff.check(page)
        new = await self.proposals.offload.run(appeared, snapshot.text, found, page.text, after)
        return snapshot if new else page

    async def _rest(self, page: Snapshot) -> tuple[Snapshot, str]:
        """Try a proposal for each remaining finding, going on from what was kept; gives what was not tried in words."""
        now = asyncio.get_running_loop().time
        end = now() + self.seconds
        page = await Batches(self.ruff, self.proposals.ruff, self.proposals.offload, end).cleared(page)
        failed: Counter[Key] = Counter()
        for _ in range(_MOST_TRIES):
            left = _untried(await self.ruff.check(page), page, failed)
            if not left or now() > end:
                break
            better = await self._better(page, left[0])
            if better is page:
                failed[key_of(left[0], page)] += 1
            page = better
        left = _untried(await self.ruff.check(page), page, failed)
        return page, self._stopped(len(left), late=now() > end) if left else ""

    def _stopped(self, left: int, *, late: bool) -> str:
        limit = f"its {self.seconds:g} s" if late else f"{_MOST_TRIES} tries"
        return f"stopped after {limit} with {left} finding{'s' if left > 1 else ''} not tried: ask once more"

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


def _untried(found: Sequence[Diagnostic], page: Snapshot, failed: Counter[Key]) -> list[Diagnostic]:
    """List what a rule may clear and was not tried in vain: equal findings are told apart by how many were."""
    seen: Counter[Key] = Counter()
    left = []
    for problem in found:
        if beyond(problem):
            continue
        key = key_of(problem, page)
        seen[key] += 1
        if seen[key] > failed[key]:
            left.append(problem)
    return left
