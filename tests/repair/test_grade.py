"""What tests can be trusted with, on tests that really run."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import define, evolve, field
from tests.support.judging import task_on
from tests.support.repairs import Ground

from lastmile.cascade.task import Oracle, Task
from lastmile.repair.appraising import OracleGrader
from lastmile.repair.changed import changed, changed_lines, whole
from lastmile.repair.grade import Grade
from lastmile.testing.bench import ProjectBench
from lastmile.testing.values import Run, Selection, Wanted
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.verify.tests import TestsCheck

pytestmark = pytest.mark.slow

LARGEST = """\
def largest(items):
    # The first is as good as any.
    best = items[0]
    for item in items:
        if item < best:
            best = item
    return best


def unused(number):
    return number + 1
"""
RIGHT = LARGEST.replace("<", ">")
IMPORT = "from buggy import largest, unused\n"
STRONG = f"{IMPORT}def test_a(): assert largest([1, 3, 2]) == 3\ndef test_b(): assert unused\n"
WEAK = f"{IMPORT}def test_a(): largest([1, 3, 2])\ndef test_b(): assert unused\n"


def grader(ground: Ground, seconds: float = 10.0) -> OracleGrader:
    return OracleGrader(ground.bench, ground.trials, ground.offload, lambda: "", seconds)


async def judged(ground: Ground, tests: str, text: str = LARGEST) -> Task:
    """Give a task that the tests judge."""
    case = await ground.case(text, tests)
    check = TestsCheck(ground.bench, Selection(case.tests))
    task = task_on(text, ground.folder)
    return evolve(task, snapshot=evolve(task.snapshot, path=case.path), oracle=Oracle(late=(check,)))


async def check(ground: Ground, tests: str, text: str, words: str) -> None:
    assert await grader(ground).appraise(await judged(ground, tests), text) == words


async def test_tests_that_notice(ground: Ground) -> None:
    await check(ground, STRONG, RIGHT, "1 of 2 tests reach the change, 2 of 3 mutants of it killed")


async def test_tests_that_only_run(ground: Ground) -> None:
    await check(ground, WEAK, RIGHT, "1 of 2 tests reach the change, 0 of 3 mutants of it killed")


async def test_tests_that_do_not_reach_it(ground: Ground) -> None:
    await check(ground, STRONG, LARGEST.replace("+ 1", "+ 2"), "0 of 1 tests reach the change")


async def test_nothing_is_claimed_of_what_does_not_run(ground: Ground) -> None:
    await check(ground, STRONG, LARGEST.replace("as good as any", "enough"), "")


async def test_tests_that_fail_whatever_is_done_kill_no_mutant(ground: Ground) -> None:
    broken = f"{WEAK}def test_c(): assert largest([3]) == 4\n"
    await check(ground, broken, RIGHT, "1 of 2 tests reach the change, 0 of 3 mutants of it killed")


async def test_nothing_is_claimed_where_nothing_judged_or_grading_is_off(ground: Ground) -> None:
    task = await judged(ground, STRONG)
    assert await grader(ground).appraise(evolve(task, oracle=Oracle()), RIGHT) == ""
    assert await grader(ground, 0).appraise(task, RIGHT) == ""


@define
class Asking:
    """A bench that keeps what it was asked."""

    bench: ProjectBench
    asked: list[Wanted] = field(factory=list)
    note: str = ""
    known: str = ""

    @property
    def root(self) -> Path:
        return self.bench.root

    async def absent(self) -> str:
        return await self.bench.absent()

    async def select(self, snapshot: Snapshot, target: Span | None) -> Selection:
        return await self.bench.select(snapshot, target)

    async def run(self, wanted: Wanted) -> Run:
        self.asked.append(wanted)
        return await self.bench.run(wanted)

    async def watched(self, wanted: Wanted) -> Run | None:
        return await self.bench.watched(wanted)

    def take(self) -> set[object]:
        """Give what was asked for by what its answer is known, and forget it."""
        found: set[object] = {(item.tests, *sorted(item.texts.items())) for item in self.asked if not item.trace}
        self.asked.clear()
        return found


async def test_what_was_judged_in_stages_is_not_run_again(ground: Ground) -> None:
    many = f"{STRONG}import pytest\n@pytest.mark.parametrize('n', range(60))\ndef test_c(n): assert largest([n]) == n\n"
    task, bench = await judged(ground, many), Asking(ground.bench)
    check = TestsCheck(bench, Selection(("test_buggy.py",)))
    assert not await check.judge(task, RIGHT)
    before = bench.take()
    assert len(before) == 3  # the old text, and two stages
    one = OracleGrader(bench, ground.trials, ground.offload, lambda: "", 10.0)
    task = evolve(task, oracle=Oracle(late=(check,)))
    assert (await one.appraise(task, RIGHT)).endswith("mutants of it killed")
    assert bench.take() == before


@define
class Counting:
    """The state of the files, which changes when it is told to."""

    state: str = ""
    asked: list[str] = field(factory=list)

    def __call__(self) -> str:
        self.asked.append(self.state)
        return self.state


async def test_a_grade_is_kept_while_nothing_changes(ground: Ground) -> None:
    task, files = await judged(ground, STRONG), Counting()
    one = OracleGrader(ground.bench, ground.trials, ground.offload, files, 10.0)
    first = await one.appraise(task, RIGHT)
    (ground.folder / "test_buggy.py").write_text(WEAK)
    assert await one.appraise(task, RIGHT) == first
    files.state = "other"
    assert await one.appraise(task, RIGHT) != first


@pytest.mark.parametrize(
    ("tests", "name", "why"),
    [
        pytest.param(STRONG, "largest", "", id="they notice"),
        pytest.param(WEAK, "largest", "The tests notice none of ", id="they notice nothing"),
        pytest.param(STRONG, "unused", "No test that passes runs it.", id="they do not run it"),
    ],
)
async def test_whether_tests_see_a_target_is_known_before_anybody_drafts(
    ground: Ground, tests: str, name: str, why: str
) -> None:
    task = await judged(ground, tests, RIGHT)
    at = RIGHT.index(f"def {name}")
    path = task.snapshot.path
    assert path is not None
    selection = Selection(("test_buggy.py::test_a", "test_buggy.py::test_b"))
    wanted = Wanted(selection.tests, {path: RIGHT}, seconds=20.0)
    found = await grader(ground).doubt(task.snapshot, Span(at, RIGHT.index("\n", RIGHT.index("return", at))), wanted)
    assert found.startswith(why)
    assert bool(found) is bool(why)


def test_the_lines_of_a_change() -> None:
    assert changed_lines(LARGEST, RIGHT) == {5}
    assert changed(LARGEST, RIGHT).lines == {5}
    assert changed("x = 1\n", "x = 2\n").lines == frozenset()
    assert changed("x = 1\n", "x = 2\n").mutants
    assert changed("x = 1\n", "x = (\n").mutants == ()
    assert whole(LARGEST, Span(0, 30)).lines == frozenset()
    long = "def f(a):\n    return g(\n        a,\n        1,\n    )\n"
    assert changed(long, long.replace("1", "2")).lines == {2, 3, 4, 5}
    tried = "def f(a):\n    try:\n        g(a)\n    except ValueError:\n        return 1\n"
    assert changed(tried, tried.replace("return 1", "return 2")).lines == {5}
    cased = "def f(a):\n    match a:\n        case 1:\n            return 1\n"
    assert changed(cased, cased.replace("return 1", "return 2")).lines == {4}


def test_words() -> None:
    assert Grade(12, 3, 9, 7, left=4).words == "3 of 12 nearest tests reach the change, 7 of 9 mutants of it killed"
    assert Grade(1, 1).words == "1 of 1 tests reach the change"
    assert Grade(mutants=2, killed=1).words == "1 of 2 mutants of the change killed"
    assert Grade().words == ""
