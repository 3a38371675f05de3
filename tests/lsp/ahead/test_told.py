"""How a client is told of what is ready or was given up: in its menu, by lenses, and by one refresh."""

from __future__ import annotations

import asyncio
import re
from itertools import count
from pathlib import Path

import pytest
from tests.support.ahead import SEEN, TEXT, drafting, marked, ready, window
from tests.support.editor import VSCODE, Editor
from tests.support.patience import PATIENCE
from tests.support.stage import Stage
from tests.support.wire import Json, RefusedError

from lastmile.ahead.machine import Power

pytestmark = pytest.mark.slow

PULLING = {**VSCODE, "textDocument": {**VSCODE["textDocument"], "diagnostic": {}}}
REFRESH = "workspace/diagnostic/refresh"


@pytest.mark.parametrize(
    ("paid", "rest"), [("never", ""), ("auto", r"; then up to \$\d.*")], ids=["free alone", "then paid"]
)
async def test_the_menu_says_who_gave_up_on_this_very_text(
    stage: Stage, folder: Path, home_env: dict[str, str], paid: str, rest: str
) -> None:
    drafting(stage)
    home_env["LASTMILE_PAID"] = paid
    stage.tiers["local"].scripts = [lambda text: text.replace("hight", "heigth")]
    async with window(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        other = editor.open("y.py", "import re\n")
        await marked(editor, uri, "F401")
        await marked(editor, other, "F401")
        editor.save(uri)
        titles = await said_of(editor, uri, "gave up")
        assert any(re.fullmatch(rf"Fix F821.*\(rules, local gave up on it{rest}\)", title) for title in titles)
        editor.type(uri, TEXT.index("width *"), "2 * ")
        again = [item["title"] for item in await editor.menu(uri, "hight")]
        assert not [title for title in again if "gave up" in title]


async def test_what_rules_alone_could_do_and_gave_up_on_is_greyed_out_until_its_text_changes(
    stage: Stage, folder: Path, home_env: dict[str, str]
) -> None:
    home_env["LASTMILE_PAID"] = "never"
    async with window(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        await marked(editor, uri, "F401")
        editor.save(uri)
        await said_of(editor, uri, "gave up")
        (only,) = await editor.menu(uri, "hight", only=["quickfix"])
        assert only["title"].startswith("Fix F821")
        assert "nothing passed" in only["disabled"]["reason"]
        editor.type(uri, editor.texts[uri].index("width *"), "2 * ")
        assert not [item for item in await editor.menu(uri, "hight", only=["quickfix"]) if "disabled" in item]


async def said_of(editor: Editor, uri: str, words: str) -> list[str]:
    """Wait until the menu says something."""
    async with asyncio.timeout(PATIENCE):
        while not (found := [i["title"] for i in await editor.menu(uri, "hight") if words in i["title"]]):
            await editor.wire.settle()
    return found


FIXED_LENS = {**VSCODE, "textDocument": {**VSCODE["textDocument"], "codeLens": {"dynamicRegistration": False}}}
"""What Neovim says: it shows lenses, and cannot be told of them later."""


async def test_a_client_that_cannot_be_told_later_gets_lenses_once_its_answered_settings_want_them(
    stage: Stage, folder: Path
) -> None:
    drafting(stage)
    async with window(stage, folder, client=FIXED_LENS) as editor:
        wanted: dict[str, Json] = {}
        editor.wire.answers["workspace/configuration"] = lambda params: [wanted for _ in params["items"]]
        uri = editor.open("x.py", TEXT)
        await marked(editor, uri, *SEEN)
        asked = {"textDocument": {"uri": uri}}
        assert await editor.wire.request("textDocument/codeLens", asked) == []
        wanted["ahead_lens"] = True
        editor.wire.notify("workspace/didChangeConfiguration", {"settings": None})
        await marked(editor, editor.open("y.py", TEXT), *SEEN)
        editor.save(uri)
        assert await lensed(editor, uri)


async def test_what_is_ready_twice_on_one_line_says_which_is_which_in_the_menu_and_above_the_line(
    stage: Stage, folder: Path, home_env: dict[str, str]
) -> None:
    drafting(stage)
    home_env["LASTMILE_AHEAD_LENS"] = "true"
    text = "def area(a, b):\n    if a == None or None == b:\n        return 1\n    return 2 if a == None else 3\n"
    async with window(stage, folder, client=FIXED_LENS) as editor:
        uri = editor.open("x.py", text)
        await marked(editor, uri, *["E711"] * 3)
        menu = await editor.menu(uri, "if a == None or None", only=["quickfix"])
        once = "Fix E711: Comparison to `None` should be `cond is None` (ready, free)"
        twice = [once.replace(":", f" at column {column}:", 1) for column in (13, 21)]
        assert [item["title"] for item in menu] == twice
        assert sorted(await lensed(editor, uri)) == sorted([once, *twice])


async def lensed(editor: Editor, uri: str) -> list[str]:
    """Wait for lenses, which come once what is ready was made anew."""
    async with asyncio.timeout(PATIENCE):
        while not (found := await editor.wire.request("textDocument/codeLens", {"textDocument": {"uri": uri}})):
            await editor.wire.settle()
    return [item["command"]["title"] for item in found]


def refuse(_params: Json) -> Json:
    raise RefusedError({"code": -32601, "message": "This client does not do that."})


async def made(editor: Editor, uri: str, at: str) -> None:
    """Wait until the fix at a place is ready, in a client that pulls nothing."""
    count = 0
    while not await ready(editor, uri, at):
        await editor.wire.heard(REFRESH, after=count)
        count = len(editor.wire.received)


async def test_a_client_that_pulls_nothing_is_told_once_of_what_is_ready(
    stage: Stage, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    looks, target, reached = count(1), [0], asyncio.Event()
    loop = asyncio.get_running_loop()

    def look() -> Power:
        if next(looks) == target[0]:
            loop.call_soon_threadsafe(reached.set)
        return Power()

    async with window(stage, folder, look, client=PULLING) as editor:
        editor.wire.answers[REFRESH] = refuse
        last, middle = (editor.open(name, "import os\n") for name in ("z.py", "y.py"))
        await made(editor, middle, "os")
        await made(editor, last, "os")
        told, target[0] = len(editor.wire.all(REFRESH)), next(looks) + 4
        first = editor.open("x.py", "import os\n")  # one look at the machine, one for its fix, and one for each other
        await asyncio.wait_for(reached.wait(), PATIENCE)
        assert await ready(editor, first, "os")
        assert len(editor.wire.all(REFRESH)) == told + 1
    assert "Background work failed" not in caplog.text
