"""Move the selected statements into a function of their own.

`oracles.portion` works out what they need and what they give, and says when they cannot be moved;
`oracles.moving` judges that they moved as they are. It is drafted by rule: free, and no model is
asked. The tests that see the function run too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from textwrap import dedent
from typing import Any

from attrs import frozen

from lastmile.cascade.task import Oracle, Scope, Task
from lastmile.errors import RequestError
from lastmile.oracles.checks import NamesCheck, TextCheck
from lastmile.oracles.moving import judge
from lastmile.oracles.moving_draft import draft
from lastmile.oracles.portion import portion
from lastmile.oracles.reading import Reading
from lastmile.tasks.functions import function_at, offer_on
from lastmile.tasks.identity import new_id
from lastmile.tasks.kind import Offer, Page, Workshop
from lastmile.tasks.sketching import sketched
from lastmile.text.edits import Span
from lastmile.text.parsing import tree
from lastmile.verify.tests import oracle_for

_MENU = "refactor.extract.lastmile.function"
_LONGEST = 4000


@frozen
class ExtractFunctionKind:
    """The kind ``extract-function``."""

    name: str = "extract-function"
    menus: tuple[str, ...] = (_MENU,)
    deadline: float = 40.0
    difficulty: float = 0.2
    free_only: bool = True

    def offers(self, page: Page, span: Span) -> Iterable[Offer]:
        """Offer it for a selection in a function that reads as more than one statement."""
        symbol = function_at(page, span, inside=True) if 1 < len(span) <= _LONGEST else None
        if symbol is None or not symbol.body.contains(_filled(page, span)) or not _are_statements(page, span):
            return
        title = f"Extract the selected statements of `{symbol.name}` into a function"
        found = offer_on(page, symbol, self.name, _MENU, title)
        yield Offer(self.name, title, _MENU, span, disabled=found.disabled, may_use_model=False)

    def sketch(self, page: Page, offer: Offer) -> Task:
        """Give the task as it is priced."""
        return sketched(page, offer)

    async def task(self, page: Page, target: Span, detail: Mapping[str, Any], workshop: Workshop) -> Task:  # noqa: ARG002 - the protocol's
        """Work out what the statements need and give."""
        rooms = await workshop.offload.run(study, page.snapshot.text, target)
        if isinstance(rooms, str):
            raise RequestError(rooms)
        tests = await oracle_for(workshop.bench, page.snapshot, rooms[0], others=page.others)
        own = (TextCheck(workshop.offload, judge, (target,)), NamesCheck.of(workshop.ruff, workshop.offload))
        return Task(
            id=new_id(),
            kind=self.name,
            snapshot=page.snapshot,
            target=target,
            goal="Move the selected statements into a new function, as they are, and call it in their place.",
            title="Extract the selected statements into a function",
            scope=Scope(rooms),
            oracle=Oracle(own, tests.checks),
            free_only=True,
        )


def study(text: str, span: Span) -> tuple[Span, ...] | str:
    """Give where the move changes the document; a sentence where the statements cannot be moved."""
    reading = Reading.of(text)
    if reading is None:
        return "The document has a syntax error."
    moved = portion(reading, span)
    if isinstance(moved, str):
        return moved
    ahead = reading.span(next(item for item in reading.module.body if reading.span(item).contains(moved.run.span)))
    line = reading.lines.start(reading.lines.line_at(ahead.start))
    return (moved.run.span, Span(line, line), *(edit.span for edit in draft(text, span)[1:]))


def _filled(page: Page, span: Span) -> Span:
    """Leave out the blanks at both ends."""
    inside = span.of(page.snapshot.text)
    start = span.start + len(inside) - len(inside.lstrip())
    return Span(start, max(start, span.end - (len(inside) - len(inside.rstrip()))))


def _are_statements(page: Page, span: Span) -> bool:
    text = page.snapshot.text
    line = page.snapshot.lines.start(page.snapshot.lines.line_at(_filled(page, span).start))
    parsed = tree(f"def f():\n if 1:\n{text[line : span.end]}\n") or tree(dedent(text[line : span.end]))
    statements = [] if parsed is None else [item for item in ast.walk(parsed) if isinstance(item, ast.stmt)]
    wrapped = parsed is not None and bool(statements) and isinstance(parsed.body[0], ast.FunctionDef)
    return len(statements) - 2 * wrapped > 1


KIND = ExtractFunctionKind()
