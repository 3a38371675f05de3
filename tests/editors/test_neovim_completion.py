"""Neovim shows a completion where the person types, and its key puts it in; with a stand-in for the model."""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.support import filling_server
from tests.support.neovim import ROOT, Neovim, lua_block

pytestmark = [pytest.mark.editor, pytest.mark.slow]

AREA = "def area(width, height):\n    \n\n\nprint(area(1, 2))\n"
BODY = "    size = width * height\n    return size\n\n\ndef other():\n"


async def test_a_completion_is_shown_and_taken_by_its_key(neovim: Neovim, tmp_path: Path) -> None:
    command = json.dumps([sys.executable, filling_server.__file__]).replace("[", "{").replace("]", "}")
    neovim.configure(
        lua_block(ROOT / "README.md", "Neovim, in five lines"),
        lua_block(ROOT / "editors" / "README.md", "Completions"),
        f'vim.lsp.config("lastmile", {{ cmd = {command} }})',
    )
    neovim.write(area=AREA)
    env = {"FILLER_ANSWERS": json.dumps({"height):\n": BODY}), "FILLER_LOG": str(tmp_path / "asked.log")}
    seen = await neovim.go("complete", env=env, open="area.py", cursor="    ", keys="A")
    assert seen.noted["shown"] == [[1, 4, "size = width * height", 1]]
    wanted = AREA.replace("    \n", "    size = width * height\n    return size\n", 1)
    assert neovim.read("area") == wanted
    with closing(sqlite3.connect(neovim.env["LASTMILE_LEDGER"])) as ledger:
        assert ledger.execute("SELECT fate, lines FROM completions").fetchall() == [("accepted", 2)]
