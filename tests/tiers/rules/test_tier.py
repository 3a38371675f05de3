"""The rules tier as the loop sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve
from tests.support.drafting import make_request
from tests.support.judging import ruff_in, task_on

from lastmile.cascade.draft import Usage
from lastmile.cascade.protocols import Evidence
from lastmile.errors import TierError
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Span
from lastmile.tiers.rules.proposals import Proposals
from lastmile.tiers.rules.sweep import Sweep
from lastmile.tiers.rules.tier import RulesTier
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff, RuffOptions

PROBLEM = Diagnostic("ruff", "E722", "Bare", Span(13, 19))
BARE = "try:\n    f()\nexcept:\n    pass\n"


def tier(ruff: Ruff, offload: Offload) -> RulesTier:
    proposals = Proposals(ruff, offload, None)
    return RulesTier(proposals, Sweep(ruff, proposals))


@pytest.mark.parametrize(
    ("kind", "language", "problems", "absent"),
    [
        ("fix", "python", (PROBLEM,), ""),
        ("fix", "python", (), "no rule drafts this kind"),
        ("docstring", "python", (), "no rule drafts this kind"),
        ("fix", "rust", (PROBLEM,), "no rule drafts this kind"),
        ("fix-all", "python", (), ""),
    ],
)
def test_where_there_is_no_rule(
    tmp_path: Path, offload: Offload, kind: str, language: str, problems: tuple[Diagnostic, ...], absent: str
) -> None:
    task = evolve(task_on(BARE, tmp_path, problems=problems, language=language), kind=kind)
    assert tier(Ruff(), offload).absent(task) == absent


def test_it_costs_nothing(tmp_path: Path, offload: Offload) -> None:
    rules = tier(Ruff(), offload)
    assert (rules.name, rules.model, rules.free) == ("rules", "", True)
    assert rules.worst_case(task_on(BARE, tmp_path), Evidence(), samples=1) == 0.0
    assert rules.cost(Usage(input=1000, output=1000)) == 0.0


@pytest.mark.parametrize(
    ("kind", "label"), [("fix", "template bare except"), ("fix-all", "ruff's safe fixes and further rules")]
)
async def test_it_drafts_for_both_kinds(tmp_path: Path, offload: Offload, kind: str, label: str) -> None:
    task = evolve(task_on(BARE, tmp_path, problems=(PROBLEM,)), kind=kind)
    drafts = tier(ruff_in(tmp_path, "E722"), offload).drafts(make_request(task))
    assert [draft.label async for draft in drafts] == [label]


HELD = "ruff's fix of {} was held back: it is unsafe, and {}"
TUPLE = HELD.format("UP031", "a tuple would be written otherwise than it is now")
LOSS = HELD.format("UP035", "it would lose a comment or a docstring")
UNKNOWN = HELD.format("E711", "nothing here shows that it leaves what the code does as it is")


@pytest.mark.parametrize(
    ("rule", "text", "said"),
    [
        ("F401", "import os\n", [""]),
        (
            "UP031",
            "def f(a):\n    return '%s' % a\n",
            [TUPLE],
        ),
        (
            "UP035",
            "from typing import (  # why\n    Sequence,\n)\n",
            [LOSS],
        ),
        (
            "E711",
            "x = a == None\n",
            [UNKNOWN],
        ),
        ("F821", "nobody()\n", []),
    ],
)
async def test_a_fix_that_is_held_back_is_said(
    tmp_path: Path, offload: Offload, rule: str, text: str, said: list[str]
) -> None:
    ruff = ruff_in(tmp_path, rule)
    problems = await ruff.check(task_on(text, tmp_path).snapshot)
    task = evolve(task_on(text, tmp_path, problems=problems), kind="fix")
    assert [draft.defect async for draft in tier(ruff, offload).drafts(make_request(task))] == said


@pytest.mark.parametrize("kind", ["fix", "fix-all"])
async def test_where_ruff_fails_the_tier_fails(tmp_path: Path, offload: Offload, kind: str) -> None:
    task = evolve(task_on(BARE, tmp_path, problems=(PROBLEM,)), kind=kind)
    with pytest.raises(TierError, match="ruff failed"):
        async for _draft in tier(Ruff(RuffOptions(select=("NOSUCH",))), offload).drafts(make_request(task)):
            pass
