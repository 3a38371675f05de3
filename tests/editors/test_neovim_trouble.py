"""Neovim with the plugin where something is wrong: one message with what to do, and no loop."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from tests.support.neovim import Neovim
from tests.support.neovim_plugin import STAND_IN

pytestmark = [pytest.mark.editor, pytest.mark.slow]

SHOP = "import os\n\nprint(1)\n"

OLD = "#!/bin/sh\necho 'lastmile, version 0.0.9'\n"
CRASHING = "#!/bin/sh\necho 'boom' >&2\nexit 3\n"


def add(neovim: Neovim, *blocks: str) -> None:
    """Add to the person's init.lua."""
    path = neovim.home / ".config" / "nvim" / "init.lua"
    neovim.configure(*blocks, path.read_text(encoding="utf-8"))


def program(folder: Path, text: str) -> str:
    path = folder / "lastmile"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return str(path)


# What stands in the place of the server, and what is said of it, once.
SERVERS = {
    "missing": (None, "there is no program `lastmile-that-is-not-there`. Install it (:help lastmile-install);"),
    "too old": (OLD, "the server is version 0.0.9 and this plugin needs 0.1.0 or later. Install a newer one;"),
    "crashing at its start": (CRASHING, "the server ended at its start, with code 3. `:LspLastmile doctor` looks for"),
}


@pytest.mark.parametrize("case", SERVERS)
async def test_a_server_that_will_not_do_is_told_of_once(plugged: Neovim, tmp_path: Path, case: str) -> None:
    text, message = SERVERS[case]
    cmd = "lastmile-that-is-not-there" if text is None else program(tmp_path, text)
    add(plugged, f'vim.lsp.config("lastmile", {{ cmd = {{ {json.dumps(cmd)}, "serve" }} }})')
    plugged.write(shop=SHOP, other=SHOP, third=SHOP)
    files = ["shop.py", "other.py", "third.py"]
    seen = await plugged.go("trouble.unserved", fails=True, files=files, message=message)
    assert seen.messages.count("Lastmile: ") == 1
    assert "`:LspLastmile restart` tries again." in seen.messages
    assert seen.messages.count("quit with exit code") <= 1  # Neovim's own words, where one was started
    assert seen.noted == {"clients": 0, "status": "Lastmile is off"}


# A Neovim where the server is not enabled; 0.11 cannot tell.
UNASKED = {"0.12": "", "0.11": "vim.lsp.is_enabled = nil"}


@pytest.mark.parametrize("case", UNASKED)
async def test_nothing_is_said_where_it_is_not_enabled(plugged: Neovim, case: str) -> None:
    init = plugged.home / ".config" / "nvim" / "init.lua"
    found = init.read_text(encoding="utf-8").replace('vim.lsp.enable("lastmile")', UNASKED[case])
    plugged.configure(found, 'vim.lsp.config("lastmile", { cmd = { "lastmile-that-is-not-there", "serve" } })')
    plugged.write(shop=SHOP)
    seen = await plugged.go("trouble.quiet", files=["shop.py"])
    assert "Lastmile" not in seen.messages


async def test_a_server_that_says_it_is_too_old_is_stopped(plugged: Neovim) -> None:
    add(plugged, STAND_IN)
    plugged.write(shop=SHOP, other=SHOP)
    message = "the server is version 0.0.1 and this plugin needs 0.1.0 or later."
    old = {"version": "0.0.1"}
    seen = await plugged.go("trouble.unserved", files=["shop.py", "other.py"], message=message, answers_of_server=old)
    assert seen.messages.count("Lastmile: ") == 1
    assert seen.noted == {"clients": 0, "status": "Lastmile is off"}


async def test_a_server_that_crashes_comes_back(plugged: Neovim) -> None:
    plugged.write(shop=SHOP)
    seen = await plugged.go("trouble.crash", fails=True, open="shop.py")
    assert seen.messages.count("Lastmile: ") == 0
    assert seen.noted["clients"] == 1


async def test_a_server_that_crashes_again_and_again_is_left_alone(plugged: Neovim) -> None:
    plugged.write(shop=SHOP)
    message = "the server ended 3 times by itself and is not started again. `:LspLastmile log` shows what it said;"
    seen = await plugged.go("trouble.crashes", fails=True, open="shop.py", times=3, message=message)
    assert seen.messages.count("Lastmile: ") == 1
    assert seen.noted["clients"] == 0


