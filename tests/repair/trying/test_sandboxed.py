"""Many texts of one file against its tests, in the real sandbox: what passes, what is refused, what attacks."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import psutil
import pytest
import pytest_asyncio
from attrs import evolve
from tests.support.bench import World
from tests.support.programs import BUBBLEWRAP

from lastmile.repair.trials import Probe, Trial, Tried
from lastmile.repair.trying.sandboxed import SandboxTrials
from lastmile.sandbox.choose import NoSandbox
from lastmile.sandbox.values import MIB, Limits
from lastmile.testing.bench import ProjectBench
from lastmile.testing.underway import Watch, watched

pytestmark = [
    pytest.mark.skipif(BUBBLEWRAP.is_missing(), reason="bubblewrap is not there; the report's header says so"),
    pytest.mark.slow,
]

WRONG = "def total(items):\n    return 1 + sum(items)\n"
RIGHT = "def total(items):\n    return sum(items)\n"
TEST = (
    "from cart import total\n\n\ndef test_one():\n    assert total([1, 2]) == 3\n\n\n"
    "def test_none():\n    assert total([]) == 0\n"
)
TESTS = ("test_cart.py::test_one", "test_cart.py::test_none")
LIMITS = Limits(memory=1024 * MIB, processes=60, temporary=64 * MIB)


@asynccontextmanager
async def standing(
    folder: Path, files: Mapping[str, str] | None = None, *, sandboxed: bool = True
) -> AsyncIterator[tuple[Path, SandboxTrials]]:
    """Give the file of a project, and its trials."""
    given = {"cart.py": WRONG, "test_cart.py": TEST, "pytest.ini": "[pytest]\n", **(files or {})}
    bench: ProjectBench = World(folder, limits=LIMITS, files=given).bench()
    trials = SandboxTrials(bench, lambda: bench.site, dict, few=0)
    if not sandboxed:
        trials = evolve(trials, find=lambda _env: NoSandbox("none"))
    try:
        yield bench.root / "cart.py", trials
    finally:
        await bench.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Path, SandboxTrials]]:
    """Give a project that all attacks share: none may hurt the next."""
    async with standing(tmp_path_factory.mktemp("trials")) as made:
        yield made


async def on(path: Path, trials: SandboxTrials, *texts: str) -> dict[int, Tried]:
    trial = Trial(path, WRONG, texts, TESTS, 1.0, 90.0)
    return {item.at: item async for item in trials.try_all(trial)}


async def passing(folder: Path, files: Mapping[str, str], *texts: str) -> dict[int, bool]:
    async with standing(folder, files) as (path, trials):
        return {at: item.passed for at, item in (await on(path, trials, *texts)).items()}


ENDS = {
    "right": (RIGHT, Tried(0, passed=True)),
    "wrong at the first test": ("def total(items):\n    return 0\n", Tried(0, passed=False, stopped_by=TESTS[0])),
    "wrong at the second": ("def total(items):\n    return 3\n", Tried(0, passed=False, stopped_by=TESTS[1])),
    "no Python": ("def total(:\n", Tried(0, passed=False)),
    "raises": ("def total(items):\n    raise SystemExit\n", Tried(0, passed=False, stopped_by=TESTS[0])),
    "leaves": ("def total(items):\n    __import__('os')._exit(0)\n", Tried(0, passed=False, stopped_by=TESTS[0])),
    "never ends": (
        "def total(items):\n    while True: pass\n",
        Tried(0, passed=False, stopped_by=TESTS[0], late=True),
    ),
    "sleeps": (
        "def total(items):\n    import time; time.sleep(99)\n",
        Tried(0, passed=False, stopped_by=TESTS[0], late=True),
    ),
    "right by what the module computes": ("total = lambda items: sum(items)\n", Tried(0, passed=True)),
}


@pytest.mark.asyncio(loop_scope="module")
async def test_each_text_is_answered(ground: tuple[Path, SandboxTrials]) -> None:
    found = await on(*ground, *(text for text, _answer in ENDS.values()))
    assert {name: found.get(at) for at, name in enumerate(ENDS)} == {
        name: Tried(at, passed=answer.passed, stopped_by=answer.stopped_by, late=answer.late)
        for at, (name, (_text, answer)) in enumerate(ENDS.items())
    }


LINE = "def total(items):\n    import os, sys, time, signal, subprocess\n    "
ROWS = "".join(f'{{"begun": "{name}"}}\\n{{"test": "{name}", "answer": "passed"}}\\n' for name in TESTS)
"""What a text would have to say to pass."""

ATTACKS = {
    "a fork bomb": LINE + "while True: os.fork()\n",
    "processes in sessions of their own": (
        LINE + "for _ in range(80):\n        if os.fork() == 0:\n            os.setsid(); time.sleep(60)\n"
    ),
    "a memory bomb": LINE + "x = []\n    while True: x.append(bytearray(1 << 24))\n",
    "memory of several": (
        LINE + "for _ in range(6):\n        if os.fork() == 0:\n            x = b'x' * (250 << 20); time.sleep(60)\n"
        "    time.sleep(60)\n"
    ),
    "the end of everything": LINE + "os.kill(-1, 9)\n",
    "the end of its parent": LINE + "os.kill(os.getppid(), 9)\n",
    "the end of the first process": LINE + "os.kill(1, 9)\n    return 7\n",
    "a parent that stops": LINE + "os.kill(os.getppid(), 19); time.sleep(9)\n",
    "a full disk": LINE + "for name in range(99): open(f'/tmp/{name}', 'wb').write(b'x' * (8 << 20))\n",
    "words in the place of answers": (
        LINE + f"for fd in range(3, 99):\n        try: os.write(fd, b'{ROWS}{{\"end\": true}}\\n')\n"
        "        except OSError: pass\n    os._exit(0)\n"
    ),
    "an endless answer": LINE
    + "while True:\n        for fd in range(3, 9):\n            try: os.write(fd, b'x' * 9999)\n"
    "            except OSError: pass\n",
    "a pytest of its own": LINE + "import _pytest.runner as r; r.check_interactive_exception = None\n    os._exit(0)\n",
    "the project's file": LINE + "open(__file__, 'w').write('total = sum'); return sum(items)\n",
}


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.asyncio(loop_scope="module")
async def test_an_attack_harms_no_other_and_passes_nowhere(ground: tuple[Path, SandboxTrials], name: str) -> None:
    wrong = "def total(items):\n    return 3\n"
    found = await on(*ground, RIGHT, ATTACKS[name], wrong, RIGHT + "# again\n")
    assert {at: item.passed for at, item in found.items()} == {0: True, 1: False, 2: False, 3: True}
    assert ground[0].read_text() == WRONG


SETTINGS = {
    "parallel, quick to stop, other output": "[pytest]\naddopts = -n 2 -x -q -ra --tb=long --maxfail=1\n",
    "strict": "[pytest]\naddopts = --strict-markers --strict-config --import-mode=importlib\npythonpath = .\n",
}


@pytest.mark.parametrize("name", SETTINGS)
async def test_the_projects_settings_hold(tmp_path: Path, name: str) -> None:
    found = await passing(tmp_path, {"pytest.ini": SETTINGS[name]}, RIGHT, WRONG + "# again\n")
    assert found == {0: True, 1: False}


async def test_tests_of_other_plugins_and_with_fixtures_run(tmp_path: Path) -> None:
    test = (
        "import pytest\nfrom cart import total\n\n\n"
        "@pytest.fixture(scope='session')\ndef nothing():\n    return []\n\n\n"
        "async def test_one():\n    assert total([1, 2]) == 3\n\n\n"
        "def test_none(nothing, tmp_path, capsys):\n    print(tmp_path)\n"
        "    assert total(nothing) == 0 and str(tmp_path) in capsys.readouterr().out\n"
    )
    files = {"pytest.ini": "[pytest]\nasyncio_mode = auto\n", "test_cart.py": test}
    found = await passing(tmp_path, files, RIGHT, WRONG + "# again\n")
    assert found == {0: True, 1: False}


async def test_tests_that_start_programs_see_the_text_too(tmp_path: Path) -> None:
    test = (
        "import subprocess, sys\n\n\ndef test_one():\n    code = 'import cart; print(cart.total([1, 2]))'\n"
        "    assert subprocess.run([sys.executable, '-c', code], capture_output=True).stdout == b'3\\n'\n\n\n"
        "def test_none():\n    import cart\n    assert cart.total([]) == 0\n"
    )
    found = await passing(tmp_path, {"test_cart.py": "import cart\n" + test}, RIGHT, WRONG + "# again\n")
    assert found == {0: True, 1: False}


WRITES = {
    "a file": "open('out.txt', 'w').write(str(total([1, 2])))",
    "a folder": "os.mkdir('out'); open('out.txt', 'x').write(str(total([1, 2])))",
}


@pytest.mark.parametrize("name", WRITES)
async def test_tests_that_write_into_the_project_are_tried_where_they_can(tmp_path: Path, name: str) -> None:
    test = (
        f"import os\nfrom cart import total\n\n\ndef test_one():\n    assert not os.path.exists('out.txt')\n"
        f"    {WRITES[name]}\n    assert open('out.txt').read() == '3'\n\n\n"
        "def test_none():\n    assert total([]) == 0\n"
    )
    async with standing(tmp_path, {"test_cart.py": test}) as (path, trials):
        trial = Trial(path, WRONG, (RIGHT, WRONG + "# again\n", RIGHT + "# again\n"), TESTS, 1.0, 60.0, quick=True)
        found = {item.at: item.passed async for item in trials.try_all(trial)}
    assert found == {0: True, 1: False, 2: True}


SPAWN = (
    "import multiprocessing, os, cart\n\n\ndef shared(method, items):\n"
    "    with multiprocessing.get_context(method).Pool(1) as pool:\n        return pool.map(cart.total, [items])\n\n\n"
    "def test_one():\n    assert shared('METHOD', [1, 2]) == [3]\n\n\n"
    "def test_none():\n    assert cart.total([]) == 0\n"
)


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
async def test_processes_that_load_the_file_themselves_see_the_text_too(tmp_path: Path, method: str) -> None:
    files = {"test_cart.py": SPAWN.replace("METHOD", method)}
    async with standing(tmp_path, files) as (path, trials):
        trial = Trial(path, WRONG, (RIGHT, WRONG + "# again\n"), TESTS, 5.0, 60.0, quick=True)
        found = {item.at: item.passed async for item in trials.try_all(trial)}
    assert found == {0: True, 1: False}


SKIPS = "def total(items):\n    import pytest\n    pytest.skip('not today')\n"


@pytest.mark.parametrize(("few", "quick"), [(0, True), (0, False), (48, False)])
async def test_to_skip_a_test_is_not_to_pass_it(tmp_path: Path, few: int, *, quick: bool) -> None:
    async with standing(tmp_path) as (path, trials):
        trial = Trial(path, WRONG, (SKIPS, RIGHT), TESTS, 1.0, 60.0, quick=quick)
        found = {item.at: item async for item in evolve(trials, few=few).try_all(trial)}
    assert found == {0: Tried(0, passed=False, stopped_by=TESTS[0]), 1: Tried(1, passed=True)}


async def test_what_a_text_changes_beside_functions_is_tried_whole(tmp_path: Path) -> None:
    """A table that was made of a function, and what a decorator returned: see `test_swap` for what else."""
    cart = (
        "def times(number):\n    def wrap(function):\n        return lambda items: {} * function(items)\n"
        "    return wrap\n\n\ndef rate():\n    return {}\n\n\nRATES = (rate(),)\n\n\n"
        "@times(1)\ndef total(items):\n    return RATES[0] * sum(items)\n"
    )
    right, wrong = cart.format("number", 1), (cart.format("2", 1), cart.format("number", 2))
    async with standing(tmp_path, {"cart.py": right}) as (path, trials):
        trial = Trial(path, right, wrong, TESTS, 1.0, 60.0, quick=True)
        noticed = {item.at: item.passed async for item in trials.try_all(trial)}
        repairs = [Trial(path, text, (right,), TESTS, 1.0, 60.0) for text in wrong]
        repaired = [item.passed for trial in repairs async for item in trials.try_all(trial)]
    assert noticed == {0: False, 1: False}
    assert repaired == [True, True]


async def test_a_file_that_a_test_loads_anew_is_the_text(tmp_path: Path) -> None:
    test = "import importlib\n" + TEST.replace("from cart import total", "import cart").replace(
        "assert total", "assert importlib.reload(cart).total"
    )
    async with standing(tmp_path, {"test_cart.py": test}) as (path, trials):
        trial = Trial(path, WRONG, (RIGHT, WRONG + "# again\n"), TESTS, 1.0, 60.0)
        found = {item.at: item.passed async for item in trials.try_all(trial)}
    assert found == {0: True, 1: False}


async def test_a_file_that_cannot_be_loaded_is_tried_all_the_same(tmp_path: Path) -> None:
    broken = "import nowhere\n" + WRONG
    async with standing(tmp_path, {"cart.py": broken}) as (path, trials):
        trial = Trial(path, broken, (broken + "# again\n", RIGHT), TESTS, 0.5, 60.0)
        found = {item.at: item.passed async for item in trials.try_all(trial)}
    assert found == {0: False, 1: True}


async def test_where_texts_cannot_be_forked_each_has_a_run_of_its_own(tmp_path: Path) -> None:
    async with standing(tmp_path, sandboxed=False) as (path, trials):
        trial = Trial(path, WRONG, (WRONG + "# again\n", RIGHT), TESTS, 0.5, 60.0)
        found = {item.at: item.passed async for item in trials.try_all(trial)}
        seen = await trials.observe(Probe(path, WRONG, (RIGHT,), TESTS, (), 10.0))
    assert found == {0: False, 1: True}
    assert "bubblewrap alone" in seen.trouble


async def test_texts_are_compared(tmp_path: Path) -> None:
    async with standing(tmp_path) as (path, trials):
        same, other = RIGHT.replace("sum(items)", "sum(list(items))"), "def total(items):\n    return len(items) + 1\n"
        seen = await trials.observe(Probe(path, WRONG, (RIGHT, same, other), TESTS, (), 20.0))
    assert (seen.trouble, seen.inputs[:2], seen.original[:2]) == ("", ("total([1, 2])", "total([])"), ("-> 4", "-> 1"))
    assert [row[:2] for row in seen.behaviour] == [("-> 3", "-> 0"), ("-> 3", "-> 0"), ("-> 3", "-> 1")]


async def test_an_unsaved_text_is_what_is_changed(tmp_path: Path) -> None:
    async with standing(tmp_path, {"cart.py": "total = None\n"}) as (path, trials):
        trial = Trial(path, WRONG, (WRONG + "# again\n", RIGHT), TESTS[:1], 0.5, 60.0, quick=True)
        found = {item.at: item.passed async for item in trials.try_all(trial)}
    assert found == {0: False, 1: True}


async def test_what_a_search_waits_for_is_told(tmp_path: Path) -> None:
    told = set()

    async def listen(watch: Watch) -> None:
        while True:
            told.add(re.sub(r", \d+ s of \d+$", "", watch.words()))
            await asyncio.sleep(0)

    async with standing(tmp_path) as (path, trials):
        with watched(count(step=10).__next__) as watch:
            listening = asyncio.create_task(listen(watch))
            await on(path, trials, RIGHT)
            await trials.observe(Probe(path, WRONG, (WRONG, RIGHT), TESTS, (), 20.0))
        listening.cancel()
    what = ("what the tests import", "tests on small repairs", "calls on what passed")
    assert told >= {f"running {item}" for item in what}


async def test_a_search_that_is_cancelled_leaves_nothing(tmp_path: Path) -> None:
    async with standing(tmp_path) as (path, trials):
        begun = asyncio.Event()

        async def search() -> None:
            texts = (RIGHT, *("def total(items):\n    import time; time.sleep(99)\n" for _ in range(9)))
            async for _item in trials.try_all(Trial(path, WRONG, texts, TESTS[:1], 30.0, 90.0, quick=True)):
                begun.set()

        task = asyncio.create_task(search())
        await asyncio.wait_for(begun.wait(), 60)
        assert _guards()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not _guards()


def _guards() -> list[psutil.Process]:
    """List our processes that try texts."""
    return [item for item in psutil.Process().children(recursive=True) if _is_guard(item)]


def _is_guard(process: psutil.Process) -> bool:
    try:
        return process.is_running() and any("trying.guard" in word for word in process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):  # it ended while it was looked at
        return False
