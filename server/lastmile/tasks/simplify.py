"""Make a function simpler: one that ruff finds too complex, or that a person points at.

That it became simpler and kept its face is for `oracles.simplifying` to measure. That it does the same is
shown by the tests that see it, and by calls that its types allow, made before and after; where
neither can be had, samples have to agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve, frozen

from lastmile.cascade.alike import Alike
from lastmile.cascade.task import Oracle, Scope, Task
from lastmile.errors import StaleError
from lastmile.oracles.checks import NamesCheck, TextCheck
from lastmile.oracles.complexity import complexity
from lastmile.oracles.reading import Reading, Target
from lastmile.oracles.simplifying import judge, judge_no_worse
from lastmile.tasks.functions import doubted, find_function, function_at, offer_on, proof_of, target_of
from lastmile.tasks.identity import new_id
from lastmile.tasks.kind import Offer, Page, Workshop
from lastmile.tasks.sketching import sketched
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Span
from lastmile.text.symbols import Symbol

_MENU = "refactor.rewrite.lastmile.simplify"
_COMPLEX = "C901"
_LONG = ("PLR0911", "PLR0912", "PLR0915", "PLR1702")
"""Ruff's rules for too many returns, branches, statements and nested blocks; their own measure has to fall."""

_BRANCH = re.compile(r"\b(?:if|elif|for|while|except|case)\b")
_WORTH = 4
"""Branches from which on a function is offered without a finding of ruff's."""

_LONGEST = 20_000


@frozen
class SimplifyKind:
    """The kind ``simplify``."""

    name: str = "simplify"
    menus: tuple[str, ...] = (_MENU,)
    deadline: float = 120.0
    difficulty: float = 0.45
    free_only: bool = False

    def offers(self, page: Page, span: Span) -> Iterable[Offer]:
        """Offer it on the head of a function that ruff complains of, or that has some branches."""
        symbol = function_at(page, span)
        if symbol is None:
            return
        found = _findings(page, symbol)
        body = page.snapshot.text[symbol.body.start : min(symbol.body.end, symbol.body.start + _LONGEST)]
        if found or len(_BRANCH.findall(body)) >= _WORTH:
            yield evolve(offer_on(page, symbol, self.name, _MENU, _title(symbol)), diagnostics=found)

    def sketch(self, page: Page, offer: Offer) -> Task:
        """Give the task as it is priced."""
        return sketched(page, offer, hard=False)

    async def task(self, page: Page, target: Span, detail: Mapping[str, Any], workshop: Workshop) -> Task:
        """Find the function again, measure it, and find what can show that it does the same."""
        symbol = find_function(page, target, detail)
        about = target_of(page, symbol)
        measured = await workshop.offload.run(study, page.snapshot.text, about)
        if measured <= 1:
            message = f"`{symbol.name}` has no branch to do without, or the document has a syntax error."
            raise StaleError(message)
        found = _findings(page, symbol)
        long = tuple(item for item in found if item.code in _LONG)
        fall = not long or any(item.code == _COMPLEX for item in found)
        proof = await proof_of(page, workshop, symbol.span, about)
        own = (
            TextCheck(workshop.offload, judge if fall else judge_no_worse, (about,)),
            NamesCheck.of(workshop.ruff, workshop.offload),
        )
        return Task(
            id=new_id(),
            kind=self.name,
            snapshot=page.snapshot,
            target=symbol.span,
            goal=f"{_title(symbol)}: it must do exactly the same, with less branching.",
            title=_title(symbol),
            scope=Scope((symbol.span,)),
            oracle=Oracle(own, proof.late, hard=proof.decides, doubt=doubted(proof.note), alike=Alike.DEED),
            diagnostics=long,
            hints=(
                *_HINTS,
                f"Its cyclomatic complexity is {measured}; it has to {'fall' if fall else 'stay or fall'}.",
            ),
        )


_HINTS = (
    "The signature, the decorators and the docstring stay as they are.",
    "So does everything that callers see: results, exceptions, output, what is done to arguments.",
    "A part may move into a new private function directly before or after it; each has to be simpler than it was.",
)


def study(text: str, target: Target) -> int:
    """Measure a function; 0 where it cannot be read."""
    reading = Reading.of(text)
    node = None if reading is None else reading.find(target)
    return 0 if node is None else complexity(node)


def _findings(page: Page, symbol: Symbol) -> tuple[Diagnostic, ...]:
    """Give what ruff says of the function's own complexity."""
    codes = {_COMPLEX, *_LONG}
    near = [item for item in page.diagnostics if item.source == "ruff" and item.code in codes]
    return tuple(item for item in near if symbol.header.touches(item.span) or _innermost(page, item) == symbol)


def _innermost(page: Page, item: Diagnostic) -> Symbol | None:
    holders = [symbol for symbol in page.symbols if symbol.span.contains(item.span)]
    return max(holders, key=lambda symbol: symbol.span.start, default=None)


def _title(symbol: Symbol) -> str:
    return f"Simplify `{symbol.name}`"


KIND = SimplifyKind()
