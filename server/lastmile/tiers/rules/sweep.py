"""Every finding of a file at once: what ruff fixes safely, then the rest one proposal at a time.

A proposal is kept when ruff finds less than before and nothing new. That is drafting, not judging:
the checks see the whole afterwards, like any draft.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator

from attrs import evolve, frozen

from lastmile.cascade.values import Draft, Finding
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.snapshot import Snapshot
from lastmile.tiers.rules.proposals import Proposals, whole
from lastmile.tools.ruff import Ruff
from lastmile.verify.apply import landed
from lastmile.verify.delta import appeared

_MOST_TRIES = 100


@frozen
class Sweep:
    """Drafts for a whole file."""

    ruff: Ruff
    proposals: Proposals

    async def of(self, snapshot: Snapshot) -> AsyncGenerator[Draft, None]:
        """Propose the file with everything cleared that rules can clear, then the safe part alone."""
        safe = evolve(snapshot, text=await self.ruff.fixed(snapshot))
        swept = await self._rest(safe)
        if swept.text != safe.text:
            yield whole(snapshot, swept.text, "ruff's safe fixes and further rules")
        if safe.text != snapshot.text:
            yield whole(snapshot, safe.text, "ruff's safe fixes")

    async def _rest(self, page: Snapshot) -> Snapshot:
        """Try a proposal for each remaining finding, going on from what was kept."""
        tried: set[tuple[str, str]] = set()
        for _ in range(_MOST_TRIES):
            found = await self.ruff.check(page)
            problem = next((item for item in found if _key(item, page) not in tried), None)
            if problem is None:
                break
            tried.add(_key(problem, page))
            page = await self._better(page, problem, found)
        return page

    async def _better(self, page: Snapshot, problem: Diagnostic, found: tuple[Diagnostic, ...]) -> Snapshot:
        async for draft in self.proposals.of(page, problem):
            text = landed(page.text, draft)
            if isinstance(text, Finding):
                continue
            candidate = evolve(page, text=text)
            after = await self.ruff.check(candidate)
            if len(after) < len(found) and not appeared(page.text, found, candidate.text, after):
                return candidate
        return page


def _key(problem: Diagnostic, page: Snapshot) -> tuple[str, str]:
    """Name a finding so that it is known again after lines above it have gone."""
    return problem.code, problem.message + page.lines.line_text(page.lines.line_at(problem.span.start))
