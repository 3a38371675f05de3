"""The check of tests: what a draft breaks, and only that, on tests that really run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from attrs import evolve, frozen
from tests.support.judging import task_on
from tests.support.plain_bench import PlainBench

from lastmile.cascade.verdict import Finding, Ruling
from lastmile.testing.values import Answer, NoBench, Result, Run, Selection, Wanted
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.verify.tests import TestsCheck, oracle_for
from lastmile.verify.tests_delta import reason
from lastmile.verify.tests_stages import stages

pytestmark = pytest.mark.slow

CODE = "def double(number):\n    return number * 2\n\n\ndef half(number):\n    return number / 2\n"
TESTS = """\
import random

import pytest
from mod import double, half


def test_double():
    assert double(2) == 4


@pytest.mark.parametrize("number", [2, 4])
def test_half(number):
    assert half(number) == number / 2


def test_that_was_broken():
    assert double(2) == 5


@pytest.mark.skip
def test_that_is_skipped():
    assert double(2) == 4
"""
FLAKY = """\
import time


def test_now_and_then():
    import mod
    assert not hasattr(mod, "NEW") and time.time_ns() // 1000 % 2 == 0
"""


def project(folder: Path, files: Mapping[str, str]) -> PlainBench:
    for name, text in {"mod.py": CODE, "test_a.py": TESTS, **files}.items():
        (folder / name).write_text(text)
    return PlainBench(folder)


async def check(
    folder: Path,
    after: str,
    *messages: str,
    files: Mapping[str, str] | None = None,
    must_pass: tuple[str, ...] = (),
) -> Ruling:
    bench = project(folder, files or {})
    judge = TestsCheck(
        bench, await bench.select(task_on(CODE, folder).snapshot, None), must_pass=must_pass, seconds=120
    )
    found = await judge.judge(task_on(CODE, folder), after)
    assert [item.message for item in found] == list(messages)
    assert all(item.check == "tests" for item in found)
    assert isinstance(found, Ruling)
    assert (folder / "mod.py").read_text() == CODE
    return found


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(CODE.replace("number * 2", "number + number"), id="the same otherwise"),
        pytest.param(CODE + "\nNEW = 1\n", id="more"),
    ],
)
async def test_what_breaks_nothing_passes_though_a_test_was_broken(tmp_path: Path, after: str) -> None:
    ruling = await check(tmp_path, after)
    assert ruling.summary.startswith("5 of 5 tests, ")


async def test_what_breaks_a_test_is_refused_with_the_reason(tmp_path: Path) -> None:
    after = CODE.replace("number / 2", "number // 3 + 0.5")
    ruling = await check(
        tmp_path,
        after,
        "test_a.py::test_half[2] fails: assert 0.5 == (2 / 2)",
        "test_a.py::test_half[4] fails: assert 1.5 == (4 / 2)",
    )
    assert "where 0.5 = half(2)" in ruling[0].evidence


async def test_a_module_that_cannot_be_imported_answers_nothing(tmp_path: Path) -> None:
    (finding,) = await refused(tmp_path, "raise SystemExit\n")
    assert finding.message.startswith("No answer came from test_a.py::test_double, test_a.py::test_half[2]")


async def test_a_draft_that_ends_the_run_before_the_tests_gains_nothing(tmp_path: Path) -> None:
    (finding,) = await refused(tmp_path, f"import os\nos._exit(0)\n{CODE}")
    assert finding.message.startswith("No answer came from test_a.py::test_double")


async def refused(folder: Path, after: str) -> tuple[Finding, ...]:
    bench = project(folder, {})
    judge = TestsCheck(bench, await bench.select(task_on(CODE, folder).snapshot, None), seconds=120)
    return tuple(await judge.judge(task_on(CODE, folder), after))


async def test_what_is_to_be_mended_has_to_pass(tmp_path: Path) -> None:
    name = "test_a.py::test_that_was_broken"
    await check(tmp_path, f"{CODE}\n", f"{name} fails: assert 4 == 5", must_pass=(name,))
    mended = CODE.replace("number * 2", "5 if number == 2 else number")
    told = "test_a.py::test_double fails: assert 5 == 4"
    await check(tmp_path, mended, told, must_pass=(name,))


async def test_a_test_that_is_skipped_now_is_lost(tmp_path: Path) -> None:
    files = {"test_a.py": "import mod, pytest\n\n\ndef test_it():\n    hasattr(mod, 'NEW') and pytest.skip('new')\n"}
    await check(
        tmp_path, f"{CODE}NEW = 1\n", "test_a.py::test_it is skipped: ('test_a.py', 5, 'Skipped: new')", files=files
    )


async def test_a_test_that_changes_its_mind_is_set_aside_and_named(tmp_path: Path) -> None:
    """Run on the old text often enough, it fails there too; the tests that are sound still count."""
    counter = tmp_path / "count"
    text = (
        f"def test_it():\n    with open({str(counter)!r}, 'a') as count:\n"
        "        count.write('x')\n        count.flush()\n        assert count.tell() % 2\n"
    )
    counter.write_text("")
    ruling = await check(tmp_path, f"{CODE}NEW = 1\n", files={"test_b.py": text})
    assert ruling.summary.endswith(", set aside as flaky: test_b.py::test_it")


RENAMED = (
    "import time\n\nimport pytest\nfrom mod import double\n\n\n"
    "@pytest.mark.parametrize('now', [str(time.time_ns())])\ndef test_it(now):\n    assert double(2) == 4\n"
)


async def test_a_test_that_goes_by_another_name_each_time_does_not_refuse_what_is_right(tmp_path: Path) -> None:
    ruling = await check(tmp_path, f"{CODE}NEW = 1\n", files={"test_a.py": RENAMED})
    assert "set aside as flaky: test_a.py::test_it[" in ruling.summary


async def test_a_test_that_goes_by_another_name_each_time_still_notices(tmp_path: Path) -> None:
    bench = project(tmp_path, {"test_a.py": RENAMED})
    judge = TestsCheck(bench, await bench.select(task_on(CODE, tmp_path).snapshot, None), seconds=120)
    (finding,) = await judge.judge(task_on(CODE, tmp_path), CODE.replace("* 2", "* 3"))
    assert finding.message.endswith("fails: assert 6 == 4")


async def test_a_draft_that_brings_chance_in_is_refused(tmp_path: Path) -> None:
    counter = tmp_path / "count"
    counter.write_text("")
    after = f"import pathlib\nCOUNT = pathlib.Path({str(counter)!r})\nCOUNT.write_text(COUNT.read_text() + 'x')\n{CODE}"
    after = after.replace("number * 2", "number * (2 + len(COUNT.read_text()) % 2)")
    await check(tmp_path, after, "test_a.py::test_double fails: assert 6 == 4")


MANY = "from mod import double, half\n" + "".join(
    f"\n\ndef test_{n}():\n    assert {'double' if n < 30 else 'half'}({n}) == {n} {'* 2' if n < 30 else '/ 2'}\n"
    for n in range(60)
)


@pytest.mark.parametrize(
    ("after", "ran"),
    [
        pytest.param(CODE.replace("* 2", "* 3"), 20, id="the nearest notice"),
        pytest.param(CODE.replace("/ 2", "/ 3"), 31, id="one behind them notices"),
        pytest.param(f"{CODE}NEW = 1\n", 60, id="none has anything to say"),
    ],
)
async def test_the_nearest_tests_run_first_and_the_others_where_those_pass(
    tmp_path: Path, after: str, ran: int
) -> None:
    bench = project(tmp_path, {"test_a.py": MANY})
    selection = Selection(tuple(f"test_a.py::test_{n}" for n in range(60)), 99)
    ruling = await TestsCheck(bench, selection, seconds=120).judge(task_on(CODE, tmp_path), after)
    assert isinstance(ruling, Ruling)
    assert ruling.summary.startswith(f"{ran} of 99 tests, ")
    assert bool(ruling) is ("NEW" not in after)


async def test_what_fails_now_and_then_behind_the_nearest_does_not_keep_the_others_from_running(tmp_path: Path) -> None:
    counter = tmp_path / "count"
    unsteady = (
        f"\n\ndef test_25():\n    with open({str(counter)!r}, 'a') as count:\n"
        "        count.write('x')\n        count.flush()\n        assert count.tell() % 2\n"
    )
    bench = project(tmp_path, {"test_a.py": MANY.replace("def test_25", "def test_0025") + unsteady})
    selection = Selection(tuple(f"test_a.py::test_{n}" for n in range(60)), 99)
    ruling = await TestsCheck(bench, selection, seconds=120).judge(task_on(CODE, tmp_path), CODE.replace("/ 2", "/ 3"))
    assert isinstance(ruling, Ruling)
    assert [item.message for item in ruling][-1] == "25 more tests fail."
    assert ruling.summary.endswith("set aside as flaky: test_a.py::test_25")


def test_those_that_run_what_differs_come_first_and_none_is_left_out() -> None:
    names = [f"{n // 20}.py::test_{n}" for n in range(60)]
    before = Run({name: Result(name, Answer.PASSED) for name in names})
    near = {names[41], names[59], *names[5:15]}
    first, others = stages(tuple(names), before, near)
    assert set(first[: len(near)]) == near
    assert sorted((*first, *others)) == sorted(names)
    assert stages(("2.py", "1.py", "0.py"), before, {"1.py::test_30"})[1] == ("2.py", "1.py", "0.py")


@pytest.mark.parametrize(
    ("tests", "answered", "expected"),
    [
        pytest.param(["a.py"], [f"a.py::test_{n}" for n in range(30)], [1], id="too few are left"),
        pytest.param(
            [f"a.py::test_{n}" for n in range(60)], [f"a.py::test_{n}" for n in range(60)], [20, 40], id="a file"
        ),
        pytest.param(["a.py"], [f"a.py::test_{n}" for n in range(60)], [20, 1], id="a whole file, opened"),
        pytest.param(["a.py::t"], [f"a.py::t[{n}]" for n in range(60)], [20, 1], id="parameters, asked for as a whole"),
        pytest.param(["a.py"], [f"{n % 10}.py::test_{n}" for n in range(60)], [12, 1], id="of the two nearest files"),
        pytest.param(["a.py"], [], [1], id="nothing answered"),
    ],
)
def test_the_first_stage_is_small(tests: list[str], answered: list[str], expected: list[int]) -> None:
    before = Run({name: Result(name, Answer.PASSED) for name in answered})
    assert [len(stage) for stage in stages(tuple(tests), before)] == expected


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ("test_a.py:5: in test_it\n    assert f(5) == 3\nassert 1 == 3\n +  where 1 = f(5)", "assert 1 == 3"),
        (
            "test_a.py:5: in test_it\n    f()\nmod.py:2: in f\n    1 / 0\nZeroDivisionError: division by zero",
            "ZeroDivis",
        ),
        ("    def test():\n>       assert 1 == 2\nE       assert 1 == 2\n\na.py:3: AssertionError", "assert 1 == 2"),
        ("Skipped: no", "Skipped: no"),
        ("", ""),
    ],
)
def test_what_went_wrong_is_told_in_a_line(message: str, why: str) -> None:
    found = reason(Result("t", Answer.FAILED, message=message))
    assert found.startswith(why)
    assert bool(found) is bool(why)


async def test_a_document_without_a_file_is_refused(tmp_path: Path) -> None:
    task = task_on(CODE, tmp_path)
    nameless = evolve(task, snapshot=evolve(task.snapshot, path=None))
    (finding,) = await TestsCheck(PlainBench(tmp_path), selection=await select(tmp_path)).judge(nameless, CODE)
    assert "no file yet" in finding.message


async def select(folder: Path) -> Selection:
    return await project(folder, {}).select(task_on(CODE, folder).snapshot, None)


async def test_the_tests_see_what_is_not_saved(tmp_path: Path) -> None:
    bench = project(tmp_path, {"b.py": "", "test_a.py": "import b\n\n\ndef test_it():\n    assert b.VALUE\n"})
    selection = await select_of(bench)
    judge = TestsCheck(
        bench, selection, {tmp_path / "b.py": "VALUE = 1\n"}, must_pass=("test_a.py::test_it",), seconds=120
    )
    assert list(await judge.judge(task_on(CODE, tmp_path), f"{CODE}\n")) == []


async def select_of(bench: PlainBench) -> Selection:
    return await bench.select(task_on(CODE, bench.root).snapshot, None)


@pytest.mark.parametrize(
    ("files", "cut", "decides", "note"),
    [
        pytest.param({}, "", True, "", id="tests that pass"),
        pytest.param({}, "The time is short.", False, "The time is short.", id="tests left out"),
        pytest.param(
            {"test_a.py": "def test_it():\n    assert 0\n"}, "", False, "passes as it is: assert 0", id="none passes"
        ),
        pytest.param({"test_a.py": "raise ValueError\n"}, "", False, "ValueError", id="none can be read"),
    ],
)
async def test_whether_tests_decide(
    tmp_path: Path,
    files: Mapping[str, str],
    cut: str,
    decides: bool,  # noqa: FBT001 - a row of the table
    note: str,
) -> None:
    bench = project(tmp_path, files)
    bench.cut = cut
    told = await oracle_for(bench, task_on(CODE, tmp_path).snapshot, Span(0, 5), others={}, seconds=120)
    assert (told.decides, len(told.checks)) == (decides, int(decides or bool(cut)))
    assert note in told.note


async def test_without_a_bench_nothing_decides(tmp_path: Path) -> None:
    told = await oracle_for(NoBench(), task_on(CODE, tmp_path).snapshot, None, others={})
    assert (told.checks, told.decides, told.note) == ((), False, "No tests can be run here.")


@frozen
class Doubting:
    """Says the same of every target."""

    why: str

    async def doubt(self, snapshot: Snapshot, target: Span, wanted: Wanted) -> str:  # noqa: ARG002 - the protocol's
        return self.why


@pytest.mark.parametrize("why", ["", "No test that passes runs it."])
async def test_tests_that_are_blind_do_not_decide(tmp_path: Path, why: str) -> None:
    snapshot = task_on(CODE, tmp_path).snapshot
    grader = Doubting(why)
    told = await oracle_for(project(tmp_path, {}), snapshot, Span(0, 5), others={}, seconds=120, grader=grader)
    assert (told.decides, told.note, len(told.checks)) == (not why, why, 1)
