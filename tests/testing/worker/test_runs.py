"""What runs answer and how they are run: the draft over the real file, several at once, cancelled, again."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sysconfig
import venv
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio
from attrs import evolve
from tests.support.bench import FILES, HONEST, TESTS, World, below, told
from tests.support.patience import PATIENCE

from lastmile.testing.bench import ProjectBench
from lastmile.testing.values import Answer, Wanted

pytestmark = pytest.mark.asyncio(loop_scope="module")
Shared = tuple[World, ProjectBench]
MODULE = ("tests/test_more.py",)
MORE = """
import os, subprocess, sys, unittest
import pytest
import cart

class TestOld(unittest.TestCase):
    def test_method(self):
        self.assertEqual(cart.total([1]), 1)

@pytest.mark.parametrize("n", [1, 2])
def test_many(n):
    assert cart.total([n]) == n

@pytest.mark.skip(reason="not now")
def test_skipped(): pass

@pytest.mark.xfail
def test_expected(): assert cart.total([]) == 1

@pytest.fixture
def broken(): raise ValueError("no fixture")

def test_broken(broken): pass

def test_subprocess():
    done = subprocess.run([sys.executable, "-c", "import cart; print(cart.total([2]))"], capture_output=True, text=True)
    assert done.stdout == "2\\n", done.stderr

def test_temporary(tmp_path):
    (tmp_path / "a").write_text("a")

def test_address():
    assert object() == cart.total([1]), "1.25s"
"""

NEIGHBOURS = """
import pytest
import cart

@pytest.mark.parametrize("unknown", [1])
def test_that_cannot_be_made(): pass

class TestSums:
    class TestInner:
        @pytest.mark.parametrize("n", [1, 2])
        def test_one(self, n): assert cart.total([n]) == n

    @pytest.mark.parametrize("unknown", [1])
    def test_that_cannot_be_made(self): pass
