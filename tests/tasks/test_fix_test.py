"""Mending what a failing test covers: where it is offered, which function it finds, what it says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from attrs import define, evolve
from tests.support.fixing import fill
from tests.support.plain_bench import PlainBench

from lastmile import files
from lastmile.cascade.task import Task
from lastmile.config.tree import Settings
from lastmile.config.verifying import ProjectTests, Verify
from lastmile.errors import RequestError, StaleError
from lastmile.tasks.fix_test import KIND
from lastmile.tasks.kind import Page, Workshop
from lastmile.testing.values import Answer, Run, Standing, Wanted
from lastmile.text.edits import Span
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


async def task_for(page: Page, at: str, bench: PlainBench, offload: Offload) -> Task:
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
