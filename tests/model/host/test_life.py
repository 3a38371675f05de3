"""From the first request to the last connection: real processes, started as an editor's server starts them."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from gguf import TokenType
from tests.support.chain_gguf import words
from tests.support.gguf import write_tiny
from tests.support.hosting import Caller, Runtime, calling
from tests.support.patience import PATIENCE

from lastmile.errors import ModelError
from lastmile.model.asking import Asker
from lastmile.model.client import HostFiller
from lastmile.model.host.starting import Host, command
from lastmile.model.lines import Lines
from lastmile.model.values import Chunk, Fill

GAP = Fill(f"# {words(20, 1)}", "\nprint()\n")
LONG: dict[str, Any] = {"prompt": words(1, 3), "max_tokens": 2000}


@asynccontextmanager
async def filling(host: Host) -> AsyncIterator[HostFiller]:
    filler = HostFiller(host)
    try:
        yield filler
    finally:
        await filler.close()


async def filled(filler: HostFiller, fill: Fill = GAP, *, most: int = 2) -> str:
    return "".join([piece async for piece in filler.fill(fill, most=most, document="a")])


async def until(caller: Caller, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        while not is_so(status := await caller.status()):
            pass
    return status


def copied(file: Path, to: Path, *, most: int | None = None) -> None:
    to.write_bytes(file.read_bytes()[:most])


async def ended(pid: int) -> int:
    """Wait until a host that this process started is gone."""
    _, status = await asyncio.wait_for(asyncio.to_thread(os.waitpid, pid, 0), PATIENCE)
    return os.waitstatus_to_exitcode(status)


async def test_two_windows_that_ask_at_once_share_one_host(hosts: Runtime, chain: Path) -> None:
    async with filling(hosts.host(chain)) as one, filling(hosts.host(chain)) as two:
        assert await asyncio.gather(filled(one), filled(two)) == [words(21, 2)] * 2
        assert await filled(two) == words(21, 2)
        (pid,) = hosts.pids()
        async with calling(hosts.host(chain)) as caller:
            status = await caller.status()
    assert (status["pid"], status["loads"], status["requests"]) == (pid, 1, 3)
    assert status["servers"] == 1
    assert status["cached_tokens"] > 0


@pytest.mark.parametrize(
    "fill",
    [
        Fill(f"'\ud800' # {words(20, 1)}", "\n"),
        Fill(GAP.prefix, "\udfff\n"),
        Fill(GAP.prefix, "\n", "\udc80.py", (Chunk("\udc80.py", "x\udc80"),)),
    ],
)
async def test_half_a_surrogate_pair_stops_nothing(hosts: Runtime, chain: Path, fill: Fill) -> None:
    async with filling(hosts.host(chain)) as filler:
        assert await filled(filler, fill) == words(21, 2)
        await filler.prefill(fill, document="a")


async def test_a_question_with_half_a_surrogate_pair_is_asked(hosts: Runtime, chain: Path) -> None:
    ask = Asker(Lines(hosts.host(chain)))
    try:
        assert await ask("'\ud800'", {"enum": ["a"]}) == '"a"'
    finally:
        await ask.close()


async def test_two_hundred_that_ask_at_once_are_all_answered(hosts: Runtime, chain: Path) -> None:
    async with filling(hosts.host(chain)) as filler:
        assert set(await asyncio.gather(*(filled(filler) for _ in range(200)))) == {words(21, 2)}
        assert len(hosts.pids()) == 1


async def test_other_settings_are_another_host(hosts: Runtime, chain: Path) -> None:
    async with filling(hosts.host(chain)) as one, filling(hosts.host(chain, context=1024)) as two:
        await asyncio.gather(filled(one), filled(two))
    assert len(hosts.pids()) == 2


async def test_the_settings_choose_anew(hosts: Runtime, chain: Path) -> None:
    async with filling(hosts.host(chain)) as filler:
        await filled(filler)
        filler.host = hosts.host(chain, context=1024)
        await filled(filler)
        assert len(hosts.pids()) == 2
        filler.host = None
        with pytest.raises(ModelError, match="No model is set any more"):
            await filled(filler)


async def test_what_was_read_ahead_is_not_read_again(hosts: Runtime, chain: Path) -> None:
    async with filling(hosts.host(chain)) as filler, calling(hosts.host(chain)) as caller:
        await filler.prefill(GAP, document="a")
        before = await caller.status()
        await filled(filler)
        after = await caller.status()
    assert before["completion_tokens"] == 0
    assert after["cached_tokens"] - before["cached_tokens"] == before["prompt_tokens"] - 1


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


async def test_memory_is_given_back_and_the_model_loaded_again(hosts: Runtime, chain: Path) -> None:
    host = hosts.host(chain, idle=0.1)
    async with filling(host) as filler, calling(host) as caller:
        await filled(filler)
        await until(caller, lambda status: status["state"] == "cold")
        assert await filled(filler) == words(21, 2)
        assert (await caller.status())["loads"] == 2


@pytest.mark.parametrize("path", ["completions", "chat/completions"])
async def test_who_hangs_up_on_a_stream_cancels(hosts: Runtime, chain: Path, path: str) -> None:
    async with calling(hosts.host(chain)) as caller:
        body = LONG | {"messages": [{"role": "user", "content": "a"}]}
        async with aclosing(caller.stream(path, body)) as stream:
            await anext(stream)
            assert (await caller.status())["running"] == 1
        status = await until(caller, lambda status: not status["running"])
    assert (status["cancelled"], status["completion_tokens"]) == (1, 0)


async def test_who_hangs_up_before_anything_was_said_cancels(hosts: Runtime, chain: Path) -> None:
    async with calling(hosts.host(chain)) as caller:
        for stream in (False, True):
            asked = asyncio.ensure_future(
                caller.post("completions", LONG | {"stream": stream, "prompt": words(1, 300) * 3})
            )
            await until(caller, lambda status: status["running"] == 1)
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)
            await until(caller, lambda status: not status["running"])
        assert (await caller.status())["cancelled"] == 2


@pytest.mark.parametrize("cut", [4, 3000], ids=["no header", "half"])
async def test_a_damaged_file_is_said_and_the_host_lives(hosts: Runtime, chain: Path, tmp_path: Path, cut: int) -> None:
    damaged = tmp_path / "damaged.gguf"
    await asyncio.to_thread(copied, chain, damaged, most=cut)
    async with filling(hosts.host(damaged)) as filler, calling(hosts.host(damaged)) as caller:
        for _ in range(2):
            with pytest.raises(ModelError, match=r"damaged\.gguf"):
                await filled(filler)
        status = await caller.status()
        assert (status["state"], status["failures"], status["loads"]) == ("cold", 2, 0)
        await asyncio.to_thread(copied, chain, damaged)
        assert await filled(filler) == words(21, 2)


async def test_an_assertion_of_the_library_is_said(hosts: Runtime, tmp_path: Path) -> None:
    twice = write_tiny(tmp_path / "twice.gguf", more=[("<0x00>", TokenType.NORMAL)])
    async with filling(Host(hosts.host(twice).model, hosts.env, lambda: 0.0)) as filler:
        for _ in range(2):
            with pytest.raises(ModelError, match=r"host broke: .*GGML_ASSERT\("):
                await filled(filler)
        with pytest.raises(ModelError, match=r"ended 2 times within a minute.*GGML_ASSERT\("):
            await filled(filler)


@pytest.fixture
def broken(tmp_path: Path) -> str:
    """Give a folder with a llama_cpp that cannot be loaded."""
    (tmp_path / "llama_cpp").mkdir()
    (tmp_path / "llama_cpp" / "__init__.py").write_text("raise RuntimeError('no libgomp')\n")
    return str(tmp_path)


async def test_a_library_that_cannot_be_loaded(hosts: Runtime, chain: Path, broken: str) -> None:
    host = Host(hosts.host(chain).model, {**hosts.env, "PYTHONPATH": broken})
    said = r"^llama-cpp-python cannot be loaded \(no libgomp\): install it again"
    async with filling(host) as filler, calling(host) as caller:
        with pytest.raises(ModelError, match=said):
            await filled(filler)
        for path, body in (("completions", {"response_format": {"type": "json_object"}}), ("models", None)):
            status, answer = await caller.post(path, body) if body else await caller.read(path)
            assert status == 500
            assert re.match(said, answer["error"]["message"])


@pytest.mark.parametrize("text", [None, "no model"], ids=["none", "other"])
async def test_what_is_no_model_is_said_before_it_is_loaded(hosts: Runtime, tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "no.gguf"
    if text is not None:
        file.write_text(text)
    async with filling(hosts.host(file)) as filler:
        for _ in range(3):
            with pytest.raises(ModelError, match=r"no\.gguf"):
                await filled(filler)
    assert hosts.pids() == []


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
