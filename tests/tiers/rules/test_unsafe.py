"""Ruff's unsafe fixes are proposed only where they change nothing but what was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.judging import ruff_in, task_on

from lastmile.text.diagnostic import Diagnostic, Fix, Safety
from lastmile.text.edits import Replacement, Span, apply
from lastmile.tiers.rules.proposals import Proposals
from lastmile.tiers.rules.unsafe import is_sound, keeps_comments
from lastmile.tools.offload import Offload

OWN = "class A:\n    def __{}__(self, other): ...\n\n\n"
IN_F = "def f(a, b: bool, c: bool = None):\n    {}\n"


@pytest.mark.parametrize(
    ("rule", "text", "proposed"),
    [
        ("E711", "if a == None:\n    f()\n", True),
        ("E711", "if f(a) == None and b:\n    f()\n", True),
        ("E711", "assert a.b != None and c\n", True),
        ("E711", "x = [a for a in b if a == None]\n", True),
        ("E711", "x = 1 if a == None else 2\n", True),
        ("E711", "x = not (a == None)\n", True),
        ("E711", "x = bool(a == None)\n", True),
        ("E711", OWN.format("eq") + "if a == None:\n    f()\n", False),
        ("E711", "x = a == None\n", False),
        ("E711", "x = a == None or b\n", False),
        ("E711", "f(a == None and b)\n", False),
        ("E711", "query.filter(User.name == None)\n", False),
        ("E711", "query.filter(where=User.name == None)\n", False),
        ("E711", "query.filter((User.name == None) & b)\n", False),
        ("E711", "x = ~(a == None)\n", False),
        ("E712", "table[table.a == True]\n", False),
        ("E712", "if a == False:\n    f()\n", False),
        ("E712", 'assert check("x") == True\n', False),
        ("E712", IN_F.format("return a == True"), False),
        ("E712", IN_F.format("return c == True"), False),
        ("E712", IN_F.format("return b == True"), True),
        ("E712", IN_F.format("return b != True or isinstance(a, int) == False"), True),
        ("E712", IN_F.format("x = a in b and not b\n    return x == True"), True),
        ("E712", IN_F.format("x = a < b\n    return x == True"), False),
        ("E712", IN_F.format("x = a\n    return x == True"), False),
        ("SIM201", "if not a == b:\n    f()\n", True),
        ("SIM202", "assert not a != b\n", True),
        ("SIM201", "x = not a == b\n", False),
        ("SIM201", OWN.format("eq") + "if not a == b:\n    f()\n", False),
        ("SIM202", OWN.format("ne") + "if not a != b:\n    f()\n", False),
        ("SIM201", OWN.format("lt") + "if not a == b:\n    f()\n", True),
        ("UP031", 'x = "%s" % p\n', False),
        ("B006", "def f(bag=[]):\n    return bag\n", True),
        ("B006", "def f(a, *, bag={}):\n    return bag\n", True),
        ("B006", "def f(a, _bag={}):\n    return _bag\n", False),
        ("B006", "def f(a, known_cache={}):\n    return known_cache\n", False),
        ("B006", 'def f(bag=[]):\n    "Doc."; x = 1\n', False),
        ("B007", "def f():\n    for a in b:\n        g()\n", True),
        ("B007", "for a in b:\n    g()\n", False),
        ("B028", "import warnings\n\nwarnings.warn('x')\n", False),
        ("B905", "zip(a, b)\n", True),
        ("C414", "set(list(a))\n", True),
        ("C414", "sorted(list(a))\n", True),
        ("C414", "sorted(reversed(a))\n", False),
        ("C413", "list(reversed(sorted(a)))\n", False),
        ("C416", "[a for a in b]\n", True),
        ("C416", "{a: b for a, b in c.items()}\n", True),
        ("C416", "{a: b for a, b in zip(c, d)}\n", True),
        ("C416", "{a: b for a, b in c}\n", False),
        ("C417", "list(map(lambda a: a + 1, b))\n", True),
        ("C417", "list(map(lambda a: next(a), b))\n", False),
        ("C419", "any([f(a) for a in b])\n", False),
        ("F841", "def f():\n    a = b.c\n", True),
        ("F841", "def f():\n    try:\n        a = unicode\n    except NameError:\n        return 1\n", False),
        ("F841", "def f():\n    try:\n        g()\n    except E:\n        a = b\n", True),
        ("F841", "def f():\n    try:\n        def g():\n            a = b\n    except E:\n        g()\n", True),
        ("PIE810", "a.startswith('b') or a.startswith(('c', 'd'))\n", True),
        ("PIE810", "a.startswith(b) or a.startswith(c)\n", False),
        ("RET503", "def f(a):\n    if a:\n        return 1\n", True),
        ("RET504", "def f():\n    a = g()\n    return a\n", True),
        ("SIM101", "isinstance(a, int) or isinstance(a, b.C)\n", True),
        ("SIM101", "isinstance(a, int) or isinstance(a, b())\n", False),
        ("SIM103", "def f(a):\n    if a > 1:\n        return True\n    return False\n", False),
        ("SIM103", "def f(a):\n    if a:\n        return True\n    return False\n", True),
        ("SIM103", "def f(a):\n    if a in b:\n        return True\n    return False\n", True),
        ("SIM103", "def f(a):\n    if a and a.b:\n        return True\n    return False\n", True),
        ("SIM110", "def f(a):\n    for b in a:\n        if g(b):\n            return True\n    return False\n", True),
        (
            "SIM110",
            "def f(a):\n    for b in a:\n        if next(b):\n            return True\n    return False\n",
            False,
        ),
        ("SIM112", "import os\n\nos.environ['a']\n", False),
        ("SIM118", "a in b.keys()\n", False),
        ("SIM210", "True if a == b else False\n", False),
        ("SIM210", "True if a else False\n", True),
        ("SIM212", "b if not a else a\n", True),
        ("ANN201", "def f(a):\n    a()\n", True),
        ("ANN201", "def f(a):\n    return 1 if a else 'b'\n", True),
        ("ANN201", "async def f():\n    return f'a'\n", True),
        ("ANN201", "def f(a):\n    while a:\n        return 1\n", False),  # ruff does not see the end
        ("ANN201", "@app.get('/')\ndef f():\n    return 1\n", False),
        ("ANN201", "class A:\n    @property\n    def f(self):\n        return 1\n", True),
        ("ANN201", "class A:\n    def f(self): ...\n", False),
        ("ANN202", "def _f(): ...\n", True),
        ("ANN202", "def _f():\n    raise ValueError\n", False),  # it brings an import
        ("ANN204", "class A:\n    def __init__(self): ...\n", True),
        ("ANN204", "class A:\n    def __str__(self):\n        return self.a\n", True),
        ("ANN205", "class A:\n    @staticmethod\n    def f():\n        return 1.5\n", True),
        ("ANN206", "class A:\n    @classmethod\n    def f(cls):\n        return b''\n", True),
        ("UP035", "from typing import (\n    # why\n    Sequence,\n    List,\n)\n", True),
        ("UP035", "from typing import (  # why\n    Sequence,\n)\n", False),
        ("D400", 'def f():\n    """Do it"""\n', True),
    ],
)
async def test_what_is_proposed(tmp_path: Path, offload: Offload, rule: str, text: str, *, proposed: bool) -> None:
    ruff = ruff_in(tmp_path, rule)
    snapshot = task_on(text, tmp_path).snapshot
    problem = (await ruff.check(snapshot))[0]
    assert problem.fix is not None
    assert problem.fix.safety is Safety.UNSAFE
    labels = [draft.label async for draft in Proposals(ruff, offload, None).of(snapshot, problem)]
    assert any(label.startswith("ruff's unsafe fix") for label in labels) is proposed
    assert is_sound(text, problem) is proposed


@pytest.mark.parametrize(
    ("rule", "text", "proposed"),
    [
        ("C416", "x = [a for a in b]  # all of them\n", True),
        ("C416", "x = [\n    a  # each\n    for a in b\n]\n", False),
        ("C402", "x = dict(\n    (a, b)  # each\n    for a, b in c\n)\n", True),
        ("C402", "x = dict(\n    (\n        a,  # each\n        b,\n    )\n    for a, b in c\n)\n", False),
        ("F841", "def f():\n    a = 1  # the first\n    g()\n", False),
        ("F841", "def f():\n    a = 1  # noqa: E501\n    g()\n", True),
    ],
)
async def test_comments_are_kept(tmp_path: Path, offload: Offload, rule: str, text: str, *, proposed: bool) -> None:
    ruff = ruff_in(tmp_path, rule)
    snapshot = task_on(text, tmp_path).snapshot
    [problem] = await ruff.check(snapshot)
    assert bool([draft async for draft in Proposals(ruff, offload, None).of(snapshot, problem)]) is proposed


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        ("x = 1  #one\n", "# one\nx = 1\n", True),
        ("x = 1  # one\ny = 1  # one\n", "x = 1\n# one\n", False),
        ("x = '# one'\n", "x = 1\n", True),
        ("x = 1  # noqa\n", "x = 1\n", True),
        ("x = 1\r\n# one\r\n", "# one\r\n", True),
        ("x = (  # one\n", "x = 1  # one\n", False),
    ],
)
def test_which_comments_are_the_same(old: str, new: str, *, kept: bool) -> None:
    assert keeps_comments(old, new) is kept


async def test_an_unsafe_fix_does_not_follow_without_a_reason(tmp_path: Path, offload: Offload) -> None:
    """What a proposal brings is cleared by fixes that could have been proposed themselves."""
    text = "x = a\n"
    fix = Fix(Safety.SAFE, "Compare", (Replacement(Span(4, 5), "a == True"),))
    problem = Diagnostic("ruff", "X1", "Odd", Span(4, 5), fix=fix)
    proposals = Proposals(ruff_in(tmp_path, "E712"), offload, None)
    drafts = [draft async for draft in proposals.of(task_on(text, tmp_path).snapshot, problem)]
    assert [draft.label for draft in drafts] == ["ruff's fix: Compare"]
    assert apply(text, fix.edits) == "x = a == True\n"


def test_a_text_that_does_not_parse_may_mean_anything() -> None:
    fix = Fix(Safety.UNSAFE, "Compare", (Replacement(Span(7, 9), "is"),))
    assert not is_sound("x = (a == None\n", Diagnostic("ruff", "E711", "", Span(5, 14), fix=fix))
