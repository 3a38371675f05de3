"""Emacs with lsp-mode and the page's lines: it shows what is wrong, fixes it, and ends what takes too long."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path

import pytest
from tests.support import filling_server
from tests.support.e2e_kinds import recorded
from tests.support.emacs import LSP_MODE, Emacs, lines
from tests.support.ledger import written
from tests.support.messages_api import MessagesApi
from tests.support.messages_wire import Gate, Reply
from tests.support.readying import MARK, ON, TITLE
from tests.support.shop import AREA, SHOP, shop

pytestmark = [pytest.mark.editor, pytest.mark.slow]

ADD = "Add a docstring to `zählen`"


@pytest.fixture
def emacs(tmp_path: Path, home_env: dict[str, str]) -> Emacs:
    project = shop(tmp_path)
    made = Emacs(tmp_path / "home", project, home_env, LSP_MODE)
    made.configure()
    return made


async def test_it_attaches_and_shows_what_ruff_finds(emacs: Emacs) -> None:
    seen = await emacs.go("look", open="shop.py")
    (server,) = seen.noted["servers"]
    assert server.startswith("lastmile:")
    assert sorted(line for line, _ in seen.noted["diagnostics"]) == [1, 5, 5]  # E702 too
    if seen.noted["lsp-mode"] == "8.0.0":  # as it is kept, for the server's own tests
        assert json.loads(seen.noted["capabilities"]) == recorded("emacs-lsp-mode-8.0.0.json")


async def test_an_action_is_chosen_and_applied(emacs: Emacs) -> None:
    seen = await emacs.go("act", open="shop.py", cursor="None", answers=["Fix E711"])
    assert (emacs.project / "shop.py").read_text(encoding="utf-8") == SHOP.replace("None ==", "None is")
    (question,) = seen.asked
    assert any(each.startswith("Fix E711") and each.endswith("(free)") for each in question["shown"])


# Places, and what is chosen there: of both servers, so that each has to know what the other changed.
MENDED = {"os": "Ruff: Fix all", "None": "Fix E711", "wert": "Ruff (E702): Disable"}


async def test_beside_ruffs_server_nothing_is_shown_twice(emacs: Emacs) -> None:
    emacs.configure(lines("lsp-mode beside ruff's server"))
    file, text = emacs.project / "shop.py", SHOP.replace("𠮷", "ä").replace("🍐", "ö")
    file.write_text(text, encoding="utf-8")  # lsp-mode 8.0 counts longer letters as no other server than ours does
    seen = await emacs.go("beside", open="shop.py", cursors=list(MENDED), answers=list(MENDED.values()))
    first, *rest = [[tuple(item) for item in found] for found in seen.noted["found"]]
    assert sorted(first) == [("Ruff", "E702"), ("Ruff", "E711"), ("Ruff", "F401")]
    assert list(map(len, rest)) == [2, 1]
    mended = text.replace("import os\n", "").replace("None ==", "None is").replace("else 2", "else 2  # noqa: E702")
    assert file.read_text(encoding="utf-8") == mended
    assert "encountered a problem" not in seen.messages


async def test_a_fix_that_is_ready_is_shown_and_applied_at_once(emacs: Emacs) -> None:
    ready = f"Fix F401: `os` imported but unused {TITLE}"
    seen = await emacs.go("act", env=ON, open="shop.py", marked=MARK, cursor="os", answers=[ready])
    assert (emacs.project / "shop.py").read_text(encoding="utf-8") == SHOP.replace("import os\n", "")
    assert seen.asked[0]["shown"][0] == ready
    taken = "SELECT kind, cleared_by FROM outcomes WHERE applied AND kept"
    assert await written(emacs.env["LASTMILE_LEDGER"], taken) == [("fix", "rules")]


async def test_money_is_asked_for(emacs: Emacs, api: MessagesApi, key: dict[str, str]) -> None:
    seen = await emacs.go("ask", env=key, open="shop.py", cursor="zählen", answers=[ADD, "Not now"])
    assert "Ask sonnet (claude-sonnet-5-5) for up to $" in seen.asked[1]["question"]
    assert not api.requests
    assert (emacs.project / "shop.py").read_text(encoding="utf-8") == SHOP
    assert "no consent to ask sonnet" in seen.messages


async def test_what_runs_is_shown_and_ended_by_the_key_that_quits(
    emacs: Emacs, api: MessagesApi, key: dict[str, str], tmp_path: Path
) -> None:
    gate, drafting = Gate(), tmp_path / "drafting"
    api.enqueue(Reply("never", gate=gate, gate_after=3))
    given = {"open": "shop.py", "cursor": "zählen", "answers": [ADD], "cue": str(drafting)}
    going = asyncio.create_task(emacs.go("quit", env={**key, "LASTMILE_PAID": "auto"}, **given))
    await gate.reached()
    drafting.touch()
    seen = await going
    assert seen.noted["quit"]
    assert await api.requests[0].ended() == "client"
    assert (emacs.project / "shop.py").read_text(encoding="utf-8") == SHOP
    assert "asking sonnet, up to $" in seen.noted["shown"]


async def test_an_instruction_in_words_and_its_bill(emacs: Emacs, api: MessagesApi, key: dict[str, str]) -> None:
    line, wanted = "    return (𠮷, wert)", "    return (wert, 𠮷)"
    api.default = Reply(f"<<<<<<< SEARCH\n{line}\n=======\n{wanted}\n>>>>>>> REPLACE\n")
    env = {**key, "LASTMILE_PAID": "auto"}
    seen = await emacs.go("instruct", env=env, open="shop.py", cursor="(𠮷, wert)", words="Swap them 🍎")
    assert (emacs.project / "shop.py").read_text(encoding="utf-8") == SHOP.replace(line, wanted)
    assert "Swap them 🍎" in api.requests[0].raw.decode()
    assert re.search(r"Spent \$0\.\d*[1-9].* 1 tasks, 1 cleared", seen.messages)


async def test_a_completion_is_an_entry_of_the_list(emacs: Emacs, tmp_path: Path) -> None:
    program = f'"{sys.executable}" "{filling_server.__file__}"'
    options = "'(:completion (:as_items t))"
    emacs.configure(
        f"(let ((client (gethash 'lastmile lsp-clients)))"
        f" (setf (lsp--client-initialization-options client) {options}"
        f" (lsp--client-new-connection client) (lsp-stdio-connection '({program}))))"
    )
    answers = {"height):\n": "    size = width * height\n    return size\n\n\ndef other():\n"}
    env = {"FILLER_ANSWERS": json.dumps(answers), "FILLER_LOG": str(tmp_path / "asked.log")}
    area = emacs.project / "area.py"
    area.write_text(AREA, encoding="utf-8")
    await emacs.go("complete", env=env, open="area.py", cursor="    ")
    whole = "    size = width * height\n    return size\n"
    assert area.read_text(encoding="utf-8") == AREA.replace("    \n", whole, 1)