"""
INNER = "tests/test_neighbours.py::TestSums::TestInner"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shared]:
    """Give a bench."""
    world = World(
        tmp_path_factory.mktemp("runs").resolve(),
        files=FILES | {"tests/test_more.py": MORE, "tests/test_neighbours.py": NEIGHBOURS},
    )
    bench = world.bench()
    yield world, bench
    await bench.close()


async def test_each_kind_of_answer(shared: Shared) -> None:
    world, bench = shared
    run = await bench.run(world.wanted(HONEST, *MODULE))
    assert run.trouble == ""
    assert {name.partition("::")[2]: item.answer for name, item in run.results.items()} == {
        "TestOld::test_method": Answer.PASSED,
        "test_many[1]": Answer.PASSED,
        "test_many[2]": Answer.PASSED,
        "test_skipped": Answer.SKIPPED,
        "test_expected": Answer.PASSED,
        "test_broken": Answer.ERROR,
        "test_subprocess": Answer.PASSED,
        "test_temporary": Answer.PASSED,
        "test_address": Answer.FAILED,
    }
    assert "ValueError: no fixture" in run.results["tests/test_more.py::test_broken"].message


async def test_messages_are_the_same_each_time(shared: Shared) -> None:
    world, bench = shared
    runs = [await bench.run(world.wanted(f"{HONEST}# {n}\n", *MODULE)) for n in range(2)]
    first, second = (run.results["tests/test_more.py::test_address"].message for run in runs)
    assert first == second
    assert "<object object at 0x…>" in first
    assert first.splitlines()[0].startswith("tests/test_more.py:")


async def test_the_working_tree_is_not_written(shared: Shared) -> None:
    world, bench = shared
    before = {path: path.stat().st_mtime_ns for path in world.root.rglob("*")}
    run = await bench.run(world.wanted(f"{HONEST}# written nowhere\n", *MODULE))
    assert run.passed
    assert {path: path.stat().st_mtime_ns for path in world.root.rglob("*")} == before


@pytest.mark.parametrize(
    ("tests", "ran"),
    [
        pytest.param((TESTS[1], TESTS[0]), (TESTS[1], TESTS[0]), id="in the order asked for"),
        pytest.param(
            ("tests/test_more.py::test_many", TESTS[0]),
            ("tests/test_more.py::test_many[1]", "tests/test_more.py::test_many[2]", TESTS[0]),
            id="all parameters",
        ),
        pytest.param(
            ("tests/test_more.py::TestOld",), ("tests/test_more.py::TestOld::test_method",), id="all of a class"
        ),
        pytest.param(
            (TESTS[0], "tests/test_cart.py::gone", "tests/gone.py"), (TESTS[0],), id="some that are not there"
        ),
        pytest.param(
            (f"{INNER}::test_one[2]", TESTS[0]),
            (f"{INNER}::test_one[2]", TESTS[0]),
            id="one of a function, beside what cannot be collected",
        ),
        pytest.param((INNER,), (f"{INNER}::test_one[1]", f"{INNER}::test_one[2]"), id="all of a class in a class"),
    ],
)
async def test_what_runs(shared: Shared, tests: tuple[str, ...], ran: tuple[str, ...]) -> None:
    world, bench = shared
    run = await bench.run(world.wanted(HONEST, *tests))
    assert (run.trouble, tuple(run.results)) == ("", ran)


async def test_nothing_is_found(shared: Shared) -> None:
    world, bench = shared
    run = await bench.run(world.wanted(HONEST, "tests/gone.py::test_gone"))
    assert (dict(run.results), run.trouble[:31]) == ({}, "pytest found none of the tests")[:2] or "none" in run.trouble
    assert await bench.run(Wanted(())) == evolve(run, results={}, seconds=0.0, trouble="")


async def test_it_stops_at_the_first_failure(shared: Shared) -> None:
    world, bench = shared
    wanted = evolve(world.wanted("def total(items): return 7\n"), first_failure=True)
    run = await bench.run(wanted)
    assert (run.trouble, len(run.results), len(run.broken)) == ("", 1, 1)


async def test_another_order(shared: Shared) -> None:
    world, bench = shared
    tests = ("tests/test_more.py", *TESTS)
    orders = {
        tuple((await bench.run(evolve(world.wanted(HONEST, *tests), shuffle=seed))).results) for seed in (1, 2, 1)
    }
    assert len(orders) == 2
    assert len({frozenset(order) for order in orders}) == 1


async def test_lines_that_each_test_ran(shared: Shared) -> None:
    world, bench = shared
    cart = world.root / "cart.py"
    draft = "def total(items):\n    if not items:\n        return 0\n    return sum(items)\n"
    run = await bench.run(evolve(world.wanted(draft), trace=(cart,)))
    assert [dict(item.lines) for item in run.results.values()] == [
        {str(cart): frozenset({2, 4})},
        {str(cart): frozenset({2, 3})},
    ]


LOADED = """\
import functools


def table():
    return [1]


def later():
    return TABLE[0]


TABLE = table()
"""
UNSEEN = {
    "import cart\ndef test_it(): assert cart.later() == 1\n": False,
    "import os\ndef test_it(): assert os.waitpid(os.spawnv(os.P_NOWAIT, '/bin/true', ['true']), 0)[1] == 0\n": True,
    "import os, sys\ndef test_it(): assert not os.system(f'{sys.executable} -c 1')\n": True,
    "import multiprocessing\ndef test_it(): multiprocessing.get_context('fork').Process(target=print).start()\n": True,
}


@pytest.mark.parametrize("test", UNSEEN)
async def test_what_ran_on_import_and_what_could_not_be_seen(shared: Shared, test: str) -> None:
    world, bench = shared
    cart, file = world.root / "cart.py", world.root / "tests/test_unseen.py"
    wanted = Wanted(("tests/test_unseen.py",), {cart: LOADED, file: test}, trace=(cart,), loading=True)
    run = await bench.run(wanted)
    assert (run.trouble, [item.unseen for item in run.results.values()]) == ("", [UNSEEN[test]]), told(run)
    assert dict(run.loaded) == ({str(cart): frozenset({5})} if "cart" in test else {})


async def test_a_new_file_and_one_in_a_new_folder(shared: Shared) -> None:
    world, bench = shared
    texts = {
        world.root / "tests/test_new.py": "from helper.deep import one\ndef test_new(): assert one() == 1\n",
        world.root / "helper/deep.py": "def one(): return 1\n",
        world.root / "cart.py": HONEST,
    }
    run = await bench.run(Wanted(("tests/test_new.py", *TESTS), texts))
    assert (run.trouble, len(run.passed)) == ("", 3), told(run)
    assert not (world.root / "helper").exists()


async def test_a_candidate_of_the_same_size_and_second_is_what_runs(shared: Shared) -> None:
    """Python takes compiled code for a file's by its time and size."""
    world, bench = shared
    right, wrong = "def total(items): return sum(items) + 0\n", "def total(items): return sum(items) + 1\n"
    for text, passed in ((right, 2), (wrong, 0), (right, 2)):
        assert len((await bench.run(world.wanted(text))).passed) == passed


