"""What the command line shows of one task, beside what a whole run shows."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path

import pytest
from attrs import evolve
from tests.support.ledger import accepted, attempt, task

from lastmile.cascade.draft import Draft
from lastmile.cascade.verdict import Verdict
from lastmile.cli.show import Shown, Tally, as_json
from lastmile.receipt import receipt
from lastmile.tasks.registry import kinds

PASSED = attempt(
    "rules", draft=Draft((), note="5 repairs pass, in 2 groups by 60 inputs"), verdict=Verdict((), (), "x = 2\n")
)
OUTCOME = evolve(accepted(task(title="Fix it"), PASSED), notes=("3 of 4 tests reach the change",))


def test_how_an_edit_was_chosen_and_what_tests_see_of_it_is_shown() -> None:
    out = io.StringIO()
    Shown(Path(), out).outcome(OUTCOME, 1)
    assert "\n  5 repairs pass, in 2 groups by 60 inputs, 3 of 4 tests reach the change\n" in out.getvalue()
    told = json.loads(as_json(Tally(outcomes=[OUTCOME], lines=[1]), Path()))["tasks"][0]["notes"]
    assert ", ".join(told) in receipt(OUTCOME)
    assert len(told) == 2


@pytest.mark.parametrize(
    ("kind", "left", "says"),
    [
        pytest.param("fix", {}, "1 file: 0 findings, 0 left. 0 of 0 tasks passed.", id="no finding"),
        pytest.param("fix", {"F401": 2}, "Left: F401 2.", id="a rule"),
        pytest.param("fix", {f"E{at}": 2 for at in range(14)}, ", E11 2, 4 of other rules.", id="many rules"),
        pytest.param("fix-test", {}, "1 file: 0 of 0 tasks passed.", id="a kind that is about no finding"),
        pytest.param("fix-test", {"fix-test": 2}, "1 file: 0 of 0 tasks passed.", id="with tasks"),
    ],
)
def test_what_is_left_is_said_for_kinds_that_are_about_findings(kind: str, left: dict[str, int], says: str) -> None:
    out = io.StringIO()
    Shown(Path(), out).total(Tally(files=1, before=Counter(left), after=Counter(left)), kinds()[kind], wrote=False)
    assert says in out.getvalue()
    assert ("finding" in out.getvalue()) == (kind == "fix")


def test_nothing_is_shown_where_nothing_is_known() -> None:
    out = io.StringIO()
    Shown(Path(), out).outcome(accepted(task(title="Fix it"), attempt("rules", verdict=Verdict((), (), "x = 2\n"))), 1)
    assert "reach" not in out.getvalue()
