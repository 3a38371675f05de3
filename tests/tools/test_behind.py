"""What nobody waits for: a worker of its own, the least priority, and no end of it that costs anything."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lastmile.tools.behind import behind, is_behind
from lastmile.tools.offload import Offload
from lastmile.tools.process import run

pytestmark = [pytest.mark.skipif(sys.platform == "win32", reason="the system has no such priorities"), pytest.mark.slow]

SHOW = "import os; print(os.getpriority(os.PRIO_PROCESS, 0))"


@pytest.fixture(scope="module")
def offload() -> Iterator[Offload]:
    made = Offload(deadline=20)
    yield made
    made.close()


async def test_it_goes_along_with_what_the_work_starts() -> None:
    async def look() -> bool:
        return is_behind()

    with behind():
        started = asyncio.create_task(look())
        with behind(yes=False):
            assert not is_behind()
        assert is_behind()
    assert await started
    assert not is_behind()


async def test_it_has_a_worker_of_its_own_with_the_least_priority(offload: Offload) -> None:
    person = await offload.run(os.getpid)
    with behind():
        nobody = await offload.run(os.getpid)
        assert await offload.run(os.getpriority, os.PRIO_PROCESS, 0) == 19
    assert person != nobody
    assert await offload.run(os.getpid) == person
    assert await offload.run(os.getpriority, os.PRIO_PROCESS, 0) == os.getpriority(os.PRIO_PROCESS, 0)


async def test_nobody_stands_in_a_queue_behind_it(offload: Offload) -> None:
    with behind():
        await offload.run(os.getpid)
        slow = asyncio.create_task(offload.run(time.sleep, 5.0))
    assert await offload.run(abs, -1) == 1
    assert not slow.done()
    slow.cancel()


async def test_giving_it_up_kills_no_worker(offload: Offload) -> None:
    with behind():
        worker = await offload.run(os.getpid)
        given_up = asyncio.create_task(offload.run(time.sleep, 0.2))
        await asyncio.sleep(0)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        assert await offload.run(os.getpid) == worker


async def test_what_it_raises_comes_out_and_what_nobody_hears_is_no_news(offload: Offload) -> None:
    with behind(), pytest.raises(ValueError, match="invalid literal"):
        await offload.run(int, "x")


async def test_a_program_has_the_least_priority_too(tmp_path: Path) -> None:
    command = [sys.executable, "-c", f"import time; time.sleep(0.2); {SHOW}"]
    with behind():
        low = await run(command, text="", cwd=tmp_path, deadline=20)
    usual = await run(command, text="", cwd=tmp_path, deadline=20)
    assert (low.out.strip(), usual.out.strip()) == (b"19", str(os.getpriority(os.PRIO_PROCESS, 0)).encode())
