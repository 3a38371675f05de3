"""Room for a model: what is known of memory, and that real hosts put theirs away for another."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest
from tests.support.chain_gguf import words
from tests.support.hosting import Runtime, calling

from lastmile.config.local import LocalModel
from lastmile.model.host import room

ASK = {"prompt": words(1, 3), "max_tokens": 1}


@pytest.mark.parametrize(
    ("table", "free"), [("MemTotal: 9 kB\nMemAvailable:   2048 kB\n", 2_097_152), ("MemTotal: 9 kB\n", None)]
)
def test_what_is_free(tmp_path: Path, table: str, free: int | None) -> None:
    (tmp_path / "meminfo").write_text(table)
    assert room.available(tmp_path / "meminfo") == free
    assert room.available(tmp_path / "none") is None


def test_a_small_model_fits_and_one_larger_than_memory_does_not(tmp_path: Path, tiny: Path) -> None:
    assert not room.is_short(LocalModel(str(tiny)))
    assert not room.is_short(LocalModel(str(tmp_path / "none.gguf")))
    (tmp_path / "large.gguf").write_bytes(tiny.read_bytes())
    with (tmp_path / "large.gguf").open("r+b") as large:
        large.truncate(2**40)  # a hole, which takes no disk
    assert room.is_short(LocalModel(str(tmp_path / "large.gguf")))


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
        assert await asyncio.wait_for(room.made(hosts.folder / "model-own.sock"), 20) == 0
