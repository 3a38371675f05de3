"""Whether another text's functions may be put into what is loaded, and that they do then what the text says."""

from __future__ import annotations

import functools
import sys
from typing import Any

import pytest
from attrs import frozen

from lastmile.testing.worker.lastmile_inside.trying.running import watch
from lastmile.testing.worker.lastmile_inside.trying.swap import Loaded

pytestmark = pytest.mark.slow

TOTAL = "def total(items):\n    return {}\n"
WRAPPED = """\
def counted(function):
    def inner(items):
        return function(items) + {}
    return inner

@counted
def total(items):
    return sum(items)
"""
BUILT = "def rate():\n    return {}\n\nRATES = [rate()]\ndef total(items):\n    return RATES[0] * sum(items)\n"
STARTED = (
    "def count():\n    yield {}\n    yield {}\n\nNUMBERS = count()\n{}\ndef total(items):\n    return next(NUMBERS)\n"
)


@frozen
class Row:
    """Two texts, whether one can be made of the other where it is loaded, and what comes of ``total([1, 2])`` then."""

    old: str
    new: str
    swapped: bool
    value: object = None
    watched: bool = True


ROWS = {
    "a body": Row(TOTAL.format("0"), TOTAL.format("sum(items)"), swapped=True, value=3),
    "what a decorator keeps": Row(
        "from functools import cache, wraps\n@cache\ndef add(one, other):\n    return 0\n"
        + TOTAL.format("add(*items)"),
        "from functools import cache, wraps\n@cache\ndef add(one, other):\n    return one + other\n"
        + TOTAL.format("add(*items)"),
        swapped=True,
        value=3,
    ),
    "what a decorator returned": Row(WRAPPED.format("1"), WRAPPED.format("0"), swapped=True, value=3),
    "a decorator itself": Row(
        WRAPPED.format("0"), WRAPPED.format("0").replace("return inner", "return len"), swapped=False
    ),
    "what a module computed": Row(BUILT.format("2"), BUILT.format("1"), swapped=False),
    "what a module did not compute": Row(
        BUILT.format("2").replace("[rate()]", "[1]"),
        BUILT.format("1").replace("[rate()]", "[1]"),
        swapped=True,
        value=3,
    ),
    "what a module computed with what only moved": Row(
        BUILT.format("2"), "# A comment.\n" + BUILT.format("2").replace("* sum", "+ sum"), swapped=True, value=5
    ),
    "nobody knows what ran": Row(TOTAL.format("0"), TOTAL.format("1"), swapped=False, watched=False),
    "nobody knows, and nothing differs": Row(
        TOTAL.format("0"), f"\n{TOTAL.format('0')}", swapped=True, value=0, watched=False
    ),
    "a generator under way": Row(
        STARTED.format(1, 2, "next(NUMBERS)"), STARTED.format(1, 3, "next(NUMBERS)"), swapped=False
    ),
    "a generator that waits": Row(STARTED.format(1, 2, ""), STARTED.format(3, 2, ""), swapped=False),
    "a documentation": Row(
        TOTAL.format("0").replace("    ", "    'Add.'\n    "),
        TOTAL.format("0").replace("    ", "    'Sum.'\n    "),
        swapped=False,
    ),
    "a parameter": Row(TOTAL.format("0"), TOTAL.format("0").replace("items", "items, more"), swapped=False),
    "a parameter by place alone": Row(TOTAL.format("0"), TOTAL.format("0").replace("items", "items, /"), swapped=False),
    "a default": Row(TOTAL.format("0"), TOTAL.format("0").replace("items", "items=1"), swapped=False),
    "a method": Row(
        "class Cart:\n    def total(self, items):\n        return 0\ntotal = Cart().total\n",
        "class Cart:\n    def total(self, items):\n        return 3\ntotal = Cart().total\n",
        swapped=True,
        value=3,
    ),
    "a class": Row(
        "class Cart:\n    size = 1\n" + TOTAL.format("0"),
        "class Cart:\n    size = 2\n" + TOTAL.format("0"),
        swapped=False,
    ),
    "a copy of the code": Row(
        f"{TOTAL.format('0')}total = type(total)(total.__code__.replace(co_flags=total.__code__.co_flags), {{}})\n",
        f"{TOTAL.format('1')}total = type(total)(total.__code__.replace(co_flags=total.__code__.co_flags), {{}})\n",
        swapped=False,
    ),
    **{
        f"{old} and {new}": Row(
            f"SEEN = {old}\n{TOTAL.format('SEEN')}", f"SEEN = {new}\n{TOTAL.format('SEEN')}", swapped=False
        )
        for old, new in (
            ("1", "True"),
            ("1", "1.0"),
            ("0.0", "-0.0"),
            ("(1, 2)", "(True, 2)"),
            ("(0, (1.0,))", "(0, (1,))"),
            ("0 in {0, 1}", "0 in {False, 1}"),
            ("(0j, 1)", "(-0j, 1)"),
        )
    },
    **{
        f"{old} and {new} in a body": Row(TOTAL.format(old), TOTAL.format(new), swapped=True, value=value)
        for old, new, value in (("1", "True", True), ("0.0", "-0.0", -0.0), ("(1, 2)", "(True, 2)", (True, 2)))
    },
}


@pytest.mark.parametrize("row", [pytest.param(row, id=name) for name, row in ROWS.items()])
def test_a_text_is_put_in_where_that_is_the_same_as_loading_it(row: Row) -> None:
    path = f"/nowhere/{hash(row)}.py"
    code = compile(row.old, path, "exec", dont_inherit=True)
    space: dict[str, Any] = {}
    before, seeing = sys.gettrace(), watch()
    seeing.add(code)
    exec(code, space)  # noqa: S102 - it stands above
    ran = seeing.stop()
    sys.settrace(before)
    loaded = Loaded([code], ran if row.watched else None)
    assert loaded
    assert loaded.swap(compile(row.new, path, "exec", dont_inherit=True)) is row.swapped
    if row.swapped:
        assert repr(space["total"]([1, 2])) == repr(row.value)


def test_where_somebody_else_traces_it_is_not_known_what_ran() -> None:
    before, seeing = sys.gettrace(), watch()
    seeing.add(compile(TOTAL.format("0"), "/nowhere/traced.py", "exec"))
    other = functools.partial(lambda *_event: None)
    try:
        sys.settrace(other)
        ran = seeing.stop()
    finally:
        sys.settrace(before)
    assert ran is None or hasattr(sys, "monitoring")
