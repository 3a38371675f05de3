"""What tests of Neovim with the plugin share: a file of a project, the person's lines, and steps of its command."""

from __future__ import annotations

from tests.support.neovim import LUA, Neovim

SHOP = "import os\n\n\ndef total(items, rate):\n    return sum(items) * rate\n"
STAND_IN = f'vim.lsp.config("lastmile", {{ cmd = dofile("{LUA / "stand_in.lua"}").cmd }})'


def step(run: str, **then: str) -> dict[str, str]:
    return {"run": f"LspLastmile {run}".rstrip(), **then}


def of_the_person(neovim: Neovim) -> str:
    """Give the person's init.lua."""
    return (neovim.home / ".config" / "nvim" / "init.lua").read_text(encoding="utf-8")
