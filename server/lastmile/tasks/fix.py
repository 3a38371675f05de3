"""Fix one diagnostic at the cursor: ruff's, our own of a document that does not parse, or another server's.

The oracle is the shared check of lint, told which finding must be gone, or that of documents; and that
docstrings stay. A finding of another server cannot be looked for again by us, so there the samples have
to agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from lastmile.cascade.task import Check, Oracle, Scope, Task
from lastmile.documents.values import LANGUAGES
from lastmile.errors import StaleError
from lastmile.oracles.checks import RestCheck
from lastmile.oracles.fixing import Place
from lastmile.tasks.identity import new_id
from lastmile.tasks.kind import Offer, Page, Workshop
from lastmile.tasks.targets import about_suppressions, around
from lastmile.text.diagnostic import SOURCE, Diagnostic, Safety
from lastmile.text.edits import Span
from lastmile.verify.documented import DocstringsKept

_TITLE_LENGTH = 90
_NAME_LENGTH = 60
_UNUSUAL = re.compile(r"[^\w .:/-]")


@frozen
class FixKind:
    """The kind ``fix``."""

    name: str = "fix"
    menus: tuple[str, ...] = ("quickfix",)
    deadline: float = 60.0
    difficulty: float = 0.2
    free_only: bool = False

    def offers(self, page: Page, span: Span) -> Iterable[Offer]:
        """Offer a fix for each diagnostic that touches the span."""
        if page.snapshot.language in {"python", *LANGUAGES}:
            for problem in page.diagnostics:
                if problem.span.touches(span):
                    yield _offer(problem)

    async def task(self, page: Page, target: Span, detail: Mapping[str, Any], workshop: Workshop) -> Task:
        """Find the diagnostic again and ask for its end."""
        problem = _find(page, target, detail)
        checks: tuple[Check, ...] = (DocstringsKept(workshop.offload),)
        if page.snapshot.language == "python":
            checks += (RestCheck(workshop.offload, workshop.ruff, Place.of(problem)),)
        oracle = Oracle(checks, hard=problem.source in {"ruff", SOURCE})
        return _task(page, problem, oracle)

    def sketch(self, page: Page, offer: Offer) -> Task:
        """Give the task without its oracle's checks."""
        problem = offer.diagnostics[0]
        return _task(page, problem, Oracle(hard=problem.source in {"ruff", SOURCE}))


def _task(page: Page, problem: Diagnostic, oracle: Oracle) -> Task:
    place = around(page.snapshot, page.symbols, problem.span)
    tool = () if problem.fix is None else tuple(edit.span for edit in problem.fix.edits)
    return Task(
        id=new_id(),
        kind="fix",
        snapshot=page.snapshot,
        target=place,
        goal=_goal(problem),
        title=_title(problem),
        scope=Scope(
            (place, *tool), imports=page.snapshot.language == "python", suppressions=about_suppressions((problem,))
        ),
        oracle=oracle,
        diagnostics=(problem,),
        spread=max(1, len({page.snapshot.lines.line_at(span.start) for span in tool})),
        free_only=_is_safe(problem),
    )


def _offer(problem: Diagnostic) -> Offer:
    return Offer(
        kind="fix",
        title=_title(problem),
        menu="quickfix",
        target=problem.span,
        detail={"source": problem.source, "code": problem.code, "message": problem.message},
        preferred=_is_safe(problem),
        diagnostics=(problem,),
        may_use_model=not _is_safe(problem),
    )


def _title(problem: Diagnostic) -> str:
    what = "syntax error" if problem.is_syntax else problem.label
    text = f"Fix {what}: {problem.message.splitlines()[0] if problem.message else ''}"
    return text if len(text) <= _TITLE_LENGTH else f"{text[:_TITLE_LENGTH]}…"


def _goal(problem: Diagnostic) -> str:
    """Name the finding by its code alone: a message quotes the document, and stands in a fence of its own.

    Another server's names are cut to what names are made of.
    """
    code, source = (_UNUSUAL.sub("_", name)[:_NAME_LENGTH] for name in (problem.code, problem.source))
    return f"Clear the finding {code or 'without a code'} of {source}, which is quoted below with its place."


def _is_safe(problem: Diagnostic) -> bool:
    return problem.fix is not None and problem.fix.safety is Safety.SAFE


def _find(page: Page, target: Span, detail: Mapping[str, Any]) -> Diagnostic:
    """Find the diagnostic that an offer spoke of, nearest to where it stood."""
    same = [
        item
        for item in page.diagnostics
        if (item.source, item.code, item.message) == (detail.get("source"), detail.get("code"), detail.get("message"))
    ]
    if not same:
        message = f"{detail.get('code') or 'The finding'} is no longer there."
        raise StaleError(message)
    return min(same, key=lambda item: abs(item.span.start - target.start))


KIND = FixKind()
