"""Mending what a failing test covers: where it is offered, which function it finds, what it says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from attrs import define, evolve
from tests.support.bench import World
from tests.support.fixing import fill
from tests.support.plain_bench import PlainBench
from tests.support.programs import BUBBLEWRAP

from lastmile import files
from lastmile.cascade.task import Task
from lastmile.config.tree import Settings
from lastmile.config.verifying import ProjectTests, Verify
from lastmile.errors import RequestError, StaleError
from lastmile.tasks.fix_test import KIND
from lastmile.tasks.kind import Page, Workshop
from lastmile.testing.bench import ProjectBench
from lastmile.testing.values import Answer, Bench, Run, Selection, Standing, Wanted
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.text.symbols import outline
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff
from lastmile.verify.tests import TestsCheck

CODE = """\
from prices import price


def total(items):
    return sum(price(item) for item in items)


def largest(items):
    return sorted(items)[0]


def unused():
    return 1
"""
PRICES = "def price(item):\n    if item < 0:\n        raise ValueError(item)\n    return item + item // 10\n"
TESTS = """\
from cart import largest, total


def test_total():
    assert total([10, 20]) == 30


def test_largest():
    assert largest([2, 1]) == 2


class TestPrices:
    def test_none(self):
        assert total([]) == 0

    def test_negative(self):
        assert total([-1, 2]) == 1


def test_itself():
    assert 1 == 2
"""
FILES = {"cart.py": CODE, "prices.py": PRICES, "tests/test_cart.py": TESTS, "conftest.py": ""}
PATIENT = Settings(verify=Verify(tests=ProjectTests(seconds=120)))


def page_of(path: Path, text: str = "", **more: object) -> Page:
    snapshot = files.read(path)
    text = text or snapshot.text
    return Page(type(snapshot)(snapshot.uri, text, path), (), outline(text), PATIENT, **{"untested": "", **more})  # type: ignore[arg-type]


def offered(page: Page, at: str) -> list[tuple[str, Mapping[str, object]]]:
    place = page.snapshot.text.index(at)
    return [(item.title, item.detail) for item in KIND.offers(page, Span(place, place))]


async def select_all(snapshot: Snapshot, target: Span | None) -> Selection:  # noqa: ARG001 - the protocol's
    """Select the one file of tests."""
    return Selection(("test_two.py",), total=1)


async def task_for(page: Page, at: str, bench: Bench, offload: Offload) -> Task:
    place = page.snapshot.text.index(at)
    (offer,) = KIND.offers(page, Span(place, place))
    return await KIND.task(page, offer.target, offer.detail, Workshop(Ruff(), offload, bench))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> PlainBench:
    """Give the project as it is, whose runs the tests of this module share."""
    return PlainBench(fill(tmp_path_factory.mktemp("project"), FILES))


@pytest.mark.parametrize(
    ("own", "title"),
    [
        ({}, "Fix the code, if the test `test_none` fails"),
        ({"TestPrices.test_none": True}, "Fix the code, so that the failing test `test_none` passes"),
        ({"TestPrices.test_none": False}, ""),
        ({"test_none": False}, "Fix the code, if the test `test_none` fails"),
    ],
)
def test_in_a_test_it_is_offered_unless_the_test_is_known_to_pass(
    tmp_path: Path, own: dict[str, bool], title: str
) -> None:
    page = page_of(fill(tmp_path, FILES) / "tests/test_cart.py", standing=Standing(own=own))
    expected = [(title, {"test": "TestPrices.test_none"})] if title else []
    assert offered(page, "== 0") == expected


@pytest.mark.parametrize(
    ("failed", "title"),
    [
        ({}, "Fix `total`, if one of its tests fails"),
        ({"t::a": True}, "Fix `total`, so that its failing tests pass"),
        ({"t::a": False}, "Fix `total`, if one of its tests fails"),
        ({"t::a": False, "t::b": False}, ""),
    ],
)
def test_on_a_function_it_is_offered_unless_its_tests_are_known_to_pass(
    tmp_path: Path, failed: dict[str, bool], title: str
) -> None:
    path = fill(tmp_path, FILES) / "cart.py"
    (total, *_) = outline(CODE)
    standing = Standing(failed=failed, selected={total.span: ("t::a", "t::b")})
    page = page_of(path, standing=standing)
    assert [found for found, _ in offered(page, "total")] == ([title] if title else [])
    assert offered(page, "sum(") == []
    assert offered(page_of(path, standing=standing, untested="No tests."), "total") == []


@pytest.mark.slow
async def test_the_most_suspect_function_of_another_file_is_mended(bench: PlainBench, offload: Offload) -> None:
    folder = bench.root
    page = page_of(folder / "tests/test_cart.py")
    task = await task_for(page, "largest([2", bench, offload)
    assert (task.snapshot.path, task.snapshot.text) == (folder / "cart.py", CODE)
    assert task.target.of(CODE).startswith("def largest(")
    assert task.scope.spans == (task.target,)
    assert task.title == "Fix the failing test of `largest`"
    (check,) = task.oracle.late
    assert isinstance(check, TestsCheck)
    assert check.must_pass == ("tests/test_cart.py::test_largest",)
    assert set(check.others) == {folder / "tests/test_cart.py"}
    (reference,) = task.references
    assert reference.span.of(reference.snapshot.text) == "def test_largest():\n    assert largest([2, 1]) == 2"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("at", "function"),
    [
        pytest.param("total([-1", "def price(", id="the one that raised"),
        pytest.param("total([10", "def price(", id="the one that passing tests do not run"),
    ],
)
async def test_which_function_is_suspected(bench: PlainBench, offload: Offload, at: str, function: str) -> None:
    task = await task_for(page_of(bench.root / "tests/test_cart.py"), at, bench, offload)
    assert task.target.of(task.snapshot.text).startswith(function)


@pytest.mark.slow
async def test_what_is_open_counts_rather_than_what_is_saved(tmp_path: Path, offload: Offload) -> None:
    folder = fill(tmp_path, {**FILES, "tests/test_cart.py": ""})
    unsaved = CODE.replace("[0]", "[0]  # mine")
    page = page_of(folder / "tests/test_cart.py", TESTS, others={folder / "cart.py": unsaved})
    task = await task_for(page, "largest([2", PlainBench(folder), offload)
    assert (task.snapshot.path, task.snapshot.text) == (folder / "cart.py", unsaved)


TWO = """\
def good(x):
    return x


