"""Neovim with the plugin: its command, its health, its help, and ruff's server beside it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from tests.support.neovim import ROOT, Neovim, lua_block
from tests.support.neovim_plugin import SHOP, of_the_person, step

pytestmark = [pytest.mark.editor, pytest.mark.slow]
RUFF = """
vim.lsp.config("ruff", { cmd = { "ruff", "server" }, filetypes = { "python" }, root_markers = { "pyproject.toml" } })
vim.lsp.enable("ruff")
"""


# What is typed behind :LspLastmile, what it says, and what the page that it shows holds.
COMMANDS = {
    "bill": (step("bill", message="Spent $0.00. 0 tasks"), {}),
    "bill with options": (step("bill --since 7d --by kind", page="//bill"), {"//bill": "The bill, since"}),
    "doctor": (step("doctor", page="//doctor"), {"//doctor": "tier sonnet"}),
    "model": (step("model", page="//model"), {"//model": "qwen2.5-coder-7b"}),
    "model of no name": (step("model use nobody", message="Lastmile: nobody is neither a file nor a model"), {}),
    "report": (step("report", message="here is no report yet"), {}),
    "log": (step("log", message="nothing is in Neovim's log of its servers."), {}),
    "cancel": (step("cancel", message="0 ended."), {}),
    "nothing": (step("", message="$0.00 today"), {}),
    "instruct": (step("instruct", message="no tier can follow words (local: no model"), {}),
    "nonsense": (step("nonsense", message="there is no `:LspLastmile nonsense`, only bill, cancel,"), {}),
}


async def test_each_subcommand_says_what_it_found(plugged: Neovim) -> None:
    plugged.write(shop=SHOP)
    steps = [{"run": "echo", "status": "$0.00 today"}, *(given for given, _ in COMMANDS.values())]
    seen = await plugged.go("plugin.steps", open="shop.py", steps=steps)
    for case, (_, pages) in COMMANDS.items():
        for name, text in pages.items():
            assert text in seen.noted[name], case
    assert seen.noted["lines"] == SHOP.splitlines()


async def test_an_edit_has_a_receipt_and_is_taken_back(plugged: Neovim) -> None:
    plugged.write(shop=SHOP)
    seen = await plugged.go("plugin.taken_back", open="shop.py", cursor="os", title="Fix F401")
    assert "Lastmile: Fix F401" in seen.messages
    assert ": rules, 1 draft, " in seen.messages
    assert seen.noted["report"].startswith("# Fix F401")
    assert "Lastmile: the edit was taken back, and noted as wrong." in seen.messages
    assert plugged.read("shop") == SHOP


SUBCOMMANDS = [
    *("bill", "cancel", "doctor", "instruct", "log", "model", "pause"),
    *("receipt", "report", "restart", "undo", "why"),
]


@pytest.mark.parametrize("command", ["LspLastmile", "LspLast"])
async def test_the_command_line_is_completed(plugged: Neovim, command: str) -> None:
    plugged.write(shop=SHOP)
    lines = ["", "re", "model p", "'<,'>ins", "nonsense "]
    seen = await plugged.go("plugin.completed", open="shop.py", command=command, lines=lines)
    assert seen.noted["completed"] == [
        SUBCOMMANDS,
        ["receipt", "report", "restart"],
        ["pull"],
        ["instruct"],
        [],
    ]


async def test_its_health_is_clean_and_shows_no_key(plugged: Neovim) -> None:
    plugged.write(shop=SHOP)
    key = "sk-ant-never-shown"
    steps = [{"run": "checkhealth lastmile", "page": "health://"}]
    seen = await plugged.go("plugin.steps", env={"ANTHROPIC_API_KEY": key}, open="shop.py", steps=steps)
    page = seen.noted["health://"]
    assert "ERROR" not in page
    assert "WARNING" not in page
    assert key not in page
    for said in (
        "Neovim 0.",
        "lastmile 0.1.0 at /",
        "attached to 1 buffer\n",
        "ANTHROPIC_API_KEY is set",
        "ruff: ruff ",
    ):
        assert f"OK {said}" in page or said in page
    for topic in ("tier local: off: no model", "tier sonnet: ready, paid (ask)", "sandbox: ", "works as: paid"):
        assert topic in page


# The person's settings, and whose findings are shown with ruff's server; without it they are Lastmile's again.
BESIDE = {
    "ruff's alone": ("", ["ruff"]),
    "all by the person's word": (
        'vim.lsp.config("lastmile", { settings = { lastmile = { diagnostics = "all" } } })',
        ["lastmile", "ruff"],
    ),
    "all by the option": ("vim.g.lastmile = { ruff = false }", ["lastmile", "ruff"]),
}


@pytest.mark.parametrize("case", BESIDE)
async def test_ruffs_findings_are_left_to_ruffs_server(plugged: Neovim, case: str) -> None:
    settings, beside = BESIDE[case]
    plugged.write(shop=SHOP)
    plugged.configure(settings, of_the_person(plugged), RUFF)
    await plugged.go("plugin.beside_ruff", open="shop.py", beside=beside, fails=True)  # ruff's server logs what it does


DOC = ROOT / "editors" / "neovim" / "doc" / "lastmile.txt"


def test_the_help_has_every_tag_and_every_subcommand(tmp_path: Path) -> None:
    (tmp_path / "lastmile.txt").write_bytes(DOC.read_bytes())
    made = subprocess.run(
        ["nvim", "--headless", "-u", "NONE", "-i", "NONE", f"+helptags {tmp_path}", "+quit"],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert made.stderr == ""
    tags = {line.partition("\t")[0] for line in (tmp_path / "tags").read_text(encoding="utf-8").splitlines()}
    page = DOC.read_text(encoding="utf-8")
    assert set(re.findall(r"\|((?:lastmile|:Lsp)[^|\s]*)\|", page)) <= tags
    assert set(re.findall(r"^:(?:\[range\])?LspLastmile (\w+)", page, re.MULTILINE)) == set(SUBCOMMANDS)
    assert max(map(len, page.splitlines())) <= 80


def test_the_readme_has_the_plugins_lines() -> None:
    block = lua_block(ROOT / "editors" / "README.md", "Neovim")
    assert block.count("\n") == 2
    assert "/path/to/lastmile/editors/neovim" in block
