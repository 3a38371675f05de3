"""Neovim with the plugin: its command, its statusline, its health, and ruff's server beside it."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import subprocess
from contextlib import closing
from functools import partial
from pathlib import Path
from urllib.parse import unquote

import pytest
from tests.support.messages_api import MessagesApi
from tests.support.messages_wire import Gate, Reply
from tests.support.neovim import LUA, ROOT, Neovim, lua_block
from tests.support.wire import Json

pytestmark = [pytest.mark.editor, pytest.mark.slow]

SHOP = "import os\n\n\ndef total(items, rate):\n    return sum(items) * rate\n"
DOCSTRING = '''\
    """Add up the items.

    Args:
        items: Their prices.
        rate: What they are multiplied by.

    Returns:
        The sum.
    """
'''
HEADER = "def total(items, rate):\n"
DOCUMENTED = SHOP.replace(HEADER, HEADER + DOCSTRING)
ADD = "Add a docstring to `total`"
RUFF = """
vim.lsp.config("ruff", { cmd = { "ruff", "server" }, filetypes = { "python" }, root_markers = { "pyproject.toml" } })
vim.lsp.enable("ruff")
"""
STAND_IN = f'vim.lsp.config("lastmile", {{ cmd = dofile("{LUA / "stand_in.lua"}").cmd }})'


def step(run: str, **then: str) -> dict[str, str]:
    return {"run": f"LspLastmile {run}".rstrip(), **then}


@pytest.fixture
def paying(api: MessagesApi) -> dict[str, str]:
    """Give the environment of someone who lets a paid tier be asked."""
    return {"ANTHROPIC_API_KEY": "sk-ant-a-key", "LASTMILE_CLAUDE__BASE_URL": api.url, "LASTMILE_PAID": "auto"}


def drafted(**more: Json) -> Reply:
    code = DOCUMENTED[DOCUMENTED.index("def ") :]
    return Reply(f"```python\n{code}```\n", **more)


def of_the_person(neovim: Neovim) -> str:
    """Give the person's init.lua."""
    return (neovim.home / ".config" / "nvim" / "init.lua").read_text(encoding="utf-8")


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


# What a server with more commands answers, and what is then said or shown.
STATUS = {
    "tiers": [{"name": "rules", "off": ""}, {"name": "local", "off": ""}, {"name": "opus", "off": "no API key"}],
    "model": {"path": "/m.gguf", "state": "warm"},
    "today": {"spent": 0.5, "tasks": 3},
}
LINE = "rules, 1 draft, ruff clean, $0.00"
RECEIPT = {"task": "x", "title": "Fix F401", "line": LINE}
ANSWERS = {
    "something": {
        "lastmile.status": STATUS,
        "lastmile.receipt": RECEIPT,
        "lastmile.report": {"path": "/x.md"},
        "lastmile.why": {"path": "/x.md"},
        "lastmile.undoAndReport": {"undone": True, "reported": True},
        "lastmile.pause": {"paused": True},
        "lastmile.bill": {"page": "file:///bill.html", "shown": True},
    },
    "no such commands": {},
    "nothing": {f"lastmile.{name}": None for name in ("status", "receipt", "report", "why", "undoAndReport", "models")},
}
LACKS = "this server has no command `lastmile.{}`; a newer one may."
SAID = {
    "something": {"receipt": f"Lastmile: Fix F401: {LINE}", "undo it is wrong": "the edit was taken back"},
    "nothing": {
        "receipt": "no edit is applied: none was, or the last one was taken back.",
        "report": "there is no report yet.",
        "why": "no task was refused yet.",
        "undo it is wrong": "there is no edit to take back.",
    },
    "no such commands": {
        "receipt": LACKS.format("receipt"),
        "report": "there is no report yet.",
        "why": LACKS.format("why"),
        "undo it is wrong": LACKS.format("undoAndReport"),
        "bill": LACKS.format("bill"),
        "instruct do it": LACKS.format("instruct"),
    },
}