async def test_several_at_once_do_not_see_each_other(shared: Shared) -> None:
    world, bench = shared
    body = "import os\ndef total(items):\n    open('/tmp/{n}', 'w')\n    assert len(os.listdir('/tmp')) <= 5\n"
    drafts = [f"{body.format(n=n)}    return sum(items) + {n % 2}\n" for n in range(6)]
    runs = await asyncio.gather(*(bench.run(world.wanted(draft, TESTS[0])) for draft in drafts))
    assert [len(run.passed) for run in runs] == [1, 0, 1, 0, 1, 0], "\n".join(map(told, runs))


async def test_what_is_known_is_not_run_again(shared: Shared) -> None:
    world, bench = shared
    first, second = [await bench.run(world.wanted(f"{HONEST}# known\n")) for _ in range(2)]
    assert second is first
    (world.root / "tests/test_cart.py").write_text(FILES["tests/test_cart.py"] + "\n# touched\n")
    assert await bench.run(world.wanted(f"{HONEST}# known\n")) is not first


async def test_a_cancelled_run_is_gone(shared: Shared) -> None:
    world, bench = shared
    draft = "import time\ndef total(items): time.sleep(3600)\n"
    run = asyncio.create_task(bench.run(world.wanted(draft, seconds=3600)))
    await until(lambda: len(inside()) >= 2 * SPARE)  # the run, and the one that is ready after it
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    await until(lambda: len(inside()) <= SPARE)


async def test_a_worker_that_was_killed_is_replaced(shared: Shared) -> None:
    world, bench = shared
    for process in below(psutil.Process()):
        if "bwrap" in process.name():
            os.kill(process.pid, signal.SIGKILL)
    run = await bench.run(world.wanted(f"{HONEST}# after the kill\n"))
    assert len(run.passed) == 2, told(run)


async def test_a_run_that_waited_and_was_killed_is_not_missed(shared: Shared) -> None:
    world, bench = shared
    await bench.run(world.wanted(f"{HONEST}# to have one ready\n"))
    await until(lambda: len(inside()) == SPARE)
    for process in inside():
        process.kill()
    await until(lambda: all(process.status() == psutil.STATUS_ZOMBIE for process in inside()))
    run = await bench.run(world.wanted(f"{HONEST}# with none ready\n"))
    assert len(run.passed) == 2, told(run)


async def test_a_test_that_changed_is_run_as_it_is_now(tmp_path: Path) -> None:
    world = World(tmp_path)
    bench = world.bench()
    file = world.root / "tests/test_cart.py"
    try:
        for number in range(3):  # by the last, what pytest makes of the file has been kept
            assert len((await bench.run(world.wanted(f"{HONEST}# {number}\n"))).passed) == 2
            await until(lambda: len(inside()) == SPARE * len(sandboxes()))
        file.write_text(file.read_text().replace("== 3", "== 4"))
        assert "assert 3 == 4" in told(await bench.run(world.wanted(f"{HONEST}# changed\n")))
        draft = {file: file.read_text().replace("== 4", "== 5")}
        assert "assert 3 == 5" in told(await bench.run(Wanted(TESTS, draft)))
    finally:
        await bench.close()


