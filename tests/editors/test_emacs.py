"""Emacs with eglot and the page's lines: it shows what is wrong, and fixes it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from tests.support import filling_server
from tests.support.emacs import Emacs
from tests.support.ledger import written
from tests.support.messages_api import MessagesApi
from tests.support.messages_wire import Reply
from tests.support.neovim import ROOT
from tests.support.readying import MARK, ON, TITLE
from tests.support.shop import AREA, SHOP, shop

pytestmark = [pytest.mark.editor, pytest.mark.slow]

RECORDED = json.loads((ROOT / "tests" / "e2e" / "emacs-eglot-1.9.json").read_text(encoding="utf-8"))


@pytest.fixture
def emacs(tmp_path: Path, home_env: dict[str, str]) -> Emacs:
    project = shop(tmp_path)
    made = Emacs(tmp_path / "home", project, home_env)
    made.configure()
    return made


async def test_it_attaches_and_shows_what_ruff_finds(emacs: Emacs) -> None:
    seen = await emacs.go("look", open="shop.py")
    assert seen.noted["server"] == "lastmile"
    lines = [line for line, _ in seen.noted["diagnostics"]]
    assert lines == [1, 5, 5]  # E702 too
    assert "F401" in seen.noted["diagnostics"][0][1]
    if seen.noted["eglot"] == "1.9":  # as it is kept, for the server's own tests
        assert json.loads(seen.noted["capabilities"]) == RECORDED


@pytest.mark.parametrize(
    ("cursor", "title", "change"),
    [("os", "Fix F401", ("import os\n", "")), ("None", "Fix E711", ("None == bücher", "None is bücher"))],
)
async def test_an_action_is_chosen_and_applied(emacs: Emacs, cursor: str, title: str, change: tuple[str, str]) -> None:
    seen = await emacs.go("act", open="shop.py", cursor=cursor, answers=[title])
    assert (emacs.project / "shop.py").read_text(encoding="utf-8") == SHOP.replace(*change)
    (question,) = seen.asked
    assert any(each.startswith(title) and each.endswith("(free)") for each in question["shown"])


async def test_a_fix_that_is_ready_is_shown_and_applied_at_once(emacs: Emacs) -> None:
    file, text = emacs.project / "shop.py", SHOP.replace("𠮷", "ä").replace("🍐", "ö")
    file.write_text(text, encoding="utf-8")  # eglot 1.9 never ends to look for a place in the middle of a longer letter
    ready = f"Fix F401: `os` imported but unused {TITLE}"
    seen = await emacs.go("act", env=ON, open="shop.py", marked=MARK, cursor="os", answers=[ready])
    assert file.read_text(encoding="utf-8") == text.replace("import os\n", "")
    assert seen.asked[0]["shown"][0] == ready
    taken = "SELECT kind, cleared_by, ahead FROM outcomes WHERE applied"
    assert await written(emacs.env["LASTMILE_LEDGER"], taken) == [("fix", "rules", 1)]


async def test_money_is_asked_for(emacs: Emacs, api: MessagesApi, key: dict[str, str]) -> None:
    answers = ["Add a docstring to `zählen`", "Not now"]
    seen = await emacs.go("ask", env=key, open="shop.py", cursor="zählen", answers=answers)
    assert "Ask sonnet (claude-sonnet-5-5) for up to $" in seen.asked[1]["question"]
    assert not api.requests
    assert (emacs.project / "shop.py").read_text(encoding="utf-8") == SHOP


async def test_an_instruction_in_words(emacs: Emacs, api: MessagesApi, key: dict[str, str]) -> None:
    line, wanted = "    return (𠮷, wert)", "    return (wert, 𠮷)"
    api.default = Reply(f"<<<<<<< SEARCH\n{line}\n=======\n{wanted}\n>>>>>>> REPLACE\n")
    env = {**key, "LASTMILE_PAID": "auto"}
    await emacs.go("instruct", env=env, open="shop.py", cursor="(𠮷, wert)", words="Swap them 🍎")
    assert (emacs.project / "shop.py").read_text(encoding="utf-8") == SHOP.replace(line, wanted)
    assert "Swap them 🍎" in api.requests[0].raw.decode()


async def test_the_bill_is_said(emacs: Emacs) -> None:
    seen = await emacs.go("bill", open="shop.py")
    assert "Spent $0.00. 0 tasks" in seen.messages


async def test_a_completion_is_an_entry_of_the_list(emacs: Emacs, tmp_path: Path) -> None:
    program = f'"{sys.executable}" "{filling_server.__file__}"'
    options = ":initializationOptions (:completion (:as_items t))"
    emacs.configure(f"(push '(python-mode . ({program} {options})) eglot-server-programs)")
    answers = {"height):\n": "    size = width * height\n    return size\n\n\ndef other():\n"}
    env = {"FILLER_ANSWERS": json.dumps(answers), "FILLER_LOG": str(tmp_path / "asked.log")}
    area = emacs.project / "area.py"
    area.write_text(AREA, encoding="utf-8")
    await emacs.go("complete", env=env, open="area.py", cursor="    ")
    whole = "    size = width * height\n    return size\n"
    assert area.read_text(encoding="utf-8") == AREA.replace("    \n", whole, 1)
