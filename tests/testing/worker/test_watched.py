"""Runs in the background that note which tests run what, and the order that follows from them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from attrs import evolve
from tests.support.bench import World

from lastmile.testing.late import LateBench
from lastmile.testing.selection.selector import Selector
from lastmile.testing.values import Run, Wanted
from lastmile.tools.offload import Offload
from lastmile.verify.tests_reaching import reaching

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]
CART = """\
def first(number):
    more = number
    return more + 1


def second(number):
    return number + 2
"""
FILE = "tests/test_cart.py"
TESTS = """\
import time
import cart
import pytest

def test_first(): assert cart.first(1) == 2
def test_second(): time.sleep(0.3); assert cart.second(1) == 3

@pytest.mark.parametrize("name", ["first", "second"])
def test_each(name): assert getattr(cart, name)(1) > 1
"""
CONFTEST = "import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'src'))\n"
NAMES = ("test_first", "test_second", "test_each[first]", "test_each[second]")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory, offload: Offload) -> AsyncIterator[tuple[World, LateBench]]:
    """Give a bench over a project that names its own sources by a path with ``..`` in it."""
    files = {"src/cart.py": CART, FILE: TESTS, "tests/conftest.py": CONFTEST, "tests/test_ends.py": ENDLESS}
    world = World(tmp_path_factory.mktemp("watched").resolve(), files=files)
    bench = LateBench(world.root, Selector.of(world.root, offload), world.bench, dict)
    yield world, bench
    await bench.close()


ENDLESS = "import cart\n\ndef test_ends():\n    while cart.first(1): pass\n"


def asked(world: World, *tests: str, seconds: float = 20.0) -> Wanted:
    return Wanted(tests or (FILE,), {world.root / "src/cart.py": CART}, seconds)


@pytest.mark.parametrize(
    ("old", "new", "near"),
    [
        pytest.param("return more + 1", "return 1 + more", {"test_first", "test_each[first]"}, id="a line"),
        pytest.param("    more = number\n", "", {"test_first", "test_each[first]"}, id="a line that goes"),
        pytest.param("    return more", "    more += 0\n    return", {"test_first", "test_each[first]"}, id="comes"),
        pytest.param("number + 2", "2 + number", {"test_second", "test_each[second]"}, id="another function"),
        pytest.param("def first", "\n\nX = 1\ndef first", set(), id="what runs in no test"),
        pytest.param("", "", set(), id="nothing"),
    ],
)
async def test_who_runs_what_differs(shared: tuple[World, LateBench], old: str, new: str, near: set[str]) -> None:
    world, bench = shared
    wanted, path = asked(world), world.root / "src/cart.py"
    before = await bench.run(wanted)
    assert {name.partition("::")[2] for name in before.passed} == set(NAMES)
    await reaching(bench, wanted, before, path, CART)
    if bench.watching is not None:
        await bench.watching
    found = await reaching(bench, wanted, before, path, CART.replace(old, new, 1))
    assert {name.partition("::")[2] for name in found} == near


async def test_it_does_not_wait_and_gives_up_what_does_not_end(shared: tuple[World, LateBench]) -> None:
    world, bench = shared
    wanted = evolve(asked(world, "tests/test_ends.py", seconds=0.5), trace=(world.root / "src/cart.py",))
    assert await bench.watched(wanted) is None
    begun = bench.watching
    assert begun
    await begun
    assert await bench.watched(wanted) is None
    assert bench.watching is begun, "it was begun again"


async def test_what_takes_no_time_is_not_asked(shared: tuple[World, LateBench]) -> None:
    world, bench = shared
    wanted = asked(world, f"{FILE}::test_first")
    begun = bench.watching
    assert await reaching(bench, wanted, Run(), world.root / "src/cart.py", "") == frozenset()
    assert bench.watching is begun
