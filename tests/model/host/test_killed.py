"""Hosts that are killed, hang or die again and again, and what an editor is told of it."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import aclosing, suppress
from pathlib import Path

import pytest
from tests.support.asking_hosts import GAP, filled, filling
from tests.support.chain_gguf import words
from tests.support.hosting import Runtime
from tests.support.patience import PATIENCE

from lastmile.errors import ModelError
from lastmile.model.host.starting import Host

pytestmark = pytest.mark.slow


async def test_a_host_that_is_killed_fails_its_request_and_comes_back(hosts: Runtime, chain: Path) -> None:
    async with filling(hosts.host(chain)) as filler:
        async with aclosing(filler.fill(GAP, most=2000, document="a")) as stream:
            await anext(stream)
            (pid,) = hosts.pids()
            os.kill(pid, signal.SIGKILL)
            with pytest.raises(ModelError, match="connection to the model's host broke"):
                [piece async for piece in stream]
        assert await filled(filler) == words(21, 2)
        assert hosts.pids() != [pid]


async def test_a_killed_host_is_buried_by_the_next_start(hosts: Runtime, chain: Path) -> None:
    async with filling(hosts.host(chain)) as filler:
        await filled(filler)
        (pid,) = hosts.pids()
        os.kill(pid, signal.SIGKILL)
        await asyncio.to_thread(os.waitid, os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # it is dead, and not buried
        with suppress(ModelError):  # it may be heard of before anybody finds it gone
            await filled(filler)
        assert await filled(filler) == words(21, 2)
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_a_host_that_hangs_is_told_from_one_that_is_at_work(hosts: Runtime, chain: Path) -> None:
    async with filling(hosts.host(chain)) as filler:
        patience = filler.silence
        assert await filler.state() == "cold"
        assert await filled(filler) == words(21, 2)
        assert await filler.state() == "ready"
        (pid,) = hosts.pids()
        filler.silence = 0.3  # only now: a busy machine may need longer to load a model
        os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises(ModelError, match="does not answer any more"):
                await asyncio.wait_for(filled(filler), PATIENCE)
        finally:
            os.kill(pid, signal.SIGCONT)
        filler.silence = patience
        assert await filled(filler) == words(21, 2)


async def test_a_host_that_dies_again_and_again_is_not_started_each_time(hosts: Runtime, chain: Path) -> None:
    now = 0.0
    host = Host(hosts.host(chain).model, {**hosts.env, "PYTHONHOME": "/nowhere"}, lambda: now)
    async with filling(host) as filler:
        for _ in range(2):
            with pytest.raises(ModelError, match=r"The model's host ended at once \(with status 1\): .*encodings"):
                await filled(filler)
        with pytest.raises(ModelError, match=r"ended 2 times within a minute, and is started again in 1 s"):
            await filled(filler)
        now = 2.0
        with pytest.raises(ModelError, match="ended at once"):
            await filled(filler)
        with pytest.raises(ModelError, match=r"is started again in 2 s"):
            await filled(filler)
