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


@pytest.mark.parametrize("kind", ["fix", "fix-all"])
async def test_where_ruff_fails_the_tier_fails(tmp_path: Path, offload: Offload, kind: str) -> None:
    task = evolve(task_on(BARE, tmp_path, problems=(PROBLEM,)), kind=kind)
    with pytest.raises(TierError, match="ruff failed"):
        async for _draft in tier(Ruff(RuffOptions(select=("NOSUCH",))), offload).drafts(make_request(task)):
            pass
