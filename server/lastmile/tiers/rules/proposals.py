"""What the rules propose for one diagnostic, surest first: each proposal is a whole draft.

The order is: ruff's own fix, an import for an undefined name, the formatter for what is a matter of
layout, and templates for rules that ruff cannot fix. A fix that ruff itself holds for wrong in places
(its applicability is display) is not proposed, nor is an unsafe one without a reason that `unsafe` knows.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from attrs import evolve, frozen

from lastmile.cascade.draft import Draft, Replace
from lastmile.cascade.verdict import Finding
from lastmile.errors import ToolError
from lastmile.text.diagnostic import UNDEFINED, Diagnostic, Fix
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.tiers.rules.following import Following
from lastmile.tiers.rules.imports import statements, with_import
from lastmile.tiers.rules.project_names import ProjectNames
from lastmile.tiers.rules.reach import held_back, is_layout
from lastmile.tiers.rules.templates import TEMPLATES, by_template
from lastmile.tiers.rules.unsafe import label_of, may_be_proposed
from lastmile.tools.compare import differ
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff
from lastmile.verify.apply import landed


@frozen
class Proposals:
    """Makes drafts for single diagnostics."""

    ruff: Ruff
    offload: Offload
    names: ProjectNames | None
    """The project's own names; None for a document outside any folder."""

    async def of(self, snapshot: Snapshot, problem: Diagnostic) -> AsyncGenerator[Draft, None]:
        """Propose drafts for one diagnostic of the snapshot.

        Each is proposed by itself first, and then, to whoever still asks, with what follows from
        it: an annotation without `Optional` leaves an import unused, which is safe to remove.
        """
        following = Following(self.ruff, self.offload, snapshot, problem)
        async for draft in self._direct(snapshot, problem):
            yield draft
            text = landed(snapshot.text, draft)
            if isinstance(text, Finding) or snapshot.language != "python":
                continue
            async for further in following.of(text):
                yield await whole(self.offload, snapshot, further, f"{draft.label}, and what follows from it")

    async def held_back(self, snapshot: Snapshot, problem: Diagnostic) -> str:
        """Say that a tool's own fix was not proposed, and why; empty where there is none, or it was."""
        taken = problem.fix is None or await may_be_proposed(self.offload, snapshot.text, problem)
        return "" if taken else held_back(problem)

    async def _direct(self, snapshot: Snapshot, problem: Diagnostic) -> AsyncGenerator[Draft, None]:
        if problem.fix is not None and await may_be_proposed(self.offload, snapshot.text, problem):
            yield by_tool(problem.source, problem.fix)
        undefined = UNDEFINED.fullmatch(problem.message)
        if undefined is not None:
            for statement in await self._imports(snapshot, undefined[1]):
                yield await whole(self.offload, snapshot, await self._sorted(snapshot, statement), statement)
        if is_layout(problem):
            yield await whole(
                self.offload, snapshot, await self._laid_out(snapshot, problem.span), "ruff format of the lines"
            )
        if problem.code in TEMPLATES:
            for label, text in await self.offload.run(by_template, snapshot.text, problem.code, problem.span):
                yield await whole(self.offload, snapshot, text, label)

    async def _imports(self, snapshot: Snapshot, name: str) -> tuple[str, ...]:
        own: tuple[str, ...] = ()
        if self.names is not None:
            own = await asyncio.to_thread(self.names.statements, name, snapshot.path)
        return await self.offload.run(statements, name, snapshot.text, own)

    async def _sorted(self, snapshot: Snapshot, statement: str) -> str:
        """Insert the import, and sort it in where the imports were sorted before."""
        text = await self.offload.run(with_import, snapshot.text, statement)
        sorter = Ruff(evolve(self.ruff.options, select=("I001",), extend=()))
        if any(item.code == "I001" for item in await sorter.check(snapshot)):
            return text
        return await sorter.fixed(evolve(snapshot, text=text))

    async def _laid_out(self, snapshot: Snapshot, span: Span) -> str:
        try:
            return await self.ruff.formatted(snapshot, span)
        except ToolError:
            return snapshot.text  # It does not parse: the draft changes nothing and is refused.


def by_tool(source: str, fix: Fix) -> Draft:
    """Make a draft of a tool's own fix."""
    return Draft(tuple(Replace(edit) for edit in fix.edits), label=label_of(source, fix))


async def whole(offload: Offload, snapshot: Snapshot, text: str, label: str) -> Draft:
    """Make a draft of a whole new text, as the smallest edits that lead there."""
    return Draft(tuple(map(Replace, await differ(offload, snapshot.text, text))), label=label)