def untested(x):
    return x + 2


def bad(x):
    return x - 1


TABLE = [good(1)]
"""
TESTS_OF_TWO = """\
import pytest
import subprocess
import sys

from two import TABLE, bad, good


def test_good():
    assert good(1) == 1


def test_bad():
    assert bad(1) == 2


@pytest.mark.parametrize("x", [bad])
def test_nowhere(fixture_that_is_nowhere, x):
    assert bad(1) == 2
"""


async def case_of(offload: Offload, bench: PlainBench, function: str) -> tuple[str, ...]:
    page = page_of(bench.root / "two.py")
    task = await task_for(page, f"{function}(", bench, offload)
    (check,) = task.oracle.late
    assert isinstance(check, TestsCheck)
    return check.must_pass


@pytest.mark.slow
async def test_only_tests_that_fail_and_run_the_function_count(tmp_path: Path, offload: Offload) -> None:
    bench = PlainBench(fill(tmp_path, {"two.py": TWO, "test_two.py": TESTS_OF_TWO}))
    assert await case_of(offload, bench, "bad") == ("test_two.py::test_bad",)
    with pytest.raises(StaleError) as raised:
        await case_of(offload, bench, "untested")
    expected = "2 tests fail, and none of them runs a line of `untested`: there is nothing to fix in it."
    assert str(raised.value) == expected


@pytest.mark.slow
@pytest.mark.skipif(BUBBLEWRAP.is_missing(), reason="bubblewrap is not there; the report's header says so")
@pytest.mark.parametrize(
    ("test", "must_pass"),
    [
        pytest.param("def test_it(): assert TABLE == [2]\n", {"good": True, "untested": False}, id="on import"),
        pytest.param(
            "def test_it(): subprocess.run([sys.executable, '-c', 'import two; assert two.bad(1) == 2'], check=True)\n",
            {"bad": True, "untested": True},
            id="in a program",
        ),
        pytest.param(
            "@pytest.fixture\ndef set_up(): return bad(1) / 0\n\ndef test_it(set_up): pass\n",
            {"bad": True, "untested": False},
            id="in what sets it up",
        ),
        pytest.param(
            "@pytest.fixture\ndef set_up(): subprocess.run(['false'], check=True)\n\ndef test_it(set_up): pass\n",
            {"bad": False},
            id="in a program that sets something else up",
        ),
    ],
)
async def test_where_it_cannot_be_seen_what_fails_counts(
    tmp_path: Path, offload: Offload, test: str, must_pass: Mapping[str, bool]
) -> None:
    head = TESTS_OF_TWO.partition("def test_good")[0]
    world = World(tmp_path, files={"two.py": TWO, "test_two.py": f"{head}{test}"})
    bench = ProjectBench(world.bench().site, select_all)
    page = page_of(world.root / "two.py")
    found = {}
    for function in must_pass:
        try:
            task = await task_for(page, f"{function}(", bench, offload)
        except StaleError:
            found[function] = False
        else:
            (check,) = task.oracle.late
            assert isinstance(check, TestsCheck)
            found[function] = check.must_pass == ("test_two.py::test_it",)
    await bench.close()
    assert found == must_pass


@pytest.mark.slow
@pytest.mark.parametrize(
    ("at", "error", "message"),
    [
        ("== 0", StaleError, "`test_none` passes: there is nothing to fix."),
        ("1 == 2", RequestError, "`test_itself` fails, and runs no function of the project: assert 1 == 2"),
    ],
)
async def test_where_there_is_nothing_to_mend(
    bench: PlainBench, offload: Offload, at: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as raised:
        await task_for(page_of(bench.root / "tests/test_cart.py"), at, bench, offload)
    assert str(raised.value) == message


@pytest.mark.slow
async def test_a_test_that_cannot_be_run_says_why(tmp_path: Path, offload: Offload) -> None:
    folder = fill(tmp_path, {**FILES, "cart.py": "import nowhere\n"})
    with pytest.raises(RequestError, match=r"(?s)`test_total` could not be run: .*nowhere"):
        await task_for(page_of(folder / "tests/test_cart.py"), "total([10", PlainBench(folder), offload)


@define
class NothingWritten(PlainBench):
    """Has every test that fails fail for writing where nothing can be written."""

    async def run(self, wanted: Wanted) -> Run:
        run = await PlainBench.run(self, wanted)
        barred = {item.id: evolve(item, answer=Answer.BARRED) for item in run.broken}
        return evolve(run, results={**run.results, **barred})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("test", "error", "message"),
    [
        ("test_total", RequestError, r"The tests of `total` could not be run: assert \(?33"),
        (
            "test_",
            StaleError,
            r"\d of its 5 tests cannot be run in the sandbox, the others pass: there is nothing to fix",
        ),
    ],
)
async def test_tests_that_cannot_be_run_are_no_reason_to_mend(
    tmp_path: Path, offload: Offload, test: str, error: type[Exception], message: str
) -> None:
    folder = fill(tmp_path, FILES)
    names = [name for name in ("test_total", "test_largest", "test_itself") if test in name]
    others = ["TestPrices::test_none", "TestPrices::test_negative"] if test == "test_" else []
    selected = tuple(f"tests/test_cart.py::{name}" for name in (*names, *others))
    with pytest.raises(error, match=message):
        await task_for(page_of(folder / "cart.py"), "total", NothingWritten(folder, selected), offload)
