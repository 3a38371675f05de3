"""Ruff finds the target gone and nothing new: the difference counts, never what was there before."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.judging import ruff_in, task_on

from lastmile.cascade.verdict import Ruling
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Span
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff, RuffOptions
from lastmile.verify.lint import LintCheck, judge_lint

MESSY = "import os\nimport re\n\n\ndef f(a=[]):\n    l = 1\n    return a == None\n\n\nprint(f(), re)\n"


BROKEN = "def f(:\n    pass\n\nimport os\n"
LONG = "x = 1\ny = 'a', \"{}\"\n".format("z" * 90)


@pytest.mark.parametrize(
    ("old", "edit", "target", "expected"),
    [
        pytest.param(MESSY, ("import os\n", ""), "F401", [], id="the target gone"),
        pytest.param(MESSY, ("import os\n", "\nimport os\n"), "F401", ["F401 is still there"], id="moved"),
        pytest.param(MESSY, ("== None", "is None"), "F401", ["F401 is still there"], id="another one gone"),
        pytest.param(MESSY, ("== None", "is None"), "E711", [], id="a fix of an expression"),
        pytest.param(MESSY, ("== None", "is b"), "E711", ["F821 is new on line 7"], id="a new one in its line"),
        pytest.param(MESSY, (", re)", ")"), "", ["F401 is new on line 2"], id="one that comes far away"),
        pytest.param(MESSY, ("import os\n", "x = 1\n"), "F401", ["E402 is new on line 2"], id="one below"),
        pytest.param(MESSY, ("l = 1", "l = 2"), "", [], id="the same rule in the changed line"),
        pytest.param(MESSY, ("l = 1", "l = I = 2"), "", ["E741 is new", "F841 is new"], id="more of a rule there"),
        pytest.param(MESSY, ("l = 1", "l = 1\n    l = 1"), "", ["E741 is new on line 7"], id="the line again"),
        pytest.param(MESSY, (MESSY, ""), "F401", [], id="everything gone"),
        pytest.param(LONG, ("'a'", "'bcd'"), "", [], id="a line that was too long"),
        pytest.param(LONG, ("1", f"'{'z' * 90}'"), "", ["E501 is new on line 1"], id="another line too long"),
        pytest.param(BROKEN, ("f(:", "f():"), "invalid-syntax", [], id="mended, and more is seen"),
        pytest.param(BROKEN, ("f(:", "f():\n    a = b"), "invalid-syntax", ["F841", "F821"], id="mended, and messy"),
        pytest.param("import os\n", ("os", "os("), "F401", ["invalid-syntax is new on line 1"], id="broken"),
        pytest.param("return 1\n", ("return 1", "nonlocal x"), "F706", ["invalid-syntax"], id="broken otherwise"),
    ],
)
async def test_the_difference_counts(
    tmp_path: Path, offload: Offload, old: str, edit: tuple[str, str], target: str, expected: list[str]
) -> None:
    ruff = ruff_in(tmp_path, "E", "F", "B")
    for end in ("\n", "\r\n"):
        before, after = old.replace("\n", end), old.replace(*edit).replace("\n", end)
        known = await ruff.check(task_on(before, tmp_path).snapshot)
        task = task_on(before, tmp_path, problems=tuple(item for item in known if item.code == target)[:1])
        messages = [item.message for item in await LintCheck(ruff, offload).judge(task, after)]
        assert len(messages) >= len(expected) > 0 or messages == expected
        assert all(message.startswith(part) for message, part in zip(messages, expected, strict=False))


async def test_a_finding_tells_its_place_and_shows_it(tmp_path: Path, offload: Offload) -> None:
    check = LintCheck(ruff_in(tmp_path, "F"), offload)
    [found] = await check.judge(task_on("x = 1\n", tmp_path), "x = 1\ny = é + 1\n")
    assert (found.check, found.code, found.line, found.evidence) == ("lint", "F821", 1, "y = é + 1")
    assert found.message == "F821 is new on line 2: Undefined name `é`"


async def test_no_more_than_ten_are_told(tmp_path: Path, offload: Offload) -> None:
    check = LintCheck(ruff_in(tmp_path, "F"), offload)
    found = await check.judge(task_on("x = 1\n", tmp_path), "".join(f"import a{number}\n" for number in range(50)))
    assert len(found) == 10


async def test_the_project_s_own_settings_hold(tmp_path: Path, offload: Offload) -> None:
    check = LintCheck(ruff_in(tmp_path, "E501", settings="line-length = 30"), offload)
    assert len(await check.judge(task_on("x = 1\n", tmp_path), f"x = '{'y' * 40}'\n")) == 1
    check = LintCheck(ruff_in(tmp_path, "E501", settings="line-length = 60"), offload)
    assert await check.judge(task_on("x = 1\n", tmp_path), f"x = '{'y' * 40}'\n") == ()


async def test_findings_of_other_tools_are_not_looked_for(tmp_path: Path, offload: Offload) -> None:
    foreign = Diagnostic("mypy", "F401", "`os` imported but unused", Span(0, 1))
    ruff = ruff_in(tmp_path, "F")
    task = task_on("import os\n", tmp_path, problems=(foreign,))
    assert await LintCheck(ruff, offload).judge(task, "import os\n# why\n") == ()


async def test_other_languages_have_no_lint(tmp_path: Path, offload: Offload) -> None:
    check = LintCheck(ruff_in(tmp_path, "F"), offload)
    assert await check.judge(task_on("a\n", tmp_path, language="markdown"), "import os\n") == Ruling(
        absent="Ruff lints Python alone."
    )


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(RuffOptions(path="/nowhere/ruff"), id="it is not there"),
        pytest.param(RuffOptions(select=("NOSUCH",)), id="it fails"),
        pytest.param(RuffOptions(timeout=0.0001), id="it takes too long"),
    ],
)
async def test_where_ruff_cannot_judge_the_draft_is_refused(
    tmp_path: Path, offload: Offload, options: RuffOptions
) -> None:
    [found] = await LintCheck(Ruff(options), offload).judge(task_on("a = 1\n", tmp_path), "a = 2\n")
    assert found.check == "lint"
    assert found.message.startswith("Ruff could not judge the draft: ")


def test_a_target_without_a_code_is_called_by_its_tool() -> None:
    target = Diagnostic("ruff", "", "Broken", Span(0, 1))
    [found] = judge_lint("a\n", [target], "b\n", [target], [target])
    assert found.message == "ruff is still there: Broken"


def test_what_is_still_there_is_told_before_what_is_new() -> None:
    target, fresh = Diagnostic("ruff", "E1", "Old", Span(0, 1)), Diagnostic("ruff", "E2", "New", Span(2, 3))
    found = judge_lint("a\n", [target], "a\nb\n", [target, fresh], [target])
    assert [item.message for item in found] == ["E1 is still there: Old", "E2 is new on line 2: New"]
    assert [(item.line, item.evidence, item.code) for item in found] == [(None, "", "E1"), (1, "b", "E2")]


async def test_a_file_that_the_project_excludes_by_force_cannot_be_judged(tmp_path: Path, offload: Offload) -> None:
    ruff = ruff_in(tmp_path, "F", settings='force-exclude = true\nextend-exclude = ["mod.py"]')
    [found] = await LintCheck(ruff, offload).judge(task_on("x = 1\n", tmp_path), "import os\n")
    assert found.message.startswith("Ruff could not judge the draft: its settings exclude the file")
    other = ruff_in(tmp_path, "F", settings='extend-exclude = ["mod.py"]')
    assert not await LintCheck(other, offload).judge(task_on("x = 1\n", tmp_path), "x = 2\n")
