"""Helix with the page's settings, on a terminal: it shows what is wrong, fixes it, and asks before it pays."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest
from tests.support import filling_server
from tests.support.e2e_kinds import recorded
from tests.support.helix import ENTER, ESCAPE, TAB, Helix, Terminal, settings
from tests.support.ledger import written as rows
from tests.support.messages_api import MessagesApi
from tests.support.messages_wire import Reply
from tests.support.readying import MARK, ON, TITLE
from tests.support.shop import AREA, SHOP, shop

pytestmark = [pytest.mark.editor, pytest.mark.slow]

UNUSED = "`os` imported but unused"


@pytest.fixture
def helix(tmp_path: Path, home_env: dict[str, str]) -> Helix:
    project = shop(tmp_path)
    made = Helix(tmp_path / "home", project, home_env)
    made.configure(**settings())
    return made


def written(helix: Helix) -> str:
    return (helix.project / "shop.py").read_text(encoding="utf-8")


def test_it_attaches_and_shows_what_ruff_finds(helix: Helix, tmp_path: Path) -> None:
    server, sent = Path(sys.executable).with_name("lastmile"), tmp_path / "sent"
    between = tmp_path / "bin" / "lastmile"
    between.parent.mkdir()
    between.write_text(f'#!/bin/sh\ntee "{sent}" | exec "{server}" "$@"\n', encoding="utf-8")
    between.chmod(0o755)
    with helix.at_work("shop.py:1:8", env={"PATH": f"{between.parent}:{helix.env['PATH']}"}) as terminal:
        terminal.see(UNUSED, "Comparison to `None` should be `cond is None`")
    begun = sent.read_text(encoding="utf-8").partition("{")
    message = json.JSONDecoder().raw_decode(begun[1] + begun[2])[0]["params"]
    if message["clientInfo"]["version"] == "25.07.1":  # as it is kept, for the server's own tests
        assert message["capabilities"] == recorded("helix-25.07.1.json"), "record them anew"


@pytest.mark.parametrize(
    ("place", "title", "change"),
    [("1:8", "Fix F401", ("import os\n", "")), ("5:26", "Fix E711", ("None == bücher", "None is bücher"))],
)
def test_an_action_is_chosen_and_written(helix: Helix, place: str, title: str, change: tuple[str, str]) -> None:
    with helix.at_work(f"shop.py:{place}") as terminal:
        terminal.see(UNUSED)
        terminal.press(" a")
        terminal.choose(title)
        terminal.see("shop.py [+]")
        terminal.write()
        assert written(helix) == SHOP.replace(*change)


def test_a_fix_that_is_ready_is_shown_and_applied_at_once(helix: Helix) -> None:
    with helix.at_work("shop.py:1:8", env=ON) as terminal:
        terminal.see(UNUSED + MARK)
        terminal.press(" a")
        terminal.choose(f"Fix F401: {UNUSED} {TITLE}")
        terminal.see("shop.py [+]")
        terminal.write()
        terminal.press(" lu")  # which is answered behind what tells that it was applied
        terminal.see("import os")
    assert written(helix) == SHOP.replace("import os\n", "")
    taken = "SELECT kind, cleared_by, ahead FROM outcomes WHERE applied"
    assert asyncio.run(rows(helix.env["LASTMILE_LEDGER"], taken)) == [("fix", "rules", 1)]


def opened(terminal: Terminal, entry: str) -> None:
    """Open the menu until an entry is in it: a server that is not ready yet is not asked."""
    for _ in range(100):
        terminal.press(" a")
        terminal.see("Ruff: Organize imports")
        if entry in str(terminal.screen):
            return
        terminal.press(ESCAPE)
        terminal.wait(lambda: "Ruff: Organize imports" not in str(terminal.screen), "the end of the menu")
    message = f"No entry {entry!r} came:\n{terminal.screen}"
    raise AssertionError(message)


def test_beside_ruffs_server_nothing_is_shown_twice(helix: Helix) -> None:
    helix.configure(**settings("Helix beside ruff's server"))
    with helix.at_work("shop.py:1:8") as terminal:
        terminal.see("Remove unused import: `os`")  # which ruff's own server adds
        opened(terminal, f"Fix F401: {UNUSED}")  # so ours has looked at it too
        terminal.press(ESCAPE)
        terminal.wait(lambda: "Fix F401" not in str(terminal.screen), "the end of the menu")
        terminal.press(" d")
        terminal.see("severity source code message", " 3/3 ", "Ruff   F401", "Ruff   E702", "Ruff   E711")
        terminal.press(ESCAPE)
        terminal.wait(lambda: "3/3" not in str(terminal.screen), "the end of the list")
        terminal.press(" a")
        terminal.choose(f"Fix F401: {UNUSED}")
        terminal.see("shop.py [+]")
        terminal.write()
    assert written(helix) == SHOP.replace("import os\n", "")


def test_money_is_asked_for(helix: Helix, api: MessagesApi, key: dict[str, str]) -> None:
    with helix.at_work("shop.py:4:5", env=key) as terminal:
        terminal.see(UNUSED)
        terminal.press(" a")
        terminal.choose("Add a docstring to `zählen` (up to $")
        terminal.see("Ask sonnet (claude-sonnet-5-5) for up to $", "Once", "For today")
        terminal.choose("Not now")
        terminal.see("Stopped: no consent to ask sonnet")
        assert not api.requests
        assert "shop.py [+]" not in str(terminal.screen)


def test_an_instruction_in_words_and_its_report(helix: Helix, api: MessagesApi, key: dict[str, str]) -> None:
    line, wanted = "    return (𠮷, wert)", "    return (wert, 𠮷)"
    api.default = Reply(f"<<<<<<< SEARCH\n{line}\n=======\n{wanted}\n>>>>>>> REPLACE\n")
    with helix.at_work("shop.py:6:5", env=key) as terminal:
        terminal.see(UNUSED)
        terminal.press(" li")
        terminal.see("Open workspace command picker")
        terminal.press(f"Swap them 🍎{ENTER}")
        terminal.choose("Once")
        terminal.see("shop.py [+]")
        terminal.write()
        assert written(helix) == SHOP.replace(line, wanted)
        assert "Swap them 🍎" in api.requests[0].raw.decode()
        terminal.press(" lr")
        terminal.see("Instruct: Swap them 🍎", "## Attempt 1: sonnet (claude-sonnet-5-5), passed")


def test_the_bill_is_said(helix: Helix) -> None:
    with helix.at_work("shop.py") as terminal:
        terminal.see(UNUSED)
        terminal.press(" lb")
        terminal.see("Spent $0.00. 0 tasks")


def test_an_edit_is_taken_back(helix: Helix) -> None:
    with helix.at_work("shop.py:1:8") as terminal:
        terminal.see(UNUSED)
        terminal.press(" a")
        terminal.choose("Fix F401")
        terminal.wait(lambda: "import os" not in str(terminal.screen), "the edit")
        terminal.press(" lu")
        terminal.see("import os")
        terminal.write()
        assert written(helix) == SHOP


def test_a_completion_is_an_entry_of_the_list(helix: Helix, tmp_path: Path) -> None:
    program = f'command = "{sys.executable}"\nargs = ["{filling_server.__file__}"]'
    languages = settings()["languages"].replace('command = "lastmile"\nargs = ["serve"]', program)
    head = "[language-server.lastmile]\n"
    helix.configure(languages=languages.replace(head, f"{head}config = {{ completion = {{ as_items = true }} }}\n"))
    answers = {"height):\n": "    size = width * height\n    return size\n\n\ndef other():\n"}
    env = {"FILLER_ANSWERS": json.dumps(answers), "FILLER_LOG": str(tmp_path / "asked.log")}
    area = helix.project / "area.py"
    area.write_text(AREA, encoding="utf-8")
    with helix.at_work("area.py:2:5", env=env) as terminal:
        terminal.see("Expected an indented block")
        terminal.press("i\x18")  # Ctrl-x
        terminal.see("size = width * height")
        terminal.press(TAB)
        terminal.see("return size")
        terminal.press(f"{ENTER}\x1b")
        terminal.see(" NOR ")
        terminal.write()
    assert area.read_text(encoding="utf-8") == AREA.replace("    \n", "    size = width * height\n    return size\n", 1)
