"""Clear a file's findings of ruff's rules for newer Python: pyupgrade, pathlib and refurb.

As `fix_all`, but for those rules alone, for models too, and only where the findings stand. What the
new spelling does is judged by the tests that see the file; where none do, samples have to agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from lastmile.cascade.alike import Alike
from lastmile.cascade.task import Oracle, Scope, Task
from lastmile.errors import StaleError
from lastmile.oracles.checks import NamesCheck, TextCheck
from lastmile.oracles.modernising import MODERN, is_modern, judge, room_of
from lastmile.tasks.functions import doubted
from lastmile.tasks.identity import new_id
from lastmile.tasks.kind import Offer, Page, Workshop
from lastmile.tasks.sketching import sketched
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Span
from lastmile.verify.fewer import FewerCheck
from lastmile.verify.tests import oracle_for

_MENU = "source.lastmile.modernise"
_MOST_SHOWN = 20


@frozen
class ModerniseKind:
    """The kind ``modernise``."""

    name: str = "modernise"
    menus: tuple[str, ...] = (_MENU,)
    deadline: float = 90.0
    difficulty: float = 0.3
    free_only: bool = False

    def offers(self, page: Page, span: Span) -> Iterable[Offer]:  # noqa: ARG002 - it is about the whole file
        """Offer to modernise the file where ruff finds something to."""
        count = len(_findings(page))
        if count and page.snapshot.language == "python":
            title = f"Modernise the file: {count} finding{'s' if count > 1 else ''} of {'/'.join(MODERN)}"
            yield Offer(self.name, title, _MENU, Span(0, len(page.snapshot.text)))

    def sketch(self, page: Page, offer: Offer) -> Task:
        """Give the task as it is priced."""
        return sketched(page, offer, hard=False)

    async def task(self, page: Page, target: Span, detail: Mapping[str, Any], workshop: Workshop) -> Task:  # noqa: ARG002 - the protocol's
        """Ask for fewer of those findings, where they stand."""
        found = _findings(page)
        if not found:
            message = "Ruff finds nothing in the file that could be modernised."
            raise StaleError(message)
        text = page.snapshot.text
        rooms = await workshop.offload.run(room_of, text, tuple(item.span for item in found))
        fixes = tuple(edit.span for item in found if item.fix is not None for edit in item.fix.edits)
        whole = Span(0, len(text))
        tests = await oracle_for(workshop.bench, page.snapshot, None, others=page.others)
        own = (
            TextCheck(workshop.offload, judge),
            FewerCheck(workshop.ruff, is_modern, "/".join(MODERN)),
            NamesCheck.of(workshop.ruff, workshop.offload),
        )
        return Task(
            id=new_id(),
            kind=self.name,
            snapshot=page.snapshot,
            target=whole,
            goal=f"Modernise the file: clear as many as can be cleared of ruff's {len(found)} findings listed below.",
            title="Modernise the file",
            scope=Scope((*rooms, *fixes), imports=True),
            oracle=Oracle(own, tests.checks, hard=tests.decides, doubt=doubted(tests.note), alike=Alike.DEED),
            spread=len(rooms),
            hints=tuple(_told(page, item) for item in found[:_MOST_SHOWN]),
        )


def _findings(page: Page) -> tuple[Diagnostic, ...]:
    return tuple(item for item in page.diagnostics if is_modern(item))


def _told(page: Page, item: Diagnostic) -> str:
    return f"{item.code} on line {page.snapshot.lines.line_at(item.span.start) + 1}: {item.message}"


KIND = ModerniseKind()
