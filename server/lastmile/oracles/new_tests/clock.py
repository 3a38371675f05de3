"""Code under test with its clock a year on: tests that pass today alone fail on it.

Only where the code itself asks the standard library for the day or the time, by the names that its file
imports; a clock that a test put in the place of that one is left alone, for then the test gives the day.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lastmile.oracles.new_tests.habits import Names
from lastmile.testing.mutation.values import Page
from lastmile.text.edits import Replacement, Span, apply

_DAYS = 400
"""More than a year, and no whole number of them: another year, another month, another day of the week."""

_DATES = frozenset(
    {"datetime.date.today", "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today"}
)
_SECONDS = "time.time"
_OF_A_DATE = (
    "(lambda kind, now: now + __import__('datetime').timedelta({days})"
    " if getattr(kind, '__module__', '') == 'datetime' else now)({owner}, {call})"
)
_OF_SECONDS = (
    "(lambda read: read() + {days} * 86400 if type(read).__name__ == 'builtin_function_or_method' else read())({read})"
)


def later(text: str, span: Span) -> str:
    """Give the text with every clock that the span reads a while on; the text itself where it reads none."""
    try:
        page = Page.of(text)
        return apply(text, list(_shifted(page, span)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text


def _shifted(page: Page, span: Span) -> Iterator[Replacement]:
    names = Names.of(page.tree)
    for node in ast.walk(page.tree):
        if isinstance(node, ast.Call) and span.contains(page.span(node)):
            name, call = names.full(node.func), page.source(node)
            if name in _DATES and isinstance(node.func, ast.Attribute):
                owner = page.source(node.func.value)
                yield Replacement(page.span(node), _OF_A_DATE.format(days=_DAYS, owner=owner, call=call))
            elif name == _SECONDS:
                read = page.source(node.func)
                yield Replacement(page.span(node), _OF_SECONDS.format(days=_DAYS, read=read))
