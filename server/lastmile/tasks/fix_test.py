"""Make failing tests pass by changing a function, and never a test.

It is offered on a function whose tests fail or are not known, and in a test. In a test's own file
the function to be mended is in another file, and is found by a traced run (`covered`). A menu runs
nothing: what the tests say is found out when the task is made, and told where they pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import evolve, frozen

from lastmile.cascade.alike import Alike
from lastmile.cascade.context import Reference
from lastmile.cascade.task import Oracle, Scope, Task
from lastmile.errors import RequestError, StaleError
from lastmile.jobs.shortening import shorten
from lastmile.oracles.checks import NamesCheck, TextCheck
from lastmile.oracles.mending import judge
from lastmile.tasks.covered import covered
from lastmile.tasks.functions import doubted, find_function, function_at, offer_on, target_of, without_path
from lastmile.tasks.identity import new_id
from lastmile.tasks.kind import Offer, Page, Workshop
from lastmile.tasks.reached import reached
from lastmile.tasks.sketching import sketched
from lastmile.testing.memory import qualname
from lastmile.testing.naming import is_test_file
from lastmile.testing.values import Answer, Result, Run, Selection, Wanted
from lastmile.text.edits import Span
from lastmile.text.symbols import Symbol
from lastmile.verify.tests import TestsCheck
from lastmile.verify.tests_delta import reason

NAME = "fix-test"
_MENU = f"refactor.rewrite.lastmile.{NAME}"
_WORD = re.compile(r"\w+")
_MOST_SHOWN = 3
_LINES = 12
"""Lines of a failure that the drafter is shown."""


@frozen
class FixTestKind:
    """The kind ``fix-test``."""

    name: str = NAME
    menus: tuple[str, ...] = (_MENU,)
    deadline: float = 180.0
    difficulty: float = 0.45
    free_only: bool = False

    def offers(self, page: Page, span: Span) -> Iterable[Offer]:
        """Offer it on the head of a function, and anywhere in a test; not where its tests are known to pass."""
        if page.untested:
            return
        test = function_at(page, span, inside=True)
        if test is not None and is_test(test):
            yield from (without_path(offer, page) for offer in _in_test(page, test))
            return
        tested = function_at(page, span)
        fails = None if tested is None else page.standing.fails(tested.span)
        if tested is not None and fails is not False and not is_test_file(page.snapshot.name):
            how = "so that its failing tests pass" if fails else "if one of its tests fails"
            yield without_path(offer_on(page, tested, NAME, _MENU, f"Fix `{tested.name}`, {how}"), page)

    def sketch(self, page: Page, offer: Offer) -> Task:
        """Give the task as it is priced."""
        return sketched(page, offer)

    async def task(self, page: Page, target: Span, detail: Mapping[str, Any], workshop: Workshop) -> Task:
        """Run the tests that see the function, and ask for the failing ones to pass."""
        case = await _case(page, target, detail, workshop)
        page, symbol, failing = case.page, case.symbol, case.failing
        about = target_of(page, symbol)
        names = ", ".join(f"`{item.id}`" for item in failing[:_MOST_SHOWN])
        own = (TextCheck(workshop.offload, judge, (about,)), NamesCheck.of(workshop.ruff, workshop.offload))
        must_pass = tuple(item.id for item in failing)
        seconds = page.settings.verify.tests.seconds
        check = TestsCheck(workshop.bench, case.selection, page.others, must_pass, seconds)
        return Task(
            id=new_id(),
            kind=self.name,
            snapshot=page.snapshot,
            target=symbol.span,
            goal=f"Fix `{symbol.name}`, so that {names} pass{'es' if len(failing) == 1 else ''}.",
            title=f"Fix the failing test{'s' if len(failing) > 1 else ''} of `{symbol.name}`",
            scope=Scope((symbol.span,), imports=True, effects=True),
            oracle=Oracle(
                own, (check,), hard=check.selection.decides, doubt=doubted(case.selection.cut), alike=Alike.DEED
            ),
            hints=(*_HINTS, *(() if case.seen else (_UNSEEN,)), *(_told(item) for item in failing[:_MOST_SHOWN])),
            references=case.references,
        )


@frozen
class _Case:
    """A function with failing tests."""

    page: Page
    """Of the file that the function stands in."""

    symbol: Symbol
    selection: Selection
    failing: tuple[Result, ...]
    references: tuple[Reference, ...] = ()
    seen: bool = True
    """Whether the tests were seen to run the function."""


_HINTS = (
    "The tests are right and stay as they are. The signature stays too.",
    "Mend what is wrong for every input, not for the inputs of the tests alone.",
)
_UNSEEN = "Whether these tests run it could not be seen: they start programs, or it runs while they are loaded."


async def _case(page: Page, target: Span, detail: Mapping[str, Any], workshop: Workshop) -> _Case:
    """Find out which tests fail, and of which function.

    Raises `RequestError` where none can run, `StaleError` where all pass, or none that fails runs the function.
    """
    test = detail.get("test")
    if isinstance(test, str) and "symbol" not in detail:
        return await _elsewhere(page, find_function(page, target, {"symbol": test}), workshop)
    path, symbol = page.snapshot.path, find_function(page, target, detail)
    if why := await workshop.bench.absent() or ("The document has no file yet: save it first." if path is None else ""):
        raise RequestError(why)
    assert path is not None  # noqa: S101 - for the type checker: said above
    selection = await workshop.bench.select(page.snapshot, symbol.span)
    if not selection.tests:
        message = f"No test sees `{symbol.name}`. {selection.cut}".strip()
        raise RequestError(message)
    texts, seconds = {**page.others, path: page.snapshot.text}, page.settings.verify.tests.seconds
    wanted = Wanted(selection.tests, texts, seconds, as_it_is=True)
    now = await workshop.bench.run(wanted)
    ran = [item for item in now.broken if "::" in item.id]  # a module that cannot be collected is no test
    failing = tuple(item for item in ran if not isinstance(test, str) or qualname(item.id) == test)
    if not failing:
        raise _nothing(symbol, test, now)
    found = await reached(workshop.bench, wanted, failing, path, symbol)
    if not found.failing:
        raise _unreached(symbol, failing)
    return _Case(page, symbol, selection, found.failing, seen=found.seen)


async def _elsewhere(page: Page, test: Symbol, workshop: Workshop) -> _Case:
    """Find the function of another file that a failing test covers, and what else sees it."""
    found = await covered(page, test, workshop)
    selection = await workshop.bench.select(found.page.snapshot, found.symbol.span)
    failing = tuple(item.id for item in found.failing)
    near = tuple(name for name in selection.tests if name not in failing)
    return _Case(
        found.page,
        found.symbol,
        evolve(selection, tests=(*failing, *near)),
        found.failing,
        (Reference(page.snapshot, test.span),),
    )


def _nothing(symbol: Symbol, test: object, now: Run) -> RequestError:
    uncollected = [item for item in now.broken if "::" not in item.id]
    barred = [item for item in now.results.values() if item.answer is Answer.BARRED]
    unrun = uncollected or ([] if now.passed else barred)
    if why := now.trouble or "; ".join(map(reason, unrun[:_MOST_SHOWN])):
        return RequestError(f"The tests of `{symbol.name}` could not be run: {why}")
    if isinstance(test, str):
        return StaleError(f"`{test}` passes: there is nothing to fix.")
    count = len(now.results)
    told = "Its test passes" if count == 1 else f"Its {count} tests pass"
    if barred:
        told = f"{len(barred)} of its {count} tests cannot be run in the sandbox, the others pass"
    return StaleError(f"{told}: there is nothing to fix in `{symbol.name}`.")


def _unreached(symbol: Symbol, failing: tuple[Result, ...]) -> StaleError:
    """Say that what fails has nothing to do with the function."""
    fails = f"`{failing[0].id}` fails" if len(failing) == 1 else f"{len(failing)} tests fail"
    ran = "it runs not a line" if len(failing) == 1 else "none of them runs a line"
    return StaleError(f"{fails}, and {ran} of `{symbol.name}`: there is nothing to fix in it.")


def is_test(symbol: Symbol) -> bool:
    """Tell whether a function is one that pytest collects by its name."""
    return symbol.kind == "function" and symbol.name.startswith("test")


def _in_test(page: Page, test: Symbol) -> Iterator[Offer]:
    """Offer to mend what a test covers: functions of its document that it mentions, or of another file."""
    fails = page.standing.own.get(test.qualname)
    if fails is False:
        return
    how = f"so that the failing test `{test.name}` passes" if fails else f"if the test `{test.name}` fails"
    if is_test_file(page.snapshot.name):
        offer = offer_on(page, test, NAME, _MENU, f"Fix the code, {how}")
        yield evolve(offer, detail={"test": test.qualname})
        return
    for symbol in _mentioned(page, test):
        offer = offer_on(page, symbol, NAME, _MENU, f"Fix `{symbol.name}`, {how}")
        yield evolve(offer, detail={**offer.detail, "test": test.qualname})


def _mentioned(page: Page, test: Symbol) -> list[Symbol]:
    """Give the functions of the document that a test mentions; the menu shows no more than a few."""
    words = set(_WORD.findall(test.body.of(page.snapshot.text)))
    tops = [item for item in page.symbols if item.kind == "function" and not is_test(item)]
    return [item for item in tops if item.name in words][:_MOST_SHOWN]


def _told(item: Result) -> str:
    lines = shorten(item.message, lines=_LINES).splitlines()
    what = "cannot run" if item.answer is Answer.ERROR else "fails"
    return "\n".join([f"{item.id} {what}:", *(f"    {line}" for line in lines)])


KIND = FixTestKind()
