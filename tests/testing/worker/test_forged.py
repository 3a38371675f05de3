"""Drafts that would pass without being right: by changing tests, pytest, or what is said of them.

Each is wrong for an empty list, and none may make `test_empty` pass.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from tests.support.bench import FILES, TESTS, World, told

from lastmile.testing.bench import ProjectBench
from lastmile.testing.values import Wanted

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]
WRONG = "    return sum(items) or -1\n"
CASES = {
    "leaving before the tests": ("import os; os._exit(0)\n", "", "ended early"),
    "leaving with a word": ("import sys; sys.exit(0)\n", "", "SystemExit|pytest crashed|ended early"),
    "a test skipped": ("import pytest\n", "if not items: pytest.skip('not today')", "test_empty skipped"),
    "a failure expected": ("import pytest\n", "if not items: pytest.xfail('not today')", "test_empty skipped"),
    "the session stopped": (
        "import pytest\n",
        "if not items: pytest.exit('done', 0)",
        "test_empty error The test was broken off",
    ),
    "another test in its place": (
        "",
        "import sys; test = sys.modules['test_cart']; test.test_empty.__code__ = (lambda: None).__code__",
        "not the one that stands in its file",
    ),
    "pytest's call of the test": (
        "import _pytest.python\n_pytest.python.Function.runtest = lambda self: None\n",
        "",
        r"pytest was changed while the tests ran \(Function.runtest\)",
    ),
    "pytest's report of the test": (
        "import _pytest.reports\n_pytest.reports.TestReport.from_item_and_call = classmethod(lambda *a: None)\n",
        "",
        "pytest crashed|pytest was changed|ended early|did not run",
    ),
    "the code of pytest's function": (
        "import _pytest.runner as r\nr.check_interactive_exception.__code__ = (lambda call, report: False).__code__\n",
        "",
        r"pytest was changed while the tests ran \(_pytest.runner.check_interactive_exception\)",
    ),
    "the plugin that reports": (
        "import sys\nsys.modules['lastmile_inside.reporting'].Reporter._ended = lambda *a: {'answer': 'passed'}\n",
        "",
        "pytest was changed|pytest crashed|did not run",
    ),
    "words on every descriptor": (
        (
            "import os\n"
            "for n in range(3, 64):\n"
            '    try: os.write(n, b\'["0", {"test": "tests/test_cart.py::test_empty", "answer": "passed"}]\\n\')\n'
            "    except OSError: pass\n"
        ),
        "",
        "something else wrote into the results",
    ),
    "no descriptor left": ("import os\nos.closerange(3, 64)\n", "", "ended early|Bad file descriptor|pytest crashed"),
    "no modules left": ("import sys\nsys.modules.clear()\n", "", "pytest crashed|ended early|error|failed"),
    "os.write replaced": (
        "import os\nos.write = lambda fd, data: len(data)\n",
        "",
        "test_empty failed assert|assert -1 == 0",
    ),
    "a name that is longer than it may be": ("", "assert items, 'x' * 10 ** 7", "test_empty failed"),
    "an exception that lies": (
        "class Lie(Exception):\n    def __str__(self): raise SystemExit(0)\n    __repr__ = __str__\n",
        "if not items: raise Lie",
        "test_empty failed|ended early|pytest crashed",
    ),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[World, ProjectBench]]:
    """Give a bench that has seen the project as it is."""
    world = World(tmp_path_factory.mktemp("forged").resolve())
    bench = world.bench()
    run = await bench.run(Wanted(TESTS))
    assert len(run.passed) == 2, told(run)
    yield world, bench
    await bench.close()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_a_forged_pass_is_none(shared: tuple[World, ProjectBench], case: tuple[str, str, str]) -> None:
    world, bench = shared
    before, within, expected = case
    body = f"{before}def total(items):\n    {within or 'pass'}\n{WRONG}"
    run = await bench.run(world.wanted(body))
    assert TESTS[1] not in run.passed
    assert re.search(expected, told(run)), told(run)


async def test_a_project_that_changes_pytest_itself_is_left_in_peace(tmp_path_factory: pytest.TempPathFactory) -> None:
    patch = "import _pytest.python as p\nold = p.Function.setup\np.Function.setup = lambda self: old(self)\n"
    world = World(tmp_path_factory.mktemp("patched").resolve(), files={**FILES, "conftest.py": patch})
    bench = world.bench()
    try:
        for wanted in (Wanted(TESTS), world.wanted()):
            run = await bench.run(wanted)
            assert len(run.passed) == 2, told(run)
    finally:
        await bench.close()
