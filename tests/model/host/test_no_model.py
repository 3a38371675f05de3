"""Files, and libraries, that no model can be had of: said, and no harm done."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from gguf import TokenType
from tests.support.asking_hosts import copied, filled, filling
from tests.support.chain_gguf import words
from tests.support.gguf import write_tiny
from tests.support.hosting import Runtime, calling

from lastmile.errors import ModelError
from lastmile.model.host.starting import Host

pytestmark = pytest.mark.slow


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
