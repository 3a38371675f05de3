"""Which small changes are proposed: a line with a bug, and what one of the proposals makes of it."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lastmile.repair.priors import PRIORS
from lastmile.repair.proposals import parsed, proposals
from lastmile.repair.reaching import dead
from lastmile.repair.values import Evidence
from lastmile.text.edits import Span

PROPOSED = {
    "boundary": ("if a < b:\n    return a", "if a <= b:\n    return a"),
    "base case": ("if len(a) == 0:\n    return a", "if len(a) <= 1:\n    return a"),
    "comparison": ("return a is b", "return a is not b"),
    "operator": ("a ^= b", "a &= b"),
    "negation": ("if a:\n    return b", "if not a:\n    return b"),
    "index": ("return a[b]", "return a[b - 1]"),
    "range": ("for c in range(b):\n    pass", "for c in range(b + 1):\n    pass"),
    "constant": ("return a[1:]", "return a[0:]"),
    "variable": ("return a[a]", "return a[b]"),
    "attribute": ("a.append(b)", "a.extend(b)"),
    "function": ("return any(a)", "return all(a)"),
    "swapped arguments": ("return g(a, b)", "return g(b, a)"),
    "swapped subscript": ("return c[a, b]", "return c[b, a]"),
    "swapped operands": ("return a - b", "return b - a"),
    "fewer operands": ("return 1 + a", "return a"),
    "unwrapped": ("return g(a)", "return a"),
    "wrapped": ("return a", "return sorted(a)"),
    "copied": ("c = a", "c = a.copy()"),
    "kept best": ("c = a + b", "c = max(c, a + b)"),
    "square": ("return abs(a - b)", "return abs(a - b ** 2)"),
    "slice": ("return g(a)", "return g(a[1:])"),
    "element": ("return []", "return [[]]"),
    "computed truth": ("return True", "return a == 0"),
    "guarded condition": ("if a.b is None:\n    return a", "if a is None or a.b is None:\n    return a"),
    "more conditions": ("if a < 0:\n    return a", "if a < 0 or not b:\n    return a"),
    "loop": ("while True:\n    a = g(b)", "while a:\n    a = g(b)"),
    "recursion": ("return f(a, b)", "return f(a, b - 1)"),
    "reused": ("c[a] = c[b]", "c[b] = c[b]"),
    "added call": ("c = []\nreturn c", "c = []\nc.append(a)\nreturn c"),
    "added assignment": ("c = a\nreturn c", "c = a\nc = b\nreturn c"),
    "guard": ("return a", "if not a:\n    return None\nreturn a"),
    "deleted": ("a = b\nreturn a", "pass\nreturn a"),
    "swapped statements": ("a = b\nb = a", "b = a\na = b"),
    "moved out": ("for c in a:\n    b = c\n    return b", "for c in a:\n    b = c\nreturn b"),
    "moved in": ("for c in a:\n    b = c\nreturn b", "for c in a:\n    b = c\n    return b"),
    "assigned": ("a.update(b)", "a = b"),
    "yield from": ("yield g(a)", "yield from g(a)"),
    "returned": ("if a:\n    f(a, b)", "if a:\n    return f(a, b)"),
}


def body(lines: str) -> str:
    indented = "".join(f"    {line}\n" for line in lines.splitlines())
    return f"# é, and\ta tab\ndef f(a, b):\n{indented}\n\nx = 'left alone'   \n"


def texts(source: str) -> list[str]:
    found = proposals(source, Evidence())
    return [made[0] for made in parsed(source, found) if made is not None]


@pytest.mark.parametrize("name", PROPOSED)
def test_a_change_is_proposed(name: str) -> None:
    bug, repair = PROPOSED[name]
    assert body(repair) in texts(body(bug))


@settings(deadline=None, max_examples=15)
@given(st.sampled_from(sorted(PROPOSED)))
def test_the_rest_stays_as_it_was(name: str) -> None:
    source = body(PROPOSED[name][0])
    for text in texts(source):
        ast.parse(text)
        assert text.startswith("# é, and\ta tab\ndef f(a, b):\n    ")
        assert text.endswith("\n\n\nx = 'left alone'   \n")


def test_kinds_and_order() -> None:
    found = proposals(body("if a < b:\n    return g(a, b)"), Evidence())
    assert {item.kind for item in found} <= PRIORS.keys()
    assert [item.score for item in found] == sorted((item.score for item in found), reverse=True)
    assert found == proposals(body("if a < b:\n    return g(a, b)"), Evidence())


def test_suspect_lines_come_first() -> None:
    source = body("c = a + 1\nd = b + 1\nreturn c")
    first = proposals(source, Evidence((frozenset({3, 4, 5}),), (frozenset({3, 5}),)))[0]
    assert first.line == 4


def test_only_the_target_is_changed() -> None:
    source = "def f(a):\n    return a + 1\n\n\ndef g(a):\n    return a + 1\n"
    lines = {item.line for item in proposals(source, Evidence(), Span(source.index("def g"), len(source)))}
    assert lines == {6}


@pytest.mark.parametrize(
    ("loop", "kept"),
    [
        ("while a:\n    b += 1", False),
        ("while a < b:\n    c = 1", False),
        ("while a:\n    a -= 1", True),
        ("while a:\n    a.pop()", True),
        ("while len(a) > 1:\n    g(a)", True),
        ("while True:\n    return a", True),
        ("while True:\n    a = next(b)", False),
    ],
)
def test_loops_that_plainly_never_end_are_not_tried(loop: str, *, kept: bool) -> None:
    found = proposals(body("return a + 1"), Evidence())[:1]
    source = body(f"{loop}\nreturn a + 1")
    moved = [item for item in proposals(source, Evidence()) if item.kind == found[0].kind and item.line > 4]
    made = parsed(source, moved[:1])
    assert (made[0] is not None) is kept


@pytest.mark.slow
@pytest.mark.parametrize(
    "bug",
    [
        'print("x")\nreturn a / b',
        "log.debug(a)\nc = a[b]\nreturn c.strip()",
        "for c in a:\n    g(c)\n    b += 1\nreturn b",
        "if a:\n    g(a)\nelse:\n    return b\nreturn a",
        "while a:\n    if b:\n        break\n    a = g(a)\nreturn a",
    ],
)
def test_nothing_is_made_unreachable(bug: str) -> None:
    made = texts(body(bug))
    assert made
    assert [text for text in made if dead(ast.parse(text))] == []


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        ("return a\nb = 1\nif b:\n    g(b)", 3),
        ("if a:\n    return a\nelse:\n    raise b\ng(a)", 1),
        ("if a:\n    return a\ng(a)", 0),
        ("while True:\n    g(a)\nreturn a", 1),
        ("while True:\n    for c in a:\n        break\n    if a:\n        break\nreturn a", 1),
        ("while True:\n    if a:\n        break\nreturn a", 0),
        ("if False:\n    g(a)\nreturn b", 1),
        ("try:\n    return a\nexcept E:\n    return b\ng(a)", 1),
        ("try:\n    return a\nexcept E:\n    pass\ng(a)", 0),
        ("with c:\n    return a\ng(a)", 0),
        ("for c in a:\n    continue\n    g(c)", 1),
        ("for c in a:\n    g(c)\n    break", 1),
    ],
)
def test_what_never_runs_is_counted(lines: str, count: int) -> None:
    assert dead(ast.parse(body(lines))) == count


def test_code_that_was_unreachable_before_forbids_nothing() -> None:
    assert body("return a <= b\ng(a)") in texts(body("return a < b\ng(a)"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "twin", "made"),
    [
        pytest.param(
            "def f(a):\n    c = set()\n    for b in a:\n        if b in c:\n            return b\n",
            "def f(a):\n    c = set()\n    for b in a:\n        if c:\n            return b\n",
            "c.add(b)",
            id="what is looked into and never filled",
        ),
        pytest.param(
            "def f(a):\n    return g(a[1:])\n",
            "def f(a):\n    return f(a[1:])\n",
            "return a[1:]",
            id="a call of another function goes rather than one of itself",
        ),
    ],
)
def test_one_place_is_likelier_than_another(source: str, twin: str, made: str) -> None:
    scores = [
        max(item.score / _total(text) for item in proposals(text, Evidence()) if made in item.on(text))
        for text in (source, twin)
    ]
    assert scores[0] > 2 * scores[1]


def _total(text: str) -> float:
    return sum(item.score for item in proposals(text, Evidence()))


def test_what_does_not_parse_gets_no_proposal() -> None:
    assert proposals("def f(:\n", Evidence()) == ()
