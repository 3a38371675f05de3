"""From the first request on: real processes, started as an editor's server starts them."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from tests.support.asking_hosts import GAP, filled, filling, until
from tests.support.chain_gguf import words
from tests.support.hosting import Runtime, calling

from lastmile.errors import ModelError
from lastmile.model.asking import Asker
from lastmile.model.lines import Lines
from lastmile.model.values import Chunk, Fill

pytestmark = pytest.mark.slow

LONG: dict[str, Any] = {"prompt": words(1, 3), "max_tokens": 2000}


async def test_two_windows_that_ask_at_once_share_one_host(hosts: Runtime, chain: Path) -> None:
    async with filling(hosts.host(chain)) as one, filling(hosts.host(chain)) as two:
        assert list(await asyncio.gather(filled(one), filled(two))) == [words(21, 2)] * 2
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
