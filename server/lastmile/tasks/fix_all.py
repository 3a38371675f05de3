"""Clear every diagnostic of a file that rules can clear, verified together.

It never asks a model, so that it may run on save.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from lastmile.cascade.task import Oracle, Scope, Task
from lastmile.errors import StaleError
from lastmile.tasks.identity import new_id
from lastmile.tasks.kind import Offer, Page, Workshop
from lastmile.tasks.targets import about_suppressions
from lastmile.text.edits import Span
from lastmile.verify.documented import DocstringsKept
from lastmile.verify.fewer import FewerCheck


@frozen
class FixAllKind:
    """The kind ``fix-all``."""

    name: str = "fix-all"
    menus: tuple[str, ...] = ("source.fixAll.lastmile",)
    deadline: float = 20.0
    difficulty: float = 0.1
    free_only: bool = True

    def offers(self, page: Page, span: Span) -> Iterable[Offer]:  # noqa: ARG002 - it is about the whole file
        """Offer to clear the file where ruff finds something in it."""
        count = _count(page)
        if count and page.snapshot.language == "python":
            title = f"Fix all that can be fixed free, of {count} finding{'s' if count > 1 else ''}"
            whole = Span(0, len(page.snapshot.text))
            yield Offer(self.name, title, self.menus[0], whole, may_use_model=False)

    def sketch(self, page: Page, offer: Offer) -> Task:  # noqa: ARG002 - the protocol's
        """Give the task without its oracle."""
        return _task(page, Oracle())

    async def task(self, page: Page, target: Span, detail: Mapping[str, Any], workshop: Workshop) -> Task:  # noqa: ARG002 - the protocol's
        """Ask for fewer findings in the whole file."""
        if not _count(page):
            message = "Ruff finds nothing in the file that could be fixed."
            raise StaleError(message)
        return _task(page, Oracle((DocstringsKept(workshop.offload), FewerCheck(workshop.ruff))))


def _task(page: Page, oracle: Oracle) -> Task:
    whole = Span(0, len(page.snapshot.text))
    return Task(
        id=new_id(),
        kind="fix-all",
        snapshot=page.snapshot,
        target=whole,
        goal=f"Clear as many of ruff's {_count(page)} findings as can be cleared.",
        title="Fix all that can be fixed free",
        scope=Scope((whole,), imports=True, suppressions=about_suppressions(page.diagnostics)),
        oracle=oracle,
        free_only=True,
    )


def _count(page: Page) -> int:
    """Count ruff's findings; a text that does not parse is for other tiers."""
    return sum(item.source == "ruff" and not item.is_syntax for item in page.diagnostics)


KIND = FixAllKind()