@pytest.mark.parametrize("case", SAID)
async def test_a_server_with_more_commands_is_asked_for_them(plugged: Neovim, case: str) -> None:
    plugged.write(shop=SHOP)
    plugged.configure(of_the_person(plugged), STAND_IN)
    steps = [step(run, message=message) for run, message in SAID[case].items()]
    if case == "something":
        first = [
            step("report"),
            step("why"),
            step("bill page"),
            step("pause", message="paused"),
            step("pause", message="are on."),
        ]
        steps = [*first, *steps, {"run": "echo", "status": "Lastmile: rules, local (warm) | $0.50 today"}]
    if case == "nothing":
        steps += [step("model", page="//model")]
    seen = await plugged.go("plugin.stand_in", open="shop.py", steps=steps, answers_of_server=ANSWERS[case])
    asked = dict(seen.noted["asked"])
    assert set(asked) == set(ANSWERS[case])
    assert asked.get("lastmile.undoAndReport", ["", "it is wrong"]) == ["", "it is wrong"]
    assert asked.get("lastmile.bill", [{"page": True}]) == [{"page": True}]
    assert not asked.get("lastmile.receipt")


WHY = "Fixes are not made ready now: the machine is busy (load 3.1 on 2 cores). It goes on by itself."
# What holds up the fixes that are made ready, by its name and in words, and what the statusline says of it.
HELD_UP = {
    "busy": (WHY, "| $0.50 today | fixes wait: the machine is busy"),
    "budget": ("Fixes are not made ready now: used up.", "| $0.50 today | fixes wait for the next minute"),
    "battery": ("Fixes are made ready more slowly.", "| $0.50 today"),
    "": ("", "| $0.50 today"),
}


@pytest.mark.parametrize("waits", HELD_UP)
async def test_what_holds_up_fixes_is_heard_and_said(plugged: Neovim, waits: str) -> None:
    why, line = HELD_UP[waits]
    plugged.write(shop=SHOP)
    plugged.configure(of_the_person(plugged), STAND_IN)
    before = {"ahead": {"who": "rules", "waits": "busy", "why": WHY}}
    answers = {
        "lastmile.status": STATUS | before,
        "lastmile.receipt": None,
        "changed": {"ahead": {"who": "rules", "waits": waits, "why": why}},
    }
    steps = [
        {"run": "echo", "status": "fixes wait: the machine is busy"},
        step("receipt", message="no edit is applied: none was, or the last one was taken back."),
        step("", message=f"$0.50 today{why and f' | {why}'}"),
        {"run": "checkhealth lastmile", "page": "health://"},
    ]
    seen = await plugged.go("plugin.stand_in", open="shop.py", steps=steps, answers_of_server=answers)
    assert seen.noted["status"].endswith(line)
    assert why in seen.noted["health://"]
    assert (WHY in seen.noted["health://"]) == (why == WHY)


async def test_an_edit_has_a_receipt_and_is_taken_back(plugged: Neovim) -> None:
    plugged.write(shop=SHOP)
    seen = await plugged.go("plugin.taken_back", open="shop.py", cursor="os", title="Fix F401")
    assert "Lastmile: Fix F401" in seen.messages
    assert ": rules, 1 draft, " in seen.messages
    assert seen.noted["report"].startswith("# Fix F401")
    assert "Lastmile: the edit was taken back, and noted as wrong." in seen.messages
    assert plugged.read("shop") == SHOP


async def test_a_model_is_chosen_of_those_that_are_here(plugged: Neovim, chain: Path) -> None:
    plugged.write(shop=SHOP)
    plugged.configure(of_the_person(plugged), STAND_IN)
    models = [
        {"name": "one", "path": str(chain), "used": True, "trouble": ""},
        {"name": "broken", "path": "/x", "used": False, "trouble": "it is truncated"},
    ]
    steps = [step("model", page="//model")]
    given = {"answers": ["one"], "answers_of_server": {"lastmile.models": models}}
    seen = await plugged.go("plugin.stand_in", open="shop.py", steps=steps, **given)
    assert seen.asked == [{"prompt": "Model of this machine:", "shown": ["one (in use)"]}]
    assert "chain.gguf" in seen.noted["//model"]
    settings = await asyncio.to_thread(Path(plugged.env["LASTMILE_CONFIG"]).read_text, encoding="utf-8")
    assert str(chain) in settings


