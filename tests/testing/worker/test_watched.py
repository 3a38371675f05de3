"""Which tests are left out once a run has watched who runs what: those that cannot tell the draft from the text."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from attrs import evolve
from tests.support.bench import World

from lastmile.testing.late import LateBench
from lastmile.testing.selection.selector import Selector
from lastmile.testing.values import Wanted
from lastmile.text.snapshot import Snapshot
from lastmile.tools.offload import Offload

pytestmark = pytest.mark.asyncio(loop_scope="module")
CART = """\
import functools


def first(number):
    more = number
    return more + 1


def second(number):
    return number + 2


def on_import(number):
    return number


@functools.lru_cache
def kept(number):
    return number + 5


def third(number):
    return number + 3


@functools.lru_cache
def thrice(number):
    return third(third(third(number)))


def fourth(number):
    return number + 4


def store(number):
    STORED[number] = fourth(number)


def stored(number):
    return STORED[number]


STORED = {}
START = on_import(1)


def call(name, number):
    return globals()[name](number)
"""
TESTS = """\
import subprocess, sys, threading
import cart
import pytest
from hypothesis import given, strategies as st

def test_first(): assert cart.call("first", 1) == 2
def test_second(): assert cart.call("second", 1) == 3
def test_import(): assert cart.call("on_import", 1) == cart.START
def test_kept(): assert cart.call("kept", 1) == 6
def test_kept_again(): assert cart.call("kept", 1) == 6

@pytest.mark.parametrize("name", ["first", "second"])
def test_each(name): assert cart.call(name, 1) > 1

def test_thread():
    found = []
    thread = threading.Thread(target=lambda: found.append(cart.call("first", 1)))
    thread.start()
    thread.join()
    assert found == [2]

def test_own_tracer():
    sys.settrace(None)
    assert cart.call("first", 1) == 2

@given(st.integers(1, 9))
def test_drawn(number): assert number < 10 or cart.call("first", number)

def test_program():
    assert subprocess.run([sys.executable, "-c", "import cart; cart.call('first', 1)"]).returncode == 0

def test_that_fails(): assert cart.call("second", 1) == 4

def test_thrice(): assert cart.call("thrice", 1) == 10
def test_thrice_again(): assert cart.call("thrice", 1) == 10
def test_store(): cart.call("store", 1)
def test_stored(): assert cart.call("stored", 1) == 5

@pytest.fixture
def two(): return cart.call("second", 0)

def test_around(two): assert two == 2
"""
FILE = "tests/test_cart.py"
ALL = frozenset(f"{FILE}::{name}" for name in re.findall(r"def (test_\w+)", TESTS))
ALWAYS = frozenset(f"{FILE}::test_{name}" for name in ("own_tracer", "drawn", "program", "that_fails"))
"""Of these it is not known what they run."""

FIRST = ALWAYS | {f"{FILE}::test_{name}" for name in ("first", "each", "thread")}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory, offload: Offload) -> AsyncIterator[tuple[World, LateBench]]:
    """Give a bench that knows who runs what."""
    world = World(tmp_path_factory.mktemp("watched").resolve(), files={"cart.py": CART, FILE: TESTS})
    bench = LateBench(world.root, Selector.of(world.root, offload), world.bench, dict)
    wanted, snapshot = asked(world)
    assert await bench.narrowed(wanted, snapshot, CART) == wanted.tests, "it does not wait"
    assert bench.watching
    watched = await bench.watching
    assert not watched.trouble
    yield world, bench
    await bench.close()


def asked(world: World, **more: Any) -> tuple[Wanted, Snapshot]:  # noqa: ANN401 - of any field
    path = world.root / "cart.py"
    return evolve(Wanted(tuple(sorted(ALL)), {path: CART}, seconds=20.0), **more), Snapshot(path.as_uri(), CART, path)


@pytest.mark.parametrize(
    ("old", "new", "left"),
    [
        pytest.param("return more + 1", "return 1 + more", FIRST, id="a line of a body"),
        pytest.param("    more = number\n", "", FIRST, id="a line that goes"),
        pytest.param("    return more + 1", "    more += 0\n    return more + 1", FIRST, id="a line that comes"),
        pytest.param(
            "return number + 2",
            "return 2 + number",
            ALWAYS | {f"{FILE}::test_{name}" for name in ("second", "each", "around")},
            id="in a set-up too",
        ),
        pytest.param("def first(number)", "def first(number=1)", ALL, id="a head"),
        pytest.param("    return more + 1\n", "    return more + 1\n\n\nEND = 1\n", ALL, id="beside a function"),
        pytest.param("    return number\n", "    return 0 + number\n", ALL, id="what runs on import"),
        pytest.param("return number + 5", "return 5 + number", ALL, id="what keeps its answers"),
        pytest.param("return number + 3", "return 3 + number", ALL, id="what is asked by one that keeps its answers"),
        pytest.param("return number + 4", "return 4 + number", ALL, id="what is asked by one that leaves it behind"),
        pytest.param("+ 1\n\n\ndef second(number):\n    return number", "+ 1\n\n\ndef second(n):\n    return n", ALL),
        pytest.param("    more = number\n", "more = number\n", ALL, id="what does not parse"),
    ],
)
async def test_who_cannot_tell_is_left_out(
    shared: tuple[World, LateBench], old: str, new: str, left: frozenset[str]
) -> None:
    world, bench = shared
    wanted, snapshot = asked(world)
    found = await bench.narrowed(wanted, snapshot, CART.replace(old, new, 1))
    assert set(found) == left
    assert len(found) == len(left)


async def test_only_what_was_chosen_is_left(shared: tuple[World, LateBench]) -> None:
    """Tests that the time budget cut are not brought back; and for others than those watched, nothing is known."""
    world, bench = shared
    wanted, snapshot = asked(world, tests=(f"{FILE}::test_first", f"{FILE}::test_second"))
    assert await bench.narrowed(wanted, snapshot, CART.replace("more + 1", "1 + more")) == wanted.tests
    assert bench.watching
    await bench.watching
    assert await bench.narrowed(wanted, snapshot, CART.replace("more + 1", "1 + more")) == (f"{FILE}::test_first",)
