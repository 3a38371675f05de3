"""Unsafe fixes that no check could judge are left to people and models."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.judging import ruff_in, task_on

from lastmile.text.edits import Span
from lastmile.tiers.rules.proposals import Proposals
from lastmile.tiers.rules.withheld import may_mean_more
from lastmile.tools.offload import Offload


@pytest.mark.parametrize(
    ("rule", "text", "proposed"),
    [
        ("E711", "if a == None:\n    f()\n", True),
        ("E711", "x = a == None\n", True),
        ("E711", "x = f(a) == None\n", True),
        ("E711", "assert a.b != None and c\n", True),
        ("E711", "x = [a for a in b if a == None]\n", True),
        ("E711", "x = a == None or b\n", True),
        ("E711", "f(a == None and b)\n", True),
        ("E711", "(a == None)(b)\n", True),
        ("E711", "query.filter(User.name == None)\n", False),
        ("E711", "query.filter(a, (User.name == None,))\n", False),
        ("E711", "query.filter(*[User.name == None])\n", False),
        ("E711", "query.filter(where=User.name == None)\n", False),
        ("E711", "query.filter((User.name == None) & b)\n", False),
        ("E711", "x = ~(a == None)\n", False),
        ("E711", "x = a + (b == None)\n", True),
        ("E712", "table[table.a == True]\n", False),
        ("E712", "table[a, table.a == True]\n", False),
        ("E712", "if a == True:\n    f()\n", True),
        ("SIM201", "x = not a == b\n", True),
        ("SIM202", "x = not a != b\n", True),
        ("SIM201", "class A:\n    def __eq__(self, other): ...\n\n\nx = not a == b\n", False),
        ("SIM202", "class A:\n    def __ne__(self, other): ...\n\n\nx = not a != b\n", False),
        ("SIM201", "class A:\n    def __lt__(self, other): ...\n\n\nx = not a == b\n", True),
    ],
)
async def test_what_is_proposed(tmp_path: Path, offload: Offload, rule: str, text: str, *, proposed: bool) -> None:
    ruff = ruff_in(tmp_path, rule)
    snapshot = task_on(text, tmp_path).snapshot
    [problem] = await ruff.check(snapshot)
    assert problem.fix is not None
    drafts = [draft async for draft in Proposals(ruff, offload, None).of(snapshot, problem)]
    assert bool(drafts) is proposed
    assert may_mean_more(text, rule, problem.span) is not proposed


def test_a_text_that_does_not_parse_may_mean_anything() -> None:
    assert may_mean_more("x = (a == None\n", "E711", Span(5, 14))
