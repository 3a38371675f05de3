"""The menu and the edit of what is ready, timed in a real Neovim: `python -m benchmarks.ahead --editor neovim`.

Neovim is headless, has the plugin as people install it, and is driven by its own Lua
(`tests/editors/timing.lua`): the clock runs from the call that `gra` is to the moment that `vim.ui.select` has
the entries, and from the choice to the change of the buffer. What a screen adds is not in it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.support.home import home_in
from tests.support.neovim import ROOT, Neovim, lua_block

PATIENCE = 300.0
"""Seconds for all of it."""


def timed(
    demo: Path, places: Sequence[dict[str, Any]], *, settings: dict[str, str], idle: float, rounds: int
) -> list[dict[str, Any]]:
    """Give for each place whether its fix was ready, and the milliseconds of its menus and of its edits."""
    folder = demo.parent / "neovim"
    folder.mkdir()
    desk = folder / "desk"
    desk.mkdir()
    neovim = Neovim(folder / "home", demo, desk, home_in(folder) | settings, PATIENCE)
    neovim.configure(lua_block(ROOT / "editors" / "README.md", "Neovim").replace("/path/to/lastmile", str(ROOT)))
    files = sorted({place["file"] for place in places})
    seen = asyncio.run(neovim.go("timing.ready", files=files, places=list(places), idle=idle, rounds=rounds))
    found: list[dict[str, Any]] = seen.noted["timed"]
    return found
