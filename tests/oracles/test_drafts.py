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


# The header of the new function: with types only where the text tells all of them.
HEADERS = {
    "def f(a: int, b: str) -> None:\n«    print(a)\n    print(b)\n»    print()\n": "(a: int, b: str) -> None:",
    "def f(a: int) -> int:\n«    b: list[int] = [a]\n    b.append(a)\n»    return b[0]\n": "(a: int) -> list[int]:",
    "def f(a: int) -> int:\n    n = 0\n«    n += a\n    print(n)\n»    return n\n": "(a: int, n: int) -> int:",
    "def f(a: int) -> str:\n«    a += 1\n    return str(a)\n»": "(a: int) -> str:",
    "def f(a: int) -> int:\n«    b = 'x'\n    c = 1.5\n»    return a + len(b) + c\n": "() -> tuple[str, float]:",
    (
        "def f(*a: int, **b: str) -> None:\n«    print(a)\n    print(b)\n»    print()\n"
    ): "(a: tuple[int, ...], b: dict[str, str]) -> None:",
    (
        "class A:\n    def f(self, a: B) -> None:\n«        print(a)\n        print(self)\n»        print()\n"
    ): "(self, a: B) -> None:",
    "def f(a: int) -> int:\n    b = g(a)\n«    print(a)\n    print(b)\n»    return b\n": "(a, b):",
    "def f(a: int, b) -> int:\n«    print(a)\n    print(b)\n»    return b\n": "(a, b):",
    "def f(a: int):\n«    print(a)\n    print(a)\n»    print()\n": "(a):",
    "def f(a: int) -> int:\n    for b in g():\n«        print(b)\n        print(a)\n»    return a\n": "(a, b):",
    "def f(a: int) -> int:\n    b: Final = a\n«    print(a)\n    print(b)\n»    return b\n": "(a, b):",
    "def f(a: int) -> int:\n    b = None\n«    print(a)\n    print(b)\n»    return a\n": "(a, b):",
    (
        "def o():\n    class B: ...\n    def f(a: B) -> None:\n"
        "«        print(a)\n        print(1)\n»        print()\n    return f\n"
    ): "(a):",
    (
        "class A:\n    @staticmethod\n    def f(a: B) -> None:\n«        print(a)\n        print(1)\n»        print()\n"
    ): "(a):",
    "def f(a: int) -> Iterator[int]:\n    yield a\n«    print(a)\n    return None\n»": "(a):",
    (
        "def f(first: dict[str, tuple[int, ...]], second: dict[str, int]) -> None:\n"
        "«    print(first)\n    print(second)\n»    print()\n"
    ): ("(\n    first: dict[str, tuple[int, ...]],\n    second: dict[str, int],\n) -> None:"),
}


@pytest.mark.parametrize(("marked", "header"), HEADERS.items())
def test_a_function_of_statements_has_the_types_that_the_text_tells(marked: str, header: str) -> None:
    plain = marked.replace("«", "").replace("»", "")
    span = Span(marked.index("«"), marked.index("»") - 1)
    after = apply(plain, moving_draft.draft(plain, span))
    assert f"def _extracted{header}" in after
    assert list(moving.judge(plain, after, span)) == []


def test_an_annotation_that_calls_something_is_refused() -> None:
    text = "def f(a: int) -> None:\n    print(a)\n    print(a)\n    print()\n"
    span = Span(text.index("    print"), text.index("    print()") - 1)
    after = apply(text, moving_draft.draft(text, span)).replace("_extracted(a: int)", "_extracted(a: g())")
    assert any("is more than a type" in finding.message for finding in moving.judge(text, after, span))
