"""Neovim, whose menu opens with the edit already inside."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from tests.support.neovim import Neovim
from tests.support.readying import MARK, ON

pytestmark = [pytest.mark.editor, pytest.mark.slow]

SHOP = "import os\nimport sys\n\n\ndef total(items):\n    return sum(items), sys, f''\n"
READY = "Fix F401: `os` imported but unused (ready, free)"


async def test_a_fix_that_is_ready_is_shown_and_taken_without_a_word(neovim: Neovim) -> None:
    neovim.write(shop=SHOP)
    seen = await neovim.go("ready", open="shop.py", cursor="os", mark=MARK, marked=2, answers=[READY], env=ON)
    (asked,) = seen.asked
    assert asked["shown"][0] == READY
    assert neovim.read("shop") == SHOP.replace("import os\n", "")
    assert "Applied changes" not in seen.messages
    with closing(sqlite3.connect(neovim.env["LASTMILE_LEDGER"])) as ledger:
        taken = ledger.execute("SELECT kind, cleared_by, kept FROM outcomes WHERE applied").fetchall()
    assert taken == [("fix", "rules", 1)]


# How a person says that they want lenses.
LENSES = {
    "settings": "settings = { lastmile = { ahead_lens = true } }",
    "init_options": "init_options = { ahead_lens = true }",
}


@pytest.mark.parametrize("case", LENSES)
async def test_a_lens_is_shown_and_run_by_its_key(plugged: Neovim, case: str) -> None:
    init = plugged.home / ".config" / "nvim" / "init.lua"
    plugged.configure(f'vim.lsp.config("lastmile", {{ {LENSES[case]} }})', init.read_text(encoding="utf-8"))
    plugged.write(shop=SHOP)
    seen = await plugged.go("plugin.lenses", open="shop.py", cursor="import os", lenses=2, env=ON)
    assert READY in seen.noted["titles"]
    assert plugged.read("shop") == SHOP.replace("import os\n", "")


# What the benchmark times, at two places: one that is ready, and one that no rule can mend.
SPOTS = [
    {"file": "shop.py", "row": 0, "column": 7, "code": "F401"},
    {"file": "shop.py", "row": 3, "column": 6, "code": "E741"},
]


async def test_the_menu_and_the_edit_are_timed(plugged: Neovim) -> None:
    plugged.write(shop="import os\n\n\ndef f(l):\n    return l\n")
    seen = await plugged.go("timing.ready", env=ON, files=["shop.py"], places=SPOTS, idle=120, enough=1, rounds=2)
    mended, left = seen.noted["timed"]
    assert (mended["ready"], left["ready"]) == (True, False)
    assert [len(times) for times in (mended["menus"], mended["applied"], left["menus"], left["applied"])] == [
        2,
        2,
        2,
        0,
    ]
    assert all(took > 0 for took in (*mended["menus"], *mended["applied"]))
    assert plugged.read("shop").startswith("import os")
