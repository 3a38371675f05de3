"""Neovim with the plugin while a paid tier drafts: what its statusline says, cancelled, instructed, reported."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial

import pytest
from tests.support.messages_api import MessagesApi
from tests.support.messages_wire import Gate, Reply
from tests.support.neovim import Neovim
from tests.support.neovim_plugin import SHOP, of_the_person
from tests.support.wire import Json

pytestmark = [pytest.mark.editor, pytest.mark.slow]
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


@pytest.fixture
def paying(api: MessagesApi) -> dict[str, str]:
    """Give the environment of someone who lets a paid tier be asked."""
    return {"ANTHROPIC_API_KEY": "sk-ant-a-key", "LASTMILE_CLAUDE__BASE_URL": api.url, "LASTMILE_PAID": "auto"}


def drafted(**more: Json) -> Reply:
    code = DOCUMENTED[DOCUMENTED.index("def ") :]
    return Reply(f"```python\n{code}```\n", **more)


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
