"""Neovim with the plugin and a server of the test's own: what it is asked and told, and what is said of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from tests.support.neovim import Neovim
from tests.support.neovim_plugin import SHOP, STAND_IN, of_the_person, step

pytestmark = [pytest.mark.editor, pytest.mark.slow]


# What a server with more commands answers, and what is then said or shown.
STATUS = {
    "tiers": [{"name": "rules", "off": ""}, {"name": "local", "off": ""}, {"name": "opus", "off": "no API key"}],
    "model": {"path": "/m.gguf", "state": "warm"},
    "today": {"spent": 0.5, "tasks": 3},
}
LINE = "rules, 1 draft, ruff clean, $0.00"
RECEIPT = {"task": "x", "title": "Fix F401", "line": LINE}
ANSWERS: dict[str, dict[str, Any]] = {
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


async def test_a_model_is_chosen_of_those_that_are_here(plugged: Neovim, chain: Path) -> None:
    plugged.write(shop=SHOP)
    plugged.configure(of_the_person(plugged), STAND_IN)
    models = [
        {"name": "one", "path": str(chain), "used": True, "trouble": ""},
        {"name": "broken", "path": "/x", "used": False, "trouble": "it is truncated"},
    ]
    steps = [step("model", page="//model")]
    answers = {"lastmile.models": models}
    seen = await plugged.go("plugin.stand_in", open="shop.py", steps=steps, answers=["one"], answers_of_server=answers)
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
