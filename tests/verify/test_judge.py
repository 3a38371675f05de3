"""The judge runs the checks cheapest first and stops at the first that refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve, frozen
from tests.support.judging import OwnCheck, draft_to, judge_with, names, narrowed, replace, ruff_in, task_on

from lastmile.cascade.draft import Draft, Edit, SearchReplace
from lastmile.cascade.task import Oracle, Task
from lastmile.cascade.verdict import Finding, Ruling
from lastmile.tools.offload import Offload

OLD = "import os\n\nprint(os)\n\n\ndef f():\n    return 1\n"


@pytest.mark.parametrize(
    ("new", "ran", "refused_by"),
    [
        pytest.param(OLD, ["apply"], "apply", id="nothing"),
        pytest.param(f"{OLD}# ...\n", ["apply", "scope"], "scope", id="a gap"),
        pytest.param(f"{OLD}x = (\n", ["apply", "scope", "syntax"], "syntax", id="broken"),
        pytest.param(f"{OLD}import re\n", ["apply", "scope", "syntax", "property", "lint"], "lint", id="a new finding"),
        pytest.param(f"{OLD}x = 1\n", ["apply", "scope", "syntax", "property", "lint"], "", id="clean"),
    ],
)
async def test_the_order_of_the_checks(
    tmp_path: Path, offload: Offload, new: str, ran: list[str], refused_by: str
) -> None:
    own = OwnCheck()
    task = task_on(OLD, tmp_path, oracle=Oracle((own,)))
    verdict = await judge_with(ruff_in(tmp_path, "F"), offload).verify(task, draft_to(task, new))
    assert names(verdict.runs) == ran
    assert verdict.refused_by == refused_by
    assert verdict.passed is not bool(refused_by)
    assert verdict.text == (None if refused_by == "apply" else new)
    assert own.asked == ([new] if "property" in ran else [])


async def test_the_kind_s_own_checks_refuse_before_ruff_is_run(tmp_path: Path, offload: Offload) -> None:
    first, second, third = OwnCheck(name="one"), OwnCheck((Finding("two", "No."),), name="two"), OwnCheck(name="three")
    task = task_on(OLD, tmp_path, oracle=Oracle((first, second, third)))
    verdict = await judge_with(ruff_in(tmp_path, "NOSUCH"), offload).verify(task, draft_to(task, f"{OLD}x = 1\n"))
    assert names(verdict.runs) == ["apply", "scope", "syntax", "one", "two"]
    assert verdict.findings == (Finding("two", "No."),)
    assert third.asked == []


async def test_each_run_tells_its_time_and_what_it_saw(tmp_path: Path, offload: Offload) -> None:
    task = task_on(OLD, tmp_path)
    judge = judge_with(ruff_in(tmp_path, "F"), offload)
    passed = await judge.verify(task, draft_to(task, f"{OLD}x = 1\n"))
    assert [run.summary for run in passed.runs] == ["apply ok", "scope ok", "syntax ok", "0 new findings"]
    refused = await judge.verify(task, draft_to(task, f"{OLD}import re\n"))
    assert [run.summary for run in refused.runs] == ["apply ok", "scope ok", "syntax ok", "lint refused"]
    assert all(run.seconds == 1.0 for run in (*passed.runs, *refused.runs))


async def test_a_check_that_the_oracle_is_nothing_without_has_to_run(tmp_path: Path, offload: Offload) -> None:
    judge = judge_with(ruff_in(tmp_path, "F"), offload)
    task = task_on(OLD, tmp_path, oracle=Oracle(needs=("types",)))
    for checks, passed in (
        ((), False),
        ((OwnCheck(Ruling(absent="It is gone."), name="types"),), False),
        ((OwnCheck(Ruling(), name="types"),), True),
    ):
        verdict = await evolve(judge, project=checks).verify(task, draft_to(task, f"{OLD}x = 1\n"))
        assert verdict.passed is passed
        assert verdict.refused_by == ("" if passed else "types")


async def test_what_has_to_get_ready_is_asked_before_any_draft(tmp_path: Path, offload: Offload) -> None:
    @frozen
    class Reading:
        said: str

        async def trouble(self, _task: Task) -> str:
            return self.said

    judge = judge_with(ruff_in(tmp_path, "F"), offload)
    task = task_on(OLD, tmp_path)
    assert await evolve(judge, readied=(Reading(""), Reading("Not yet."))).trouble(task) == "Not yet."
    assert await evolve(judge, readied=(Reading(""),)).trouble(task) == ""


async def test_checks_that_have_no_say_did_not_run(tmp_path: Path, offload: Offload) -> None:
    task = task_on("# Words\n", tmp_path, language="markdown")
    verdict = await judge_with(ruff_in(tmp_path, "F"), offload).verify(task, draft_to(task, "# Better words\n"))
    assert verdict.passed
    assert names(verdict.runs) == ["apply", "scope"]


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param((SearchReplace("nowhere", "", "b.py"),), id="it would not even land here"),
        pytest.param((replace(0, 6, "IMPORT"), SearchReplace("return 1", "return 2", "b.py")), id="among others"),
    ],
)
async def test_an_edit_of_another_file_is_out_of_scope(
    tmp_path: Path, offload: Offload, edits: tuple[Edit, ...]
) -> None:
    verdict = await judge_with(ruff_in(tmp_path, "F"), offload).verify(task_on(OLD, tmp_path), Draft(edits))
    assert (verdict.refused_by, verdict.text, names(verdict.runs)) == ("scope", None, ["scope"])
    assert verdict.findings[0].message == "The draft changes another file: b.py"


async def test_what_changes_outside_the_target_is_refused(tmp_path: Path, offload: Offload) -> None:
    task = narrowed(task_on(OLD, tmp_path), OLD.index("def"), len(OLD))
    verdict = await judge_with(ruff_in(tmp_path, "F"), offload).verify(task, draft_to(task, OLD.replace("os", "re")))
    assert verdict.refused_by == "scope"
    assert [finding.line for finding in verdict.findings] == [0, 2]


@pytest.mark.parametrize(("other", "same"), [("f( 1 )\n", True), ("f(2)\n", False)])
async def test_normal_forms_are_made_in_the_worker(tmp_path: Path, offload: Offload, other: str, *, same: bool) -> None:
    judge, task = judge_with(ruff_in(tmp_path, "F"), offload), task_on(OLD, tmp_path)
    assert (await judge.normal_form(task, "f(1)\n") == await judge.normal_form(task, other)) is same


@pytest.mark.slow
async def test_without_a_worker_a_text_agrees_with_its_copy_and_nothing_is_accepted(tmp_path: Path) -> None:
    hurried = Offload(deadline=0.0001)
    try:
        judge, task = judge_with(ruff_in(tmp_path, "F"), hurried), task_on(OLD, tmp_path)
        assert await judge.normal_form(task, "f( 1 )\n") == "f( 1 )\n"
        verdict = await judge.verify(task, draft_to(task, f"{OLD}x = 1\n"))
        assert (verdict.passed, verdict.refused_by) == (False, "scope")
        assert "could not be checked" in verdict.findings[0].message
        lint = await judge.lint.judge(task, f"{OLD}x = 1\n")
        assert "Ruff could not judge" in lint[0].message
    finally:
        hurried.close()


async def test_the_projects_own_checks_come_after_lint_and_those_that_are_absent_leave_no_trace(
    tmp_path: Path, offload: Offload
) -> None:
    absent, own, late = OwnCheck(Ruling(absent="no tool"), "types"), OwnCheck((), "command"), OwnCheck((), "tests")
    task = task_on(OLD, tmp_path, oracle=Oracle(late=(late,)))
    judge = evolve(judge_with(ruff_in(tmp_path, "F"), offload), project=(absent, own))
    verdict = await judge.verify(task, draft_to(task, f"{OLD}x = 1\n"))
    assert verdict.passed
    assert names(verdict.runs) == ["apply", "scope", "syntax", "lint", "command", "tests"]
    assert absent.asked == own.asked == late.asked == [f"{OLD}x = 1\n"]
