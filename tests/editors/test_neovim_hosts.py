"""Two Neovims of one person: the same process runs the model for both."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from attrs import evolve
from tests.support.chain_gguf import word, words
from tests.support.hosting import Runtime
from tests.support.neovim import Neovim

pytestmark = [pytest.mark.editor, pytest.mark.slow]

TEXT = f"# {word(20)}\nprint(1)\n"
SETTINGS = '[model]\npath = "{}"\nthreads = 1\nlinger = 0.5\n[completion]\nmax_tokens = 8\n'


@pytest.fixture
def with_model(plugged: Neovim, chain: Path) -> Neovim:
    """Give a Neovim of someone who has a model."""
    Path(plugged.env["LASTMILE_CONFIG"]).write_text(SETTINGS.format(chain), encoding="utf-8")
    return plugged


async def test_two_windows_share_a_host(with_model: Neovim, hosts: Runtime, tmp_path: Path) -> None:
    windows = [evolve(with_model, desk=tmp_path / name) for name in ("left", "right")]
    met: list[list[int]] = []
    both = asyncio.Barrier(2)

    async def meet() -> None:
        await both.wait()
        met.append(hosts.pids())
        await both.wait()

    async def complete(window: Neovim, name: str) -> str:
        window.desk.mkdir()
        window.write(**{name: TEXT})
        env = {"LASTMILE_RUNTIME": str(hosts.folder)}
        seen = await window.go(
            "plugin.share", env=env, cues={"shown": meet}, open=f"{name}.py", cursor=word(20), keys="A"
        )
        text: str = seen.noted["shown"][0][2]
        return text

    shown = await asyncio.gather(*(complete(window, f"area_{number}") for number, window in enumerate(windows)))
    assert [text.strip() for text in shown] == [words(21, 8).strip()] * 2
    assert [len(pids) for pids in met] == [1, 1]
    assert met[0] == met[1]