# Settings that make no sense, and the one message about them.
SETTINGS = {
    "of the server": (
        'vim.lsp.config("lastmile", { settings = { lastmile = { paid = 3, diagnostics = {} } } })',
        "paid",
    ),
    "all of the server": (
        'vim.lsp.config("lastmile", { settings = { lastmile = "yes" } })',
        'the settings must be a table, not "yes"',
    ),
    "of the plugin": (
        'vim.g.lastmile = { completion = "yes" }',
        'vim.g.lastmile.completion has to be true or false, not "yes". The default, true, counts.',
    ),
    "of no name": ("vim.g.lastmile = { complete = true }", "vim.g.lastmile has no option `complete`;"),
    "all of the plugin": ("vim.g.lastmile = 1", "vim.g.lastmile has to be a table, not a number. The defaults count."),
}


@pytest.mark.parametrize("case", SETTINGS)
async def test_settings_that_make_no_sense_are_told_of_once(plugged: Neovim, case: str) -> None:
    settings, message = SETTINGS[case]
    add(plugged, settings)
    plugged.write(shop=SHOP)
    steps = [{"run": "echo", "message": message}, {"run": "LspLastmile bill", "message": "Spent $0.00"}]
    seen = await plugged.go("plugin.steps", open="shop.py", steps=steps)
    assert seen.messages.count(message) == 1


async def test_a_read_only_file_stays_as_it_is(plugged: Neovim) -> None:
    plugged.write(shop=SHOP)
    plugged.file("shop").chmod(0o444)
    add(plugged, "vim.o.updatetime = 100")
    seen = await plugged.go("trouble.read_only", open="shop.py", cursor="os", title="Fix F401")
    assert seen.noted["written"] is False
    assert "this buffer cannot be changed ('nomodifiable')." in seen.messages
    assert plugged.read("shop") == SHOP


async def test_a_buffer_is_served_once_it_has_a_name(plugged: Neovim) -> None:
    plugged.write(shop=SHOP)
    seen = await plugged.go("trouble.nameless", open="shop.py", lines=["import os"], name="named.py")
    assert (seen.noted["before"], plugged.read("named")) == (0, "import os\n")
    assert "Not a document" not in seen.messages


async def test_a_huge_file_does_not_hold_the_editor_up(plugged: Neovim) -> None:
    plugged.write(huge="import os\n" + "x = 'a long line of no importance'\n" * 100_000, shop=SHOP)  # 3 MB
    seen = await plugged.go("trouble.huge", huge="huge.py", open="shop.py", title="Fix F401")
    assert seen.noted["stall"] < 2000
    assert seen.noted["lines"] == ["", "print(1)"]


# The name of a second client, which Neovim starts in the order of names; both have our server.
TWINS = {"before ours": "a_twin", "after ours": "twin"}


@pytest.mark.parametrize("case", TWINS)
async def test_of_two_clients_on_one_buffer_ours_is_left(plugged: Neovim, case: str) -> None:
    name = TWINS[case]
    plugged.write(shop=SHOP)
    command = json.dumps([sys.executable, "-m", "lastmile", "serve"]).replace("[", "{").replace("]", "}")
    twin = f'vim.lsp.config("{name}", {{ cmd = {command}, filetypes = {{ "python" }} }})\nvim.lsp.enable("{name}")'
    add(plugged, twin)
    message = "two clients serve the same buffer: `lastmile` is kept, which is the one that this plugin serves,"
    seen = await plugged.go("trouble.twice", open="shop.py", message=message)
    assert seen.noted["left"] == "lastmile"
    assert seen.messages.count("Lastmile: ") == 1
    assert f"`{name}` was detached. Enable only one of them." in seen.messages


SILENT = "#!/bin/sh\ncase $1 in serve) exec sleep 60;; *) echo 'lastmile, version 0.1.0';; esac\n"


@pytest.mark.parametrize("replaced", [True, False], ids=["replaced", "left as it is"])
async def test_a_server_that_does_not_answer_is_told_of_once_and_ended_with_neovim(
    plugged: Neovim, tmp_path: Path, *, replaced: bool
) -> None:
    cmd = program(tmp_path, SILENT)
    add(plugged, f'vim.lsp.config("lastmile", {{ cmd = {{ {json.dumps(cmd)}, "serve" }} }})')
    plugged.write(shop=SHOP, other=SHOP)
    message = "the server was started and has not answered for 0.2 s. `:checkhealth lastmile` looks for the cause,"
    seen = await plugged.go(
        "trouble.silent", fails=True, files=["shop.py", "other.py"], patience=0.2, message=message, replaced=replaced
    )
    assert seen.messages.count("Lastmile: ") == 1
    assert "has not answered" in seen.noted["health"]