# The person's options, and what the server is told where a line is copied and another is deleted.
YANKED = "lastmile.yanked"
YANKS = {"on": ("", ["def total(items, rate):"]), "off": ("vim.g.lastmile = { yanks = false }", [])}


@pytest.mark.parametrize("case", YANKS)
async def test_the_server_is_told_what_was_copied(plugged: Neovim, case: str) -> None:
    options, told = YANKS[case]
    plugged.write(shop=SHOP)
    plugged.configure(options, of_the_person(plugged), STAND_IN)
    answers = {YANKED: None, "lastmile.receipt": None}
    steps = [
        {"run": "normal! dd", "cursor": "import"},
        {"run": "normal! yy", "cursor": "def total"},
        step("receipt", message="no edit is applied: none was, or the last one was taken back."),
    ]
    seen = await plugged.go("plugin.stand_in", open="shop.py", steps=steps, answers_of_server=answers)
    asked = [(unquote(arguments[0]), arguments[1]) for name, arguments in seen.noted["asked"] if name == YANKED]
    assert asked == [(f"file://{plugged.file('shop')}", text) for text in told]


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


async def test_the_statusline_says_what_runs_and_what_it_cost(
    plugged: Neovim, api: MessagesApi, paying: dict[str, str]
) -> None:
    gate = Gate()
    api.enqueue(drafted(gate=gate, gate_after=3))
    plugged.write(shop=SHOP)
    seen = await plugged.go(
        "plugin.status",
        env=paying,
        cues={"drafting": gate.reached, "drafted": gate.open},
        open="shop.py",
        cursor="def total",
        title=ADD,
        before="$0.00 today",
        meanwhile="asking sonnet, up to $",
        after="$0.01 today",
    )
    assert "$0.00 today | asking sonnet, up to $" in seen.noted["meanwhile"]
    assert seen.noted["drawn"] == f" shop.py {seen.noted['after']}"
    with closing(sqlite3.connect(plugged.env["LASTMILE_LEDGER"])) as ledger:
        assert ledger.execute("SELECT count(*) FROM attempts").fetchone() == (1,)


async def first_ended(api: MessagesApi) -> str:
    """Say how the first request of the API ended."""
    return await api.requests[0].ended()


async def test_what_runs_is_cancelled_by_the_command(plugged: Neovim, api: MessagesApi, paying: dict[str, str]) -> None:
    gate = Gate()
    api.enqueue(drafted(gate=gate, gate_after=3))
    plugged.write(shop=SHOP)
    seen = await plugged.go(
        "plugin.status",
        env=paying,
        cues={"drafting": gate.reached, "cancelled": partial(first_ended, api)},
        open="shop.py",
        cursor="def total",
        title=ADD,
        before="Lastmile",
        meanwhile="asking sonnet",
        cancel="LspLastmile cancel",
    )
    assert await first_ended(api) == "client"
    assert "Lastmile: 1 ended." in seen.messages
    assert plugged.read("shop") == SHOP


async def test_an_instruction_for_selected_lines(plugged: Neovim, api: MessagesApi, paying: dict[str, str]) -> None:
    line, wanted = "    return sum(items) * rate", "    return rate * sum(items)"
    api.default = Reply(f"<<<<<<< SEARCH\n{line}\n=======\n{wanted}\n>>>>>>> REPLACE\n")
    plugged.write(shop=SHOP.rstrip("\n"))
    plugged.configure(of_the_person(plugged), 'vim.keymap.set("x", "<leader>i", "<Plug>(lastmile-instruct)")')
    keys = "V\\\\iRate first 🍎<CR>"
    await plugged.go("plugin.instruct", env=paying, open="shop.py", cursor="return", keys=keys)
    assert plugged.read("shop").rstrip("\n") == SHOP.replace(line, wanted).rstrip("\n")
    assert "Rate first 🍎" in api.requests[0].raw.decode()


async def test_a_report_is_shown_again(plugged: Neovim, api: MessagesApi, paying: dict[str, str]) -> None:
    api.default = Reply("I would rather not.")
    plugged.write(shop=SHOP)
    seen = await plugged.go(
        "plugin.reported", env=paying, open="shop.py", cursor="def total", title=ADD, answers=["Not now", "Show why"]
    )
    assert seen.noted["again"].startswith(f"# {ADD}")


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
