"""The worker process: what comes back from it, and what happens when it hangs, dies or is killed.

The functions sent are builtins: a worker imports what it runs, and cannot import this module.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tests.support.patience import PATIENCE

from lastmile.errors import ToolError
from lastmile.tools.behind import behind
from lastmile.tools.offload import Offload

pytestmark = pytest.mark.slow

# Nests lists until the C stack of whoever prints them is full.
OVERFLOW = "import sys; sys.setrecursionlimit(10**9); x = []\nfor _ in range(10**5): x = [x]\nrepr(x)"


@pytest.fixture(scope="module")
def offload() -> Iterator[Offload]:
    """Give a worker with a deadline that no test that passes comes near."""
    made = Offload(deadline=20)
    yield made
    made.close()


async def test_results_come_back(offload: Offload) -> None:
    assert await offload.run(sorted, [2, 1], reverse=True) == [2, 1]
    assert await offload.run(os.getpid) not in {0, os.getpid()}


async def test_a_worker_is_deaf_to_ctrl_c_from_its_first_moment(offload: Offload) -> None:
    assert signal.SIGINT in await offload.run(signal.pthread_sigmask, signal.SIG_BLOCK, ())
    with behind():
        assert signal.SIGINT in await offload.run(signal.pthread_sigmask, signal.SIG_BLOCK, ())
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


async def test_the_worker_stays(offload: Offload) -> None:
    assert await offload.run(os.getpid) == await offload.run(os.getpid)


async def test_calls_at_once_all_come_back(offload: Offload) -> None:
    assert await asyncio.gather(*(offload.run(abs, -number) for number in range(40))) == list(range(40))


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("int('x')", ValueError),
        ("raise RecursionError('deep')", RecursionError),
        ("raise TimeoutError('mine')", TimeoutError),
        ("compile('(' * 500, '', 'eval')", SyntaxError),
    ],
)
async def test_what_the_function_raises_comes_out_as_it_is(offload: Offload, code: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        await offload.run(exec, code)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("import os; os._exit(3)", id="exit"),
        pytest.param(OVERFLOW, id="stack overflow"),
        pytest.param("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", id="killed"),
    ],
)
async def test_a_worker_that_dies_is_replaced(offload: Offload, code: str) -> None:
    first = await offload.run(os.getpid)
    with pytest.raises(ToolError, match=r"worker died in exec|No worker stays alive for exec"):
        await offload.run(exec, code)
    assert await offload.run(os.getpid) != first


async def test_a_worker_that_dies_between_two_calls_harms_neither(offload: Offload) -> None:
    first = await offload.run(os.getpid)
    os.kill(first, signal.SIGKILL)
    assert await offload.run(abs, -1) == 1
    assert await offload.run(os.getpid) != first


class Unreadable(int):
    """Can be sent, and kills the worker that unpacks it before it can say what it works on."""

    def __reduce__(self) -> tuple[type[int], tuple[str]]:
        return int, ("not a number",)


async def test_a_call_that_no_worker_survives_is_given_up(offload: Offload) -> None:
    calls = [offload.run(abs, Unreadable()), offload.run(abs, -1)]
    lost, result = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(lost, ToolError)
    assert str(lost).startswith("No worker stays alive for abs (")
    assert result == 1 or isinstance(result, ToolError)
    assert await offload.run(abs, -2) == 2


async def test_the_deadline_kills_the_worker() -> None:
    offload = Offload(deadline=2)  # a worker that starts has four times that to take up its first call
    first = await offload.run(os.getpid)
    with pytest.raises(ToolError, match=r"^sleep did not end within 2 s\.$"):
        await offload.run(time.sleep, 1000)
    assert await offload.run(os.getpid) != first
    offload.close()


async def test_a_cancellation_kills_the_worker(offload: Offload, tmp_path: Path) -> None:
    pipe = tmp_path / "started"
    os.mkfifo(pipe)
    call = asyncio.create_task(offload.run(exec, f"import os, time\nprint(os.getpid(), file=open({str(pipe)!r}, 'w'), flush=True)\ntime.sleep(1000)"))  # fmt: skip  # noqa: E501 - one program
    worker = int(await asyncio.to_thread(pipe.read_text))
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await offload.run(os.getpid) != worker


async def test_closing_answers_who_waits_and_a_later_call_starts_anew(offload: Offload) -> None:
    first = await offload.run(os.getpid)
    calls = [asyncio.create_task(offload.run(time.sleep, 1000)) for _ in range(2)]
    await asyncio.sleep(0)
    offload.close()
    for call in calls:
        with pytest.raises(ToolError, match="worker was stopped"):
            await call
    assert not psutil.pid_exists(first)
    assert await offload.run(os.getpid) != first


async def test_closing_while_it_starts_keeps_no_one_waiting() -> None:
    offload = Offload(deadline=20)
    call = asyncio.create_task(offload.run(abs, -1))
    await asyncio.sleep(0)
    offload.close()
    with pytest.raises(ToolError, match="worker was stopped"):
        await call
    assert await offload.run(abs, -1) == 1
    offload.close()


def test_closing_what_never_started_does_nothing() -> None:
    Offload().close()


async def test_a_worker_that_hangs_unseen_is_given_up() -> None:
    # A stopped process takes up no call, so pebble's own deadline never begins.
    offload = Offload(deadline=1)
    first = await offload.run(os.getpid)
    os.kill(first, signal.SIGSTOP)
    with pytest.raises(ToolError, match=r"^The worker took up no call for 4 s; abs was given up\.$"):
        await offload.run(abs, -1)
    assert await offload.run(abs, -1) == 1
    offload.close()


def alive(process: int) -> bool:
    return bool(psutil.pid_exists(process) and psutil.Process(process).status() != psutil.STATUS_ZOMBIE)


async def test_workers_that_nobody_asks_end_and_the_next_call_starts_others() -> None:
    offload = Offload(deadline=20, idle=0.05)
    try:
        with behind():
            low = await offload.run(os.getpid)
        first = await offload.run(os.getpid)
        async with asyncio.timeout(PATIENCE):
            while alive(first) or alive(low):  # noqa: ASYNC110 - a process that ends sets no event
                await asyncio.sleep(0.01)
        assert await offload.run(os.getpid) != first
    finally:
        offload.close()


async def test_a_call_that_is_longer_than_the_rest_is_not_ended() -> None:
    offload = Offload(deadline=20, idle=0.01)
    try:
        calls = [offload.run(time.sleep, 0.2), offload.run(abs, -1)]
        assert await asyncio.gather(*calls) == [None, 1]
    finally:
        offload.close()
