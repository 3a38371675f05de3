"""Leaves out what needs bubblewrap where it is not installed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from tests.support.bench import FILES, Shared, World
from tests.support.programs import BUBBLEWRAP

collect_ignore_glob = ["test_*.py"] if BUBBLEWRAP.is_missing() else []
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
