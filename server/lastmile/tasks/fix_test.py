"""Make the failing tests of a function pass, by changing the function and never a test.

It is offered on a function, and in a test that stands in the same document as the function that it
tests. Which tests fail is found out when the task is made, because a menu runs nothing. An edit of
another document than the one that is open is not made: `lsp.landing` could not bring it in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from lastmile.cascade.alike import Alike
from lastmile.cascade.values import Oracle, Scope, Task
from lastmile.errors import RequestError, StaleError
from lastmile.oracles.checks import NamesCheck, TextCheck
from lastmile.oracles.mending import judge
from lastmile.tasks.functions import find_function, function_at, offer_on, target_of, without_path
from lastmile.tasks.identity import new_id
from lastmile.tasks.kind import Offer, Page, Workshop
from lastmile.tasks.sketching import sketched
from lastmile.testing.values import Answer, Result, Run, Wanted
from lastmile.text.edits import Span
from lastmile.text.symbols import Symbol
from lastmile.verify.tests import TestsCheck

_MENU = "refactor.rewrite.lastmile.fix-test"
_WORD = re.compile(r"\w+")
_MOST_SHOWN = 3
_LINES = 12
"""Lines of a failure that the drafter is shown."""


@frozen
class FixTestKind:
    """The kind ``fix-test``."""

    name: str = "fix-test"
    menus: tuple[str, ...] = (_MENU,)
    deadline: float = 180.0
    difficulty: float = 0.45
    free_only: bool = False

    def offers(self, page: Page, span: Span) -> Iterable[Offer]:
        """Offer it on the head of a function, and anywhere in a test of one that stands in the document."""
        if page.untested:
            return
        test = function_at(page, span, inside=True)
        if test is not None and is_test(test):
            for symbol in _covered(page, test):
                title = f"Fix `{symbol.name}`, so that the failing test `{test.name}` passes"
                offer = offer_on(page, symbol, self.name, _MENU, title)
                detail = {**offer.detail, "test": test.qualname}
                found = Offer(self.name, title, _MENU, symbol.span, detail, disabled=offer.disabled)
                yield without_path(found, page)
            return
        tested = function_at(page, span)
        if tested is not None and not _is_test_file(page):
            title = f"Fix `{tested.name}`, so that its failing tests pass"
            yield without_path(offer_on(page, tested, self.name, _MENU, title), page)

    def sketch(self, page: Page, offer: Offer) -> Task:
        """Give the task as it is priced."""
        return sketched(page, offer)

    async def task(self, page: Page, target: Span, detail: Mapping[str, Any], workshop: Workshop) -> Task:
        """Run the tests that see the function, and ask for the failing ones to pass."""
        symbol = find_function(page, target, detail)
        about = target_of(page, symbol)
        check, failing = await _failing(page, symbol, detail.get("test"), workshop)
        names = ", ".join(f"`{item.id}`" for item in failing[:_MOST_SHOWN])
        own = (TextCheck(workshop.offload, judge, (about,)), NamesCheck.of(workshop.ruff, workshop.offload))
        return Task(
            id=new_id(),
            kind=self.name,
            snapshot=page.snapshot,
            target=symbol.span,
            goal=f"Fix `{symbol.name}`, so that {names} pass{'es' if len(failing) == 1 else ''}.",
            title=f"Fix the failing test{'s' if len(failing) > 1 else ''} of `{symbol.name}`",
            scope=Scope((symbol.span,), imports=True),
            oracle=Oracle(own, (check,), hard=check.selection.decides, alike=Alike.DEED),
            hints=(*_HINTS, *(_told(item) for item in failing[:_MOST_SHOWN])),
        )


_HINTS = (
    "The tests are right and stay as they are. The signature stays too.",
    "Mend what is wrong for every input, not for the inputs of the tests alone.",
)


async def _failing(
    page: Page, symbol: Symbol, test: object, workshop: Workshop
) -> tuple[TestsCheck, tuple[Result, ...]]:
    """Find the failing tests that see the function.

    Raises `RequestError` where none can run, `StaleError` where all pass.
    """
    path = page.snapshot.path
    if why := await workshop.bench.absent() or ("The document has no file yet: save it first." if path is None else ""):
        raise RequestError(why)
    assert path is not None  # noqa: S101 - for the type checker: said above
    selection = await workshop.bench.select(page.snapshot, symbol.span)
    if not selection.tests:
        message = f"No test sees `{symbol.name}`. {selection.cut}".strip()
        raise RequestError(message)
    now = await workshop.bench.run(Wanted(selection.tests, {**page.others, path: page.snapshot.text}))
    failing = tuple(item for item in now.broken if not isinstance(test, str) or is_of(item.id, test))
    if not failing:
        raise _nothing(symbol, test, now)
    check = TestsCheck(workshop.bench, selection, page.others, tuple(item.id for item in failing))
    return check, failing


def _nothing(symbol: Symbol, test: object, now: Run) -> RequestError:
    if now.trouble and not now.results:
        return RequestError(f"The tests of `{symbol.name}` could not be run: {now.trouble}")
    told = f"`{test}` passes" if isinstance(test, str) else f"Every test that sees `{symbol.name}` passes"
    return StaleError(f"{told}: there is nothing to fix.")


def is_of(identity: str, qualname: str) -> bool:
    """Tell whether a node id is that of a test function, whatever its parameters."""
    parts = identity.partition("[")[0].split("::")[1:]
    return ".".join(parts) == qualname


def is_test(symbol: Symbol) -> bool:
    """Tell whether a function is one that pytest collects by its name."""
    return symbol.kind == "function" and symbol.name.startswith("test")


def _covered(page: Page, test: Symbol) -> list[Symbol]:
    """Give the functions of the document that a test mentions; the menu shows no more than a few."""
    words = set(_WORD.findall(test.body.of(page.snapshot.text)))
    tops = [item for item in page.symbols if item.kind == "function" and not is_test(item)]
    return [item for item in tops if item.name in words][:_MOST_SHOWN]


def _is_test_file(page: Page) -> bool:
    name = page.snapshot.name
    return name.startswith(("test_", "conftest")) or name.endswith("_test.py")


def _told(item: Result) -> str:
    lines = item.message.splitlines()[-_LINES:]
    what = "cannot run" if item.answer is Answer.ERROR else "fails"
    return "\n".join([f"{item.id} {what}:", *(f"    {line}" for line in lines)])


KIND = FixTestKind()
