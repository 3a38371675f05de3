"""New tests have to pass, to reach the code and to notice its mutants; a real pytest says whether they do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from attrs import evolve
from tests.support.bench import World
from tests.support.plain_bench import PlainBench
from tests.support.programs import BUBBLEWRAP

from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Ruling
from lastmile.config.tree import Settings
from lastmile.config.verifying import ProjectTests, Verify
from lastmile.errors import RequestError, StaleError
from lastmile.oracles.new_tests.check import NewTestsCheck
from lastmile.tasks.kind import Page, Workshop
from lastmile.tasks.write_tests import KIND
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.text.symbols import outline
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff

CODE = """\
def clamp(value, low, high):
    if value < low:
        return low
    if value > high:
        return high
    return value


def other():
    return 1
"""
HEAD = "from clamps import clamp, other\n\n\n"
RIGHT = """\
def test_inside_and_at_the_limits():
    assert [clamp(n, 1, 3) for n in (1, 2, 3)] == [1, 2, 3]


def test_outside():
    assert clamp(0, 1, 3) == 1
    assert clamp(4, 1, 3) == 3
"""


async def task_for(
    folder: Path, offload: Offload, files: Mapping[str, str] | None = None, *, others: Mapping[Path, str] | None = None
) -> Task:
    for name, text in {"clamps.py": CODE, **(files or {})}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    path = folder / "clamps.py"
    snapshot, patient = Snapshot(path.as_uri(), CODE, path), Settings(verify=Verify(tests=ProjectTests(seconds=120)))
    page = Page(snapshot, symbols=tuple(outline(CODE)), settings=patient, others=others or {})
    (offer,) = KIND.offers(page, Span(5, 5))
    assert offer.title == "Write tests for `clamp`"
    workshop = Workshop(Ruff(), offload, PlainBench(folder))
    return await KIND.task(page, offer.target, offer.detail, workshop)


async def check(folder: Path, offload: Offload, draft: str, *messages: str, summary: str = "") -> None:
    task = await task_for(folder, offload)
    (judge,) = task.oracle.late
    found = await judge.judge(task, draft)
    assert len(found) == len(messages)
    for item, message in zip(found, messages, strict=True):
        assert item.message == message or re.fullmatch(message, item.message)
    if summary:
        assert isinstance(found, Ruling)
        assert re.fullmatch(summary, found.summary)
    assert not (folder / "test_clamps.py").exists()


@pytest.mark.slow
async def test_tests_that_notice_what_changes_pass(tmp_path: Path, offload: Offload) -> None:
    await check(tmp_path, offload, HEAD + RIGHT, summary=r"2 new tests, [789] of \d mutants noticed")


WRONG = CODE.replace("return value", "return value + 1")
STOPPED = CODE.replace("    if value < low", "    raise KeyError(value)\n    if value < low")
"""A fault that stops the code with an error, of which tests that check nothing take notice too."""


@pytest.mark.slow
@pytest.mark.skipif(BUBBLEWRAP.is_missing(), reason="bubblewrap is not there; the report's header says so")
@pytest.mark.parametrize(
    ("counted", "stopping", "enough"),
    [(1, 0, True), (1, 2, False), (2, 2, True), (3, 13, False)],
)
async def test_enough_faults_have_to_count(
    tmp_path: Path, offload: Offload, counted: int, stopping: int, *, enough: bool
) -> None:
    bench = World(tmp_path, files={}).bench()
    task = await task_for(bench.root, offload)
    (judge,) = task.oracle.late
    assert isinstance(judge, NewTestsCheck)
    texts = [f"# {at}\n{text}" for text, times in ((WRONG, counted), (STOPPED, stopping)) for at in range(times)]
    check = evolve(judge, bench=bench, mutants=tuple(evolve(judge.mutants[0], text=text) for text in texts))
    try:
        found = await check.judge(task, HEAD + RIGHT)
    finally:
        await bench.close()
    few = f"Of {counted + stopping} small faults in the code too few could be judged; {counted} were."
    assert [item.message for item in found] == ([] if enough else [few])


async def test_where_no_fault_can_be_put_in_no_tests_are_written(tmp_path: Path, offload: Offload) -> None:
    code = "def nothing():\n    pass\n"
    (tmp_path / "clamps.py").write_text(code)
    snapshot = Snapshot("file:///clamps.py", code, tmp_path / "clamps.py")
    page = Page(snapshot, symbols=tuple(outline(code)))
    workshop = Workshop(Ruff(), offload, PlainBench(tmp_path))
    with pytest.raises(RequestError, match="nothing in it to put a small fault into"):
        await KIND.task(page, Span(0, 1), {"symbol": "nothing"}, workshop)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("draft", "message"),
    [
        pytest.param(
            "def test_it():\n    assert clamp(0, 1, 3) == 0\n",
            "test_clamps.py::test_it fails on the code as it is: assert 1 == 0",
            id="wrong about the code",
        ),
        pytest.param(
            "def test_it():\n    assert other() == 1\n", "No new test runs the code that it is for.", id="another"
        ),
        pytest.param(
            "def test_it():\n    assert clamp(2, 1, 3)\n",
            r"The tests notice [1-4] of \d small faults put into the code; 60% are needed\.",
            id="hardly anything",
        ),
        pytest.param(
            "import pytest\n\n\ndef test_it(nothing):\n    assert clamp(2, 1, 3)\n",
            "test_clamps.py::test_it fails on the code as it is: fixture 'nothing' not found",
            id="cannot be set up",
        ),
    ],
)
async def test_tests_that_prove_too_little(tmp_path: Path, offload: Offload, draft: str, message: str) -> None:
    await check(tmp_path, offload, HEAD + draft, message)


@pytest.mark.parametrize(
    ("draft", "message"),
    [
        pytest.param("", "The draft adds no test.", id="nothing"),
        pytest.param("def helper():\n    assert clamp(1, 1, 1)\n", "The draft adds no test.", id="no test"),
        pytest.param("def test_it():\n    clamp(1, 1, 1)\n", "test_it checks nothing.", id="nothing is checked"),
        pytest.param(
            "import time\n\n\ndef test_it():\n    time.sleep(1)\n    assert clamp(1, 1, 1)\n",
            "test_it sleeps: a test must not wait for time to pass.",
            id="sleeps",
        ),
        pytest.param(
            "import urllib.request\n\n\ndef test_it():\n    assert clamp(1, 1, 1)\n",
            "The new tests import urllib.request: a test must not need the network.",
            id="the network",
        ),
        pytest.param(
            "def test_it(:\n", "The new tests cannot be read: invalid syntax (<unknown>, line 4).", id="broken"
        ),
    ],
)
async def test_tests_that_are_refused_unrun(tmp_path: Path, offload: Offload, draft: str, message: str) -> None:
    await check(tmp_path, offload, HEAD + draft, message)


@pytest.mark.parametrize(
    ("draft", "message"),
    [
        (HEAD + "def test_new():\n    assert other() == 1\n", "The draft takes the test test_old away."),
        (HEAD + "def test_old():\n    assert True\n", "The draft changes the test test_old."),
    ],
)
async def test_the_tests_that_are_there_stay(tmp_path: Path, offload: Offload, draft: str, message: str) -> None:
    task = await task_for(tmp_path, offload, {"test_clamps.py": HEAD + "def test_old():\n    assert other() == 1\n"})
    (judge,) = task.oracle.late
    assert message in [item.message for item in await judge.judge(task, draft)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("draft", "message"),
    [
        pytest.param(
            "class Seen:\n    last = 0\n\n    @classmethod\n    def keep(cls, value):\n        cls.last = value\n\n\n"
            "def test_first():\n    Seen.keep(clamp(2, 1, 3))\n    assert Seen.last == 2\n\n\n"
            "def test_second():\n    assert Seen.last == 2\n",
            "The tests pass once and not again, in another order.",
            id="on each other",
        ),
        pytest.param(
            "def test_new():\n    assert clamp(KEPT.pop_first(), 1, 3) == 2\n",
            "test_clamps.py::test_old, which was there, does not pass behind the new tests.",
            id="on what was there",
        ),
    ],
)
async def test_tests_that_hang_together(tmp_path: Path, offload: Offload, draft: str, message: str) -> None:
    old = (
        f"{HEAD}class Kept(list):\n    def pop_first(self):\n        return self.pop(0)\n\n\nKEPT = Kept([2, 3])\n\n\n"
        "def test_old():\n    assert other() == 1\n    assert 2 in KEPT\n\n\n"
    )
    task = await task_for(tmp_path, offload, {"test_clamps.py": old})
    (judge,) = task.oracle.late
    assert message in [item.message for item in await judge.judge(task, old + draft)]


@pytest.mark.parametrize(
    ("files", "place", "is_new"),
    [
        pytest.param({}, "test_clamps.py", True, id="beside"),
        pytest.param({"tests/test_else.py": ""}, "tests/test_clamps.py", True, id="with the others"),
        pytest.param({"tests/test_clamps.py": "X = 1\n"}, "tests/test_clamps.py", False, id="in the module's own"),
        pytest.param({"clamps_test.py": "", "test_x.py": ""}, "test_clamps.py", True, id="not selected"),
    ],
)
async def test_where_tests_go(
    tmp_path: Path,
    offload: Offload,
    files: Mapping[str, str],
    place: str,
    is_new: bool,  # noqa: FBT001 - a column
) -> None:
    task = await task_for(tmp_path, offload, files)
    assert (task.snapshot.path, task.snapshot.is_new) == (tmp_path / place, is_new)
    assert (task.target, task.scope.spans) == (Span(*[len(task.snapshot.text)] * 2), (task.target,))
    assert [item.span.of(item.snapshot.text) for item in task.references] == [CODE[: CODE.index("\n\n\n")]]


async def test_an_open_test_file_is_taken_as_it_stands_there(tmp_path: Path, offload: Offload) -> None:
    others = {tmp_path / "test_clamps.py": "# mine\n"}
    task = await task_for(tmp_path, offload, {"test_clamps.py": "# old\n"}, others=others)
    assert (task.snapshot.text, task.snapshot.is_new) == ("# mine\n", False)


def test_what_is_a_test_is_offered_none(tmp_path: Path) -> None:
    path = tmp_path / "test_clamps.py"
    page = Page(Snapshot(path.as_uri(), CODE, path), symbols=tuple(outline(CODE)))
    assert list(KIND.offers(page, Span(5, 5))) == []


async def test_without_a_bench_or_a_symbol_there_is_no_task(tmp_path: Path, offload: Offload) -> None:
    page = Page(Snapshot("file:///clamps.py", CODE, tmp_path / "clamps.py"), symbols=tuple(outline(CODE)))
    with pytest.raises(RequestError, match=r"cannot be judged here. No tests can be run here\."):
        await KIND.task(page, Span(0, 1), {"symbol": "clamp"}, Workshop(Ruff(), offload))
    with pytest.raises(StaleError, match="no longer there"):
        await KIND.task(page, Span(0, 1), {"symbol": "gone"}, Workshop(Ruff(), offload, PlainBench(tmp_path)))
