"""Write the body of a stub, from its signature and docstring.

That the stub is gone and its face is as before is for `oracles.implementing` to see. What the body
does is judged by the docstring's examples and by the tests that reach the stub: those that fail
now, and fail differently where the stub is made to. Without either, samples have to agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from lastmile.cascade.alike import Alike
from lastmile.cascade.task import Check, Oracle, Scope, Task
from lastmile.errors import StaleError
from lastmile.oracles.behaviour import ExamplesCheck
from lastmile.oracles.checks import NamesCheck, TextCheck
from lastmile.oracles.implementing import has_examples, judge
from lastmile.oracles.reading import Reading, Target, documentation
from lastmile.oracles.stubs import UNWRITTEN, is_elsewhere, is_stub, looks_like_stub
from lastmile.tasks.functions import doubted, find_function, function_at, offer_on, target_of
from lastmile.tasks.identity import new_id
from lastmile.tasks.kind import Offer, Page, Workshop
from lastmile.tasks.sketching import sketched
from lastmile.testing.values import Wanted
from lastmile.text.edits import Span
from lastmile.text.symbols import Symbol
from lastmile.verify.tests import TestsCheck

_MENU = "refactor.rewrite.lastmile.implement"
_LONGEST = 2000
_ELSEWHERE = re.compile(r"@[\w.]*\b(?:abstract\w*|overload)\b")


@frozen
class Stub:
    """What is known of a stub before anybody drafts for it."""

    waits: bool
    examples: bool
    """Whether its docstring has examples."""

    planted: str
    """The document with a body that cannot be mistaken: tests that reach the stub say its words."""


@frozen
class ImplementKind:
    """The kind ``implement``."""

    name: str = "implement"
    menus: tuple[str, ...] = (_MENU,)
    deadline: float = 120.0
    difficulty: float = 0.4
    free_only: bool = False

    def offers(self, page: Page, span: Span) -> Iterable[Offer]:
        """Offer a body for the stub that holds the span."""
        symbol = function_at(page, span, inside=True)
        if symbol is None or page.snapshot.name.endswith(".pyi") or not _waits(page.snapshot.text, symbol):
            return
        yield offer_on(page, symbol, self.name, _MENU, _title(symbol))

    def sketch(self, page: Page, offer: Offer) -> Task:
        """Give the task as it is priced."""
        return sketched(page, offer)

    async def task(self, page: Page, target: Span, detail: Mapping[str, Any], workshop: Workshop) -> Task:
        """Find the stub again, and the tests that reach it."""
        symbol = find_function(page, target, detail)
        about = target_of(page, symbol)
        stub = await workshop.offload.run(study, page.snapshot.text, about)
        if not stub.waits:
            message = f"`{symbol.name}` is no stub: it has a body, or the document has a syntax error."
            raise StaleError(message)
        tests = await _tests(page, symbol, workshop, stub)
        runs = not await workshop.lab.absent() and stub.examples and not about.nth
        examples = (ExamplesCheck(workshop.lab, about, page.others),) if runs else ()
        own: tuple[Check, ...] = (
            TextCheck(workshop.offload, judge, (about,)),
            NamesCheck.of(workshop.ruff, workshop.offload),
        )
        decides = bool(examples) or any(check.must_pass and check.selection.decides for check in tests)
        doubt = "" if decides else doubted(await _doubt(page, symbol, workshop, tests))
        return Task(
            id=new_id(),
            kind=self.name,
            snapshot=page.snapshot,
            target=symbol.span,
            goal=f"{_title(symbol)}: write the body that its signature and docstring promise.",
            title=_title(symbol),
            scope=Scope((symbol.span,), imports=True, effects=True),
            oracle=Oracle(own, (*examples, *tests), hard=decides, doubt=doubt, alike=Alike.DEED),
            hints=_HINTS,
        )


_HINTS = (
    "The signature, the decorators and the docstring stay letter for letter as they are.",
    "The body is whole: no part of it is left to be done later, and none raises the error of what is unwritten.",
    "Imports that the body needs may come at the top of the file.",
)


def study(text: str, target: Target) -> Stub:
    """Look at a stub; one that is none, or cannot be read, does not wait."""
    reading = Reading.of(text)
    node = None if reading is None else reading.find(target)
    if reading is None or node is None or not is_stub(node, reading) or is_elsewhere(node, reading.around(node)):
        return Stub(waits=False, examples=False, planted=text)
    at = reading.span(node.body[0])
    end = reading.span(node.body[-1]).end
    planted = f"raise {UNWRITTEN}({marker(target)!r})"
    planted = text[: at.start] + planted + text[end:]
    return Stub(waits=True, examples=has_examples(documentation(node)), planted=planted)


def marker(target: Target) -> str:
    """Give the words that a planted body says."""
    return f"lastmile: {target.qualname} is not written yet"


async def _tests(page: Page, symbol: Symbol, workshop: Workshop, stub: Stub) -> tuple[TestsCheck, ...]:
    """Choose the tests that see the stub; those that reach it and do not pass now have to pass."""
    path = page.snapshot.path
    if await workshop.bench.absent() or path is None:
        return ()
    selection = await workshop.bench.select(page.snapshot, symbol.span)
    if not selection.tests:
        return ()
    texts = {**page.others, path: page.snapshot.text}
    now = await workshop.bench.run(Wanted(selection.tests, texts, as_it_is=True))
    planted = await workshop.bench.run(Wanted(selection.tests, {**page.others, path: stub.planted}))
    words = f"{symbol.qualname} is not written yet"
    # A file that calls the stub while it is collected has no tests yet: which of them have to pass is not known.
    due = tuple(
        item.id for item in planted.broken if words in item.message and item.id not in now.passed and "::" in item.id
    )
    return (TestsCheck(workshop.bench, selection, page.others, due),) if due or now.passed else ()


async def _doubt(page: Page, symbol: Symbol, workshop: Workshop, tests: tuple[TestsCheck, ...]) -> str:
    """Say why the tests do not decide, for the person."""
    if why := await workshop.bench.absent():
        return why
    selection = await workshop.bench.select(page.snapshot, symbol.span)
    return selection.cut or (
        "no test that waits for it was found" if not any(check.must_pass for check in tests) else ""
    )


def _waits(text: str, symbol: Symbol) -> bool:
    """Look at the text alone: this runs while a menu opens."""
    if len(symbol.body) > _LONGEST + (0 if symbol.docstring is None else len(symbol.docstring)):
        return False
    if _ELSEWHERE.search(text, symbol.span.start, symbol.header.start):
        return False
    start = symbol.body.start if symbol.docstring is None else symbol.docstring.end
    return looks_like_stub(text[symbol.header.end : symbol.body.start] + text[start : symbol.body.end])


def _title(symbol: Symbol) -> str:
    return f"Implement `{symbol.name}`"


KIND = ImplementKind()
