"""Neovim shows a completion where the person types, and keys put it in; with a stand-in for the model."""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.support import filling_server
from tests.support.neovim import ROOT, Neovim, lua_block
from tests.support.neovim_plugin import STAND_IN

pytestmark = [pytest.mark.editor, pytest.mark.slow]

AREA = "def area(width, height):\n    \n\n\nprint(area(1, 2))\n"
BODY = "    size = width * height\n    return size\n\n\ndef other():\n"
COMPLETED = "lastmile.completed"
KEYS = "\n".join(
    f'vim.keymap.set("i", "{key}", "<Plug>(lastmile-{name})")'
    for key, name in {"<F2>": "accept", "<F3>": "accept-word", "<F4>": "accept-line", "<F5>": "next"}.items()
)


@pytest.fixture
def command() -> str:
    """Give the lines that have a server started with the stand-in for its model."""
    command = json.dumps([sys.executable, filling_server.__file__]).replace("[", "{").replace("]", "}")
    return f'vim.lsp.config("lastmile", {{ cmd = {command} }})'


@pytest.fixture
def filler(tmp_path: Path) -> dict[str, str]:
    """Give the environment that says what the stand-in answers."""
    return {
        "FILLER_ANSWERS": json.dumps({"height):\n": BODY, "(": "width, height)"}),
        "FILLER_LOG": str(tmp_path / "asked.log"),
    }


@pytest.fixture
def completing(plugged: Neovim, command: str) -> Neovim:
    """Give a Neovim with the plugin, keys, and the stand-in."""
    init = plugged.home / ".config" / "nvim" / "init.lua"
    plugged.configure(init.read_text(encoding="utf-8"), KEYS, command)
    return plugged


def fates(neovim: Neovim) -> list[tuple[str, int]]:
    """Give what the ledger says became of the completions, and how many characters were taken."""
    with closing(sqlite3.connect(neovim.env["LASTMILE_LEDGER"])) as ledger:
        return ledger.execute("SELECT fate, taken FROM completions").fetchall()


async def test_a_completion_is_shown_and_taken_by_its_key(neovim: Neovim, command: str, filler: dict[str, str]) -> None:
    neovim.configure(
        lua_block(ROOT / "README.md", "Neovim, in five lines"),
        lua_block(ROOT / "editors" / "README.md", "Completions"),
        command,
    )
    neovim.write(area=AREA)
    seen = await neovim.go("complete", env=filler, open="area.py", cursor="    ", keys="A")
    assert seen.noted["shown"] == [[1, 4, "size = width * height", 1]]
    wanted = AREA.replace("    \n", "    size = width * height\n    return size\n", 1)
    assert neovim.read("area") == wanted
    with closing(sqlite3.connect(neovim.env["LASTMILE_LEDGER"])) as ledger:
        assert ledger.execute("SELECT fate, lines FROM completions").fetchall() == [("accepted", 2)]


WHOLE = "size = width * height\n    return size"

# The keys that are pressed, each once something new is shown; what is in the text then, and what the ledger says.
TAKES = {
    "whole": (["<F2>"], WHOLE, [("accepted", len(WHOLE))]),
    "a word": (["<F3>"], "size", [("partial", len("size"))]),
    "two words": (["<F3>", "<F3>"], "size =", [("partial", len("size ="))]),
    "a line": (["<F4>"], "size = width * height", [("partial", len("size = width * height"))]),
    "a word, then the rest": (["<F3>", "<F2>"], WHOLE, [("accepted", len(WHOLE))]),
    "the next, which is the same": (["<F5>", "<F2>"], WHOLE, [("accepted", len(WHOLE))]),
}


@pytest.mark.parametrize("case", TAKES)
async def test_a_completion_is_taken_in_parts(completing: Neovim, filler: dict[str, str], case: str) -> None:
    keys, text, became = TAKES[case]
    completing.write(area=AREA)
    await completing.go("complete", env=filler, open="area.py", cursor="    ", keys="A", takes=keys)
    assert completing.read("area") == AREA.replace("    \n", f"    {text}\n", 1)
    assert fates(completing) == became


# The key, and what the server is told of what was taken by it: the completion's id, and how many characters.
TOLD = {"whole": ("<F2>", ["id"]), "a word": ("<F3>", ["id", 4]), "a line": ("<F4>", ["id", 12])}


@pytest.mark.parametrize("case", TOLD)
async def test_the_server_is_told_what_was_taken(completing: Neovim, case: str) -> None:
    key, told = TOLD[case]
    place = {"line": 1, "character": 4}
    command = {"title": "", "command": COMPLETED, "arguments": ["id"]}
    item = {
        "insertText": "𠮷\u0301é_ = 🍐 + 1\n    return 2",
        "range": {"start": place, "end": place},
        "command": command,
    }
    completing.configure(
        f'vim.opt.runtimepath:append("{ROOT / "editors" / "neovim"}")\nvim.lsp.enable("lastmile")', KEYS, STAND_IN
    )
    completing.write(area=AREA)
    answers = {COMPLETED: None, "items": [item]}
    seen = await completing.go(
        "plugin.told", answers_of_server=answers, open="area.py", cursor="    ", keys="A", takes=[key]
    )
    assert seen.noted["asked"] == [[COMPLETED, told]]


async def test_what_was_typed_meanwhile_is_not_put_in_twice(completing: Neovim, filler: dict[str, str]) -> None:
    completing.write(area=AREA)
    await completing.go("complete", env=filler, open="area.py", cursor="    ", keys="A", takes=["si<F2>"])
    assert completing.read("area") == AREA.replace("    \n", f"    {WHOLE}\n", 1)


async def test_paused_completions_are_not_shown(completing: Neovim, filler: dict[str, str]) -> None:
    completing.write(area=AREA)
    seen = await completing.go("plugin.paused", env=filler, open="area.py", cursor="    ", keys="A")
    assert seen.noted == {"paused": False, "resumed": True}
    assert "completions are paused." in seen.messages
    assert "completions are on." in seen.messages


async def test_completions_that_are_not_wanted_are_not_resumed(completing: Neovim, filler: dict[str, str]) -> None:
    init = completing.home / ".config" / "nvim" / "init.lua"
    completing.configure("vim.g.lastmile = { completion = false }", init.read_text(encoding="utf-8"))
    seen = await completing.go("plugin.paused", env=filler, open="area.py")
    assert seen.noted == {"paused": False, "resumed": False}
    assert "completions are off by vim.g.lastmile, and paused no more." in seen.messages
