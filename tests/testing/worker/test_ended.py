"""Runs and workers that end: cancelled, killed, outdone by a newer text, idle."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import psutil
import pytest
from tests.support.bench import HONEST, TESTS, Shared, World, below, sandboxes, told
from tests.support.patience import PATIENCE

from lastmile.testing.values import Wanted

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]


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
    return [process for sandbox in sandboxes() for warm in below(sandbox, recursive=False) for process in below(warm)]


async def until(holds: object) -> None:
    """Wait for something, up to a deadline."""
    assert callable(holds)
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 - another process sends no event
            await asyncio.sleep(0.005)
