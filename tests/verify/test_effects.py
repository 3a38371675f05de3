"""What a draft newly does outside of the program: refused where the code is to do what it did, told where not."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from tests.support.judging import draft_to, judge_with, ruff_in, task_on
from tests.support.source import PYTHON_PIECES, texts

from lastmile.tools.offload import Offload
from lastmile.verify.effects import EffectsCheck, effects

HEAD = "import os\nimport subprocess as sp\nfrom os import path as p, remove as rm\n\n\ndef f(a):\n"


def check(old: str, new: str, *said: str) -> None:
    """Compare two bodies of a function; ``said`` is what the new one newly does, with the name of the call."""
    found = effects(f"{HEAD}    {old}\n", f"{HEAD}    {new}\n")
    assert [f"{what}: {name}" for what, name, _line in found] == list(said)
    assert all(line == HEAD.count("\n") for _what, _name, line in found)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("os.system(a)", "starts programs: os.system"),
        ("sp.run(a)", "starts programs: subprocess.run"),
        ("__import__('os').popen(a)", "starts programs: os.popen"),
        ("rm(a)", "writes or deletes files: os.remove"),
        ("a.write_text('')", "writes or deletes files: a.write_text"),
        ("p(a).unlink()", "writes or deletes files: .unlink"),
        ("open(a, 'w')", "writes or deletes files: open"),
        ("open(a, mode='ab')", "writes or deletes files: open"),
        ("a.open('x')", "writes or deletes files: a.open"),
        ("eval(a)", "runs text as code: eval"),
        ("globals()['f'] = a", "runs text as code: globals"),
        ("os._exit(0)", "ends the process: os._exit"),
        ("open(a)", ""),
        ("open(a, 'rb')", ""),
        ("open(a, mode)", "writes or deletes files: open"),
        ("a.open(mode)", ""),
        ("a.replace('w', 'x')", ""),
        ("os.path.join(a, 'w')", ""),
        ("a.run(a.system)", ""),
    ],
)
def test_what_is_new(call: str, said: str) -> None:
    found = [said] if said else []
    if "__import__" in call:
        found.append("runs text as code: __import__")
    check("return a", call, *found)
    check(call, f"return {call}" if "=" not in call.replace("mode=", "") else f"{call}; return a")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("check_output(a)", "sp.check_output(a)", id="the name was there, and nothing bound it"),
        pytest.param("opne(a, 'w')", "open(a, 'w')", id="it was misspelt"),
        pytest.param("os.remove(a)", "a.unlink()", id="it was done in another way"),
        pytest.param("return a(", "os.system(a", id="what does not parse"),
        pytest.param("os.system(a)", "return a", id="one goes"),
    ],
)
def test_what_is_not(old: str, new: str) -> None:
    check(old, new)


def test_one_more_of_the_same_counts() -> None:
    check("os.system(a)", "os.system(a); os.system(a)", "starts programs: os.system")


def test_imports_of_the_draft_count() -> None:
    assert effects("x = 1\n", "from urllib.request import urlopen as u\nu(1)\n")[0][:2] == (
        "uses the network",
        "urllib.request.urlopen",
    )


@pytest.mark.parametrize("may", [False, True])
async def test_it_is_refused_or_told(tmp_path: Path, offload: Offload, *, may: bool) -> None:
    task = task_on("import os\n\n\ndef f(a):\n    return os.sep\n", tmp_path)
    task = evolve(task, scope=evolve(task.scope, effects=may))
    new = task.snapshot.text.replace("    return", "    os.system(a)\n    return")
    verdict = await judge_with(ruff_in(tmp_path, "F"), offload).verify(task, draft_to(task, new))
    assert verdict.passed == may
    summaries = [run.summary for run in verdict.runs if run.check == "effects"]
    assert summaries == ["new: starts programs (os.system)" if may else ""]
    quiet = await judge_with(ruff_in(tmp_path, "F"), offload).verify(task, draft_to(task, task.snapshot.text + "\n"))
    assert [run.check for run in quiet.runs] == ["apply", "scope", "syntax", "lint"]


async def test_other_languages_are_left_to_their_own_checks(tmp_path: Path, offload: Offload) -> None:
    task = task_on("x\n", tmp_path, language="rust")
    assert (await EffectsCheck(offload).judge(task, "eval()\n")).absent


@given(texts((*PYTHON_PIECES, "os.system(", "eval(", "import subprocess\n")), texts(PYTHON_PIECES))
def test_no_text_makes_it_raise(one: str, other: str) -> None:
    effects(other, one)
    assert effects(one, one) == ()
