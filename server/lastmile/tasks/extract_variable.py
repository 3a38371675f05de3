"""Give the selected expression a name, in a statement before the one that it stands in.

`oracles.variable` knows when that changes nothing, and drafts it: it is free and asks no model. With
the name replaced by its value the text has to be what it was, so nothing has to be run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from lastmile.cascade.task import Oracle, Scope, Task
from lastmile.errors import RequestError
from lastmile.oracles.checks import NamesCheck, TextCheck
from lastmile.oracles.places import stripped
from lastmile.oracles.reading import Reading
from lastmile.oracles.variable import choose, judge
from lastmile.tasks.identity import new_id
from lastmile.tasks.kind import Offer, Page, Workshop
from lastmile.tasks.sketching import sketched
from lastmile.text.edits import Span
from lastmile.text.parsing import tree

_MENU = "refactor.extract.lastmile.variable"
_LONGEST = 500
_TITLE_LENGTH = 40


@frozen
class ExtractVariableKind:
    """The kind ``extract-variable``."""

    name: str = "extract-variable"
    menus: tuple[str, ...] = (_MENU,)
    deadline: float = 20.0
    difficulty: float = 0.1
    free_only: bool = True

    def offers(self, page: Page, span: Span) -> Iterable[Offer]:
        """Offer it for a selection that reads as one expression."""
        if page.snapshot.language != "python" or not 1 < len(span) <= _LONGEST:
            return
        if _is_expression(span.of(page.snapshot.text)):
            yield Offer(self.name, _title(page, span), _MENU, span, may_use_model=False)

    def sketch(self, page: Page, offer: Offer) -> Task:
        """Give the task as it is priced."""
        return sketched(page, offer)

    async def task(self, page: Page, target: Span, detail: Mapping[str, Any], workshop: Workshop) -> Task:  # noqa: ARG002 - the protocol's
        """Find the expression, and the statement that it stands in."""
        text = page.snapshot.text
        room = await workshop.offload.run(study, text, target)
        if isinstance(room, str):
            raise RequestError(room)
        own = (
            TextCheck(workshop.offload, judge, (target,)),
            NamesCheck.of(workshop.ruff, workshop.offload),
        )
        return Task(
            id=new_id(),
            kind=self.name,
            snapshot=page.snapshot,
            target=target,
            goal=f"{_title(page, target)}, in a statement before the one that it stands in.",
            title=_title(page, target),
            scope=Scope((room,)),
            oracle=Oracle(own),
            free_only=True,
        )


def study(text: str, span: Span) -> Span | str:
    """Give the place of the statement around a selected expression; a sentence where it cannot be named."""
    reading, chosen = Reading.of(text), choose(text, span)
    if reading is None or isinstance(chosen, str):
        return chosen if isinstance(chosen, str) else "The document has a syntax error."
    return reading.span(chosen.statement)


def _is_expression(text: str) -> bool:
    parsed = tree(f"({text.strip()}\n)")
    only = parsed.body[0] if parsed is not None and len(parsed.body) == 1 else None
    return isinstance(only, ast.Expr) and not isinstance(
        only.value, ast.Name | ast.Yield | ast.YieldFrom | ast.NamedExpr
    )


def _title(page: Page, span: Span) -> str:
    source = " ".join(stripped(page.snapshot.text, span).of(page.snapshot.text).split())
    return f"Extract `{source if len(source) <= _TITLE_LENGTH else source[:_TITLE_LENGTH] + '…'}` into a variable"


KIND = ExtractVariableKind()
