"""Room for a model: what is known of memory, and that real hosts put theirs away for another."""

from __future__ import annotations

import asyncio
import socket
from contextlib import aclosing
from pathlib import Path

import llama_cpp
import pytest
from tests.support.chain_gguf import words
from tests.support.hosting import Runtime, calling
from tests.support.patience import PATIENCE

from lastmile.config.local import LocalModel
from lastmile.model.host import room
from lastmile.model.host.room import Space

ASK = {"prompt": words(1, 3), "max_tokens": 1}


def test_a_small_model_fits_and_one_larger_than_memory_does_not(tmp_path: Path, tiny: Path) -> None:
    assert room.fits(LocalModel(str(tiny)))
    assert room.fits(LocalModel(str(tmp_path / "none.gguf")))
    (tmp_path / "large.gguf").write_bytes(tiny.read_bytes())
    with (tmp_path / "large.gguf").open("r+b") as large:
        large.truncate(2**40)  # a hole, which takes no disk
    assert room.fits(LocalModel(str(tmp_path / "large.gguf"))) is False


MB = 10**6
NEEDS = 14 * MB
"""A little more than the tiny model takes with so much context."""


@pytest.mark.parametrize(
    ("layers", "space", "expected"),
    [
        (-1, Space(NEEDS), True),
        (-1, Space(MB), False),
        (-1, Space(None), None),
        (-1, Space(0, NEEDS), True),
        (-1, Space(None, NEEDS), True),
        (-1, Space(NEEDS, MB), False),
        (0, Space(NEEDS, 0), True),
        (0, Space(NEEDS), True),
        (1, Space(NEEDS, NEEDS // 2), True),
        (1, Space(NEEDS, MB), False),
        (1, Space(MB, NEEDS), False),
        (1, Space(None, NEEDS), None),
        (99, Space(0, NEEDS), True),
    ],
)
def test_what_fits_where(tiny: Path, layers: int, space: Space, *, expected: bool | None) -> None:
    model = LocalModel(str(tiny), gpu_layers=layers)
    assert room.fits(model, lambda _model: space) is expected


def test_what_is_free_is_told_of_accelerators_where_the_library_was_built_for_any(tiny: Path) -> None:
    found = room.space(LocalModel(str(tiny)))
    assert found.memory is not None
    assert found.memory > 0
    assert (found.accelerated is not None) == llama_cpp.llama_supports_gpu_offload()
    assert room.space(LocalModel(str(tiny), gpu_layers=0)).accelerated is None


@pytest.mark.slow
async def test_hosts_put_their_models_away_for_another(hosts: Runtime, chain: Path, tiny: Path) -> None:
    async with calling(hosts.host(chain)) as one, calling(hosts.host(tiny)) as two:
        await one.post("completions", ASK)
        await two.post("completions", ASK)
        own = hosts.host(tiny).places().address
        assert await room.made(own) == 1
        assert [(await each.status())["state"] for each in (one, two)] == ["cold", "ready"]
        assert await room.made(own) == 0
        status, answer = await one.post("completions", ASK)
        assert (status, answer["choices"][0]["text"]) == (200, words(4, 1))
        assert (await one.status())["loads"] == 2


async def test_who_does_not_answer_has_no_say(hosts: Runtime) -> None:
    (hosts.folder / "model-gone.sock").touch()
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(hosts.folder / "model-deaf.sock"))
        assert await asyncio.wait_for(room.made(hosts.folder / "model-own.sock"), PATIENCE) == 0


@pytest.mark.slow
async def test_while_a_model_does_not_fit_one_that_is_busy_is_waited_for(hosts: Runtime, chain: Path) -> None:
    own = hosts.folder / "model-own.sock"
    async with calling(hosts.host(chain)) as busy:
        async with aclosing(busy.stream("completions", {"prompt": words(1, 3), "max_tokens": 2000})) as stream:
            await anext(stream)
            assert await room.made(own) == 0
            waiting = asyncio.ensure_future(room.made(own, lambda: False))
            done, _ = await asyncio.wait({waiting}, timeout=0.3)
            assert not done
        assert await asyncio.wait_for(waiting, PATIENCE) == 1
        assert (await busy.status())["state"] == "cold"


async def test_one_loads_at_a_time(hosts: Runtime) -> None:
    one, two = (hosts.folder / f"model-{name}.sock" for name in "ab")
    second = asyncio.Event()

    async def load() -> None:
        async with room.turn(two):
            second.set()

    async with room.turn(one):
        loading = asyncio.ensure_future(load())
        await asyncio.wait({loading}, timeout=0.3)
        assert not second.is_set()
    await asyncio.wait_for(loading, PATIENCE)
    assert second.is_set()
