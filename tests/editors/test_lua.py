"""The Lua of the plugin and of these tests is formatted by StyLua."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.support.neovim import LUA, ROOT

pytestmark = pytest.mark.editor

PLUGIN = ROOT / "editors" / "neovim"


def check(*folders: Path) -> str:
    """Give what StyLua would write otherwise."""
    command = ["stylua", "--check", "--config-path", str(PLUGIN / "stylua.toml"), *map(str, folders)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout


def test_lua_is_formatted() -> None:
    assert check(PLUGIN, LUA) == ""


def test_what_is_not_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "x.lua").write_text("return  1\n", encoding="utf-8")
    assert "x.lua" in check(tmp_path)
