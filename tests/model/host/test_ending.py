"""When a host ends, what it stays for, and what it leaves."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import aclosing
from pathlib import Path

import pytest
from tests.support.asking_hosts import GAP, copied, ended, filled, filling, until
from tests.support.chain_gguf import words
from tests.support.hosting import Runtime, calling
from tests.support.patience import PATIENCE

from lastmile.errors import ModelError
from lastmile.model.host.starting import command

pytestmark = pytest.mark.slow


async def test_a_host_whose_model_is_removed_ends(hosts: Runtime, chain: Path, tmp_path: Path) -> None:
    file = tmp_path / "soon.gguf"
    await asyncio.to_thread(copied, chain, file, most=3000)
    async with filling(hosts.host(file)) as filler, calling(hosts.host(file)):
        with pytest.raises(ModelError, match=r"soon\.gguf"):
            await filled(filler)
        (pid,) = hosts.pids()
        file.unlink()
        assert await ended(pid) == 0


async def test_a_second_process_leaves_at_once(hosts: Runtime, chain: Path) -> None:
    host = hosts.host(chain)
    async with calling(host) as caller:
        await caller.status()
        second = await asyncio.create_subprocess_exec(
            *command(host.model), env=hosts.env, stderr=asyncio.subprocess.PIPE
        )
        _, said = await asyncio.wait_for(second.communicate(), PATIENCE)
    assert second.returncode == 0
    assert b"Another process has this model already" in said


async def test_it_ends_when_nobody_is_connected(hosts: Runtime, chain: Path) -> None:
    host = hosts.host(chain, linger=0.2)
    async with filling(host) as filler:
        await filled(filler)
        (pid,) = hosts.pids()
    assert await ended(pid) == 0
    assert not host.places().address.exists()


async def test_it_stays_while_a_window_is_open_whose_completions_are_all_cut_off(hosts: Runtime, chain: Path) -> None:
    host = hosts.host(chain, linger=0.3)
    async with filling(host) as filler:
        async with aclosing(filler.fill(GAP, most=2000, document="a")) as stream:
            await anext(stream)
        (pid,) = hosts.pids()
        ending = asyncio.ensure_future(ended(pid))
        assert not (await asyncio.wait({ending}, timeout=1.2))[0]
    assert await ending == 0


@pytest.mark.parametrize("loaded", [False, True])
async def test_it_ends_when_it_is_told_to(hosts: Runtime, chain: Path, *, loaded: bool) -> None:
    async with calling(hosts.host(chain, linger=60)) as caller:
        await caller.status()
        if loaded:
            await caller.post("completions", {"prompt": "a", "max_tokens": 1})
        (pid,) = hosts.pids()
        os.kill(pid, signal.SIGTERM)
        assert await ended(pid) in (0, -signal.SIGTERM)


async def test_a_host_whose_socket_is_gone_makes_room_for_another(hosts: Runtime, chain: Path) -> None:
    host = hosts.host(chain, idle=0.4, linger=60)
    async with filling(host) as filler:
        await filled(filler)
        (pid,) = hosts.pids()
        host.places().address.unlink()
        assert await ended(pid) == 0
        assert await filled(filler) == words(21, 2)


async def test_its_log_does_not_grow_for_ever(hosts: Runtime, chain: Path) -> None:
    host = hosts.host(chain, idle=0.1)
    log = host.places().log
    await asyncio.to_thread(log.write_bytes, b"a line\n" * 200_000)
    async with calling(host) as caller:
        await until(caller, lambda _: log.stat().st_size < 1000)


async def test_nothing_of_the_editors_folder_is_run(
    hosts: Runtime, chain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("lastmile", "platform", "click"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('not ours')\n")
    monkeypatch.chdir(tmp_path)
    async with filling(hosts.host(chain)) as filler:
        assert await filled(filler) == words(21, 2)


async def test_a_host_tidies_what_others_left(hosts: Runtime, chain: Path) -> None:
    old = hosts.folder / "model-0.lock"
    old.touch()
    os.utime(old, (0, 0))
    async with filling(hosts.host(chain)) as filler:
        await filled(filler)
        assert not old.exists()
