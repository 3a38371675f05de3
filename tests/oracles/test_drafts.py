"""What rules draft for selections passes the oracles of their kinds, in every layout; what they cannot, they leave."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from benchmarks.oracle_cases import Subject, extract_function, extract_variable

from lastmile.oracles import moving, moving_draft, variable
from lastmile.text.edits import Span, apply
from lastmile.verify.syntax import judge_syntax

LAYOUTS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "line ends of Windows": lambda text: text.replace("\n", "\r\n"),
    "tabs": lambda text: text.replace("    ", "\t"),
    "a byte order mark": lambda text: "\ufeff" + text,
    "no line end at the end": lambda text: text.removesuffix("\n"),
}


@pytest.mark.parametrize("form", LAYOUTS.values(), ids=LAYOUTS.keys())
@pytest.mark.parametrize("subject", [*extract_variable.SUBJECTS, *extract_function.SUBJECTS])
def test_drafts_by_rule_pass(subject: Subject, form: Callable[[str], str]) -> None:
    marked = form(subject.text)
    plain = marked.replace("«", "").replace("»", "")
    span = Span(marked.index("«"), marked.index("»") - 1)
    rule, judge = (
        (variable.draft, variable.judge) if subject.kind == "extract-variable" else (moving_draft.draft, moving.judge)
    )
    edits = rule(plain, span)
    assert bool(edits) == bool(subject.right)
    if edits:
        after = apply(plain, edits)
        assert [*judge_syntax(plain, after), *judge(plain, after, span)] == []
        assert ("\r\n" in plain) == ("\r\n" in after)
        assert "\r" in plain or "\r" not in after


# What is selected may be named or moved only if nothing is evaluated at another time, or goes missing.
LEFT = {
    "a name that may not be bound": "def f(a):\n    if a:\n        b = 1\n«    c = 2\n    print(b, c)\n»",
    "a return in some cases": "def f(a):\n«    if a:\n        return 1\n    a = 2\n»    return a\n",
    "a break of an outer loop": "def f(a):\n    for b in a:\n«        print(b)\n        break\n»",
    "a yield": "def f(a):\n«    print(a)\n    yield a\n»",
    "an await": "async def f(a):\n«    print(a)\n    await a\n»",
    "a global": "def f(a):\n    global b\n«    b = a\n    print(b)\n»",
    "a closure that sees it": "def f(a):\n    def g():\n        return b\n«    b = a\n    print(b)\n»    return g\n",
    "a handler that sees it": "def f(a):\n    try:\n«        b = 1\n        a()\n»    except E:\n        print(b)\n",
    "half a statement": "def f(a):\n    print(«a)\n    print»(a)\n",
    "locals": "def f(a):\n«    b = a\n    print(locals())\n»",
    "the docstring": 'def f(a):\n«    """Do."""\n    print(a)\n    print(a)\n»',
    "super": "class A(B):\n    def f(self):\n«        print(1)\n        super().f()\n»",
    "a deleted name": "def f(a):\n«    b = a\n    del b\n»",
    "the module": "«a = 1\nb = 2\n»",
}


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT.keys())
def test_what_cannot_be_moved_is_left(text: str) -> None:
    plain = text.replace("«", "").replace("»", "")
    assert moving_draft.draft(plain, Span(text.index("«"), text.index("»") - 1)) == ()


@pytest.mark.parametrize("text", ["", "x = (\n", "def f(:\n    a\n    b\n", "\x00", "é = 1\n"])
def test_broken_texts_are_left(text: str) -> None:
    for start in range(len(text) + 1):
        for end in range(start, len(text) + 1):
            moving_draft.draft(text, Span(start, end))
            variable.draft(text, Span(start, end))
