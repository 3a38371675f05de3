"""What follows from a proposal: ruff's fixes for what the proposal itself brings, to the end.

An ``else`` behind a ``return`` gone leaves the next one in its place; a name that is used no more
leaves its import unused; a line made longer wants breaking. Findings that were there before are not
touched.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from attrs import evolve, frozen

from lastmile.errors import ToolError
from lastmile.text.diagnostic import Diagnostic, Safety
from lastmile.text.edits import apply
from lastmile.text.snapshot import Snapshot
from lastmile.tiers.rules.unsafe import may_be_proposed
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff
from lastmile.verify.delta import brought

_MOST_STEPS = 8


@frozen
class Following:
    """Follows up the proposals for one diagnostic of one snapshot."""

    ruff: Ruff
    offload: Offload
    snapshot: Snapshot
    problem: Diagnostic

    async def of(self, direct: str) -> AsyncGenerator[str, None]:
        """Give the text with safe fixes of what the change brings, then with unsafe ones, where those differ."""
        tried = {direct}
        for allowed in ({Safety.SAFE}, {Safety.SAFE, Safety.UNSAFE}):
            text = await self._to_the_end(direct, allowed)
            if text not in tried:
                tried.add(text)
                yield text

    async def _to_the_end(self, text: str, allowed: set[Safety]) -> str:
        seen = {text}
        for _ in range(_MOST_STEPS):
            text = await self._step(text, allowed)
            if text in seen:
                break
            seen.add(text)
        return text

    async def _step(self, text: str, allowed: set[Safety]) -> str:
        before = await self.ruff.check(self.snapshot)
        page = evolve(self.snapshot, text=text)
        after = await self.ruff.check(page)
        found = await self.offload.run(brought, self.snapshot.text, before, text, after, self.problem.code)
        for item in found:
            if item.fix is not None and item.fix.safety in allowed and await may_be_proposed(self.offload, text, item):
                return apply(text, item.fix.edits)
        return await self._broken_up(page, found)

    async def _broken_up(self, page: Snapshot, found: Sequence[Diagnostic]) -> str:
        """Let the formatter break the first line that has become too long."""
        long = next((item for item in found if item.code == "E501"), None)
        try:
            return page.text if long is None else await self.ruff.formatted(page, long.span)
        except ToolError:
            return page.text  # It does not parse, so nothing follows from it.
