"""What the kinds that are about one function share: finding it in a page, and proving that it does the same."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import shorten
from typing import Any

from attrs import evolve, frozen

from lastmile.cascade.task import Check
from lastmile.docstrings.placing import at_cursor
from lastmile.errors import RequestError, StaleError
from lastmile.oracles.behaviour import behaviour_for, calls_for
from lastmile.oracles.reading import Target
from lastmile.tasks.kind import Offer, Page, Workshop
from lastmile.text.edits import Span
from lastmile.text.symbols import Symbol, enclosing
from lastmile.verify.tests import oracle_for

_LONGEST_WHY = 200
"""Characters of a reason in a receipt, which is one line."""


@frozen
class Proof:
    """What runs can say of a change that is to change nothing."""

    late: tuple[Check, ...] = ()
    decides: bool = False
    """Whether passing decides: tests see the function, or calls could be made for it."""

    note: str = ""
    """Why it does not decide, for whoever drafts."""


def find_symbol(page: Page, target: Span, detail: Mapping[str, Any]) -> Symbol:
    """Find the symbol that an offer spoke of, nearest to where it stood.

    Raises `StaleError` where it is gone, `RequestError` where the detail does not name one.
    """
    name = detail.get("symbol")
    if not isinstance(name, str):
        message = "The request does not say which function or class it is about."
        raise RequestError(message)
    same = [symbol for symbol in page.symbols if symbol.qualname == name]
    if not same:
        message = f"`{name}` is no longer there."
        raise StaleError(message)
    return min(same, key=lambda symbol: abs(symbol.span.start - target.start))


def find_function(page: Page, target: Span, detail: Mapping[str, Any]) -> Symbol:
    """Find the function that an offer spoke of; raises as `find_symbol` does, and where it is a class."""
    symbol = find_symbol(page, target, detail)
    if symbol.kind != "function":
        message = f"`{symbol.name}` is a class; this is done to functions."
        raise RequestError(message)
    return symbol


def target_of(page: Page, symbol: Symbol) -> Target:
    """Name a symbol for the oracle."""
    same = [item for item in page.symbols if item.qualname == symbol.qualname]
    return Target(symbol.qualname, same.index(symbol))


def function_at(page: Page, span: Span, *, inside: bool = False) -> Symbol | None:
    """Find the function whose head the span is in; with ``inside``, the innermost that holds the span."""
    if page.snapshot.language != "python":
        return None
    symbol = enclosing(page.symbols, span) if inside else at_cursor(page.snapshot, page.symbols, span)
    return symbol if symbol is not None and symbol.kind == "function" else None


def offer_on(page: Page, symbol: Symbol, kind: str, menu: str, title: str) -> Offer:
    """Offer something on a function; greyed out in a document that does not parse, which could not be judged."""
    return Offer(
        kind=kind,
        title=title,
        menu=menu,
        target=symbol.span,
        detail={"symbol": symbol.qualname},
        disabled="The document has a syntax error" if page.is_broken else "",
    )


async def proof_of(page: Page, workshop: Workshop, span: Span, target: Target | None) -> Proof:
    """Find what can be run to show that code does the same: tests that see it, and calls of the target."""
    tests = await oracle_for(workshop.bench, page.snapshot, span, others=page.others, grader=workshop.grader)
    compared = None
    if target is not None:
        made = await workshop.offload.run(calls_for, page.snapshot.text, target)
        compared = await behaviour_for(workshop.lab, page.snapshot, target, made, others=page.others)
    late: tuple[Check, ...] = (*tests.checks, *([] if compared is None else [compared]))
    return Proof(late, tests.decides or compared is not None, tests.note)


def doubted(why: str, decider: str = "test") -> str:
    """Say that nothing decides and why, for the receipt; empty where it is not said why."""
    said = shorten(why, _LONGEST_WHY, placeholder=" …").rstrip(".")
    return f"no {decider} decided ({said})" if why else ""


def without_path(offer: Offer, page: Page) -> Offer:
    """Grey out an offer on a document that has no file, which no test can import."""
    if page.snapshot.path is None and not offer.disabled:
        return evolve(offer, disabled="The document has no file yet")
    return offer