async def test_it_ends_when_it_is_idle(tmp_path: Path) -> None:
    world = World(tmp_path)
    bench = world.bench()
    bench.idle = 0.05
    before = workers()
    assert (await bench.run(world.wanted())).passed
    await until(lambda: workers() <= before)
    assert (await bench.run(world.wanted(f"{HONEST}# again\n"))).passed
    await bench.close()
    assert workers() <= before


def workers() -> set[int]:
    """Give the sandboxes that are running."""
    return {item.pid for item in psutil.Process().children() if item.status() != "zombie"}


SPARE = 2
"""Processes of a run that waits to be told what to run."""


def inside() -> list[psutil.Process]:
    """Give the processes of runs: those below the warm process."""
    return [process for sandbox in sandboxes() for warm in sandbox.children() for process in below(warm)]


def sandboxes() -> list[psutil.Process]:
    """Give the sandboxes of this process; whoever ran tests before may have left other children."""
    return [item for item in psutil.Process().children() if item.name() == "bwrap"]


async def until(holds: object) -> None:
    """Wait for something, up to a deadline."""
    assert callable(holds)
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 - another process sends no event
            await asyncio.sleep(0.005)


WRITING = """
import os, sys
from pathlib import Path
import cart

def test_file():
    Path("out.txt").write_text(str(cart.total([1])))
    assert Path("out.txt").read_text() == "1" and not Path("second.txt").exists()

def test_other_file():
    Path("second.txt").write_text("")

def test_elsewhere():
    Path("/opt/out.txt").write_text("")

def test_folder():
    Path("new/deep").mkdir(parents=True)

def test_version():
    Path("version.py").write_text("VERSION = 2")

def test_mended():
    assert Path("version.py").read_text() == "VERSION = 2"

def test_gone():
    os.remove(__file__)
"""


async def test_tests_may_write_into_the_project(tmp_path: Path) -> None:
    """What lies there stays as it is; a file of code that the tests write over by themselves is no draft's doing."""
    files = {**FILES, "tests/test_writes.py": WRITING, "version.py": "VERSION = 1"}
    world = World(tmp_path, files=files)
    bench = world.bench()
    plain = await bench.run(Wanted(("tests/test_writes.py",)))
    drafted = await bench.run(world.wanted(HONEST, "tests/test_writes.py"))
    await bench.close()
    barred = "tests/test_writes.py::test_elsewhere"
    for run in (plain, drafted):
        assert run.trouble == ""
        assert {name for name in run.results if name not in run.passed} == {barred}, told(run)
        assert run.results[barred].answer is Answer.BARRED
        assert not run.broken
    assert (world.root / "version.py").read_text() == "VERSION = 1"
    assert not (world.root / "out.txt").exists()


def with_pytest(place: Path) -> None:
    """Make an environment that has pytest itself and nothing else."""
    venv.create(place, with_pip=False, symlinks=True)
    (packages,) = place.glob("lib/python3*/site-packages")
    ours = Path(sysconfig.get_path("purelib"))
    shutil.copy(ours / "py.py", packages)
    for name in ("pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments"):
        for found in (ours / name, *ours.glob(f"{name}-*.dist-info")):
            shutil.copytree(found, packages / found.name)


@pytest.mark.parametrize("place", ["project/.venv", ".venv"])
async def test_an_environment_that_is_a_link_is_seen(tmp_path: Path, place: str) -> None:
    """It lies in the project or above it, and what it leads to elsewhere."""
    with_pytest(tmp_path / "elsewhere/env")
    world = World(tmp_path, python=tmp_path / place / "bin/python")
    (tmp_path / place).symlink_to(tmp_path / "elsewhere/env")
    bench = world.bench()
    run = await bench.run(world.wanted(f"{HONEST}# linked\n"))
    await bench.close()
    assert (run.trouble, len(run.passed)) == ("", 2), told(run)
