"""What runs answer and what they run: the draft over the real file, several at once, again."""

from __future__ import annotations

import asyncio

import pytest
from attrs import evolve
from tests.support.bench import FILES, HONEST, TESTS, Shared, told

from lastmile.testing.values import Answer, Wanted

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]
MODULE = ("tests/test_more.py",)
INNER = "tests/test_neighbours.py::TestSums::TestInner"


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
