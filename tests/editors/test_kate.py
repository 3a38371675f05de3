"""Kate and the page's lines: it shows what is wrong, and fixes it by its keys."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest
from tests.support import filling_server
from tests.support.e2e_kinds import recorded
from tests.support.kate import Desk, Kate, Message, until
from tests.support.messages_api import MessagesApi
from tests.support.shop import AREA, SHOP, shop

pytestmark = [pytest.mark.editor, pytest.mark.slow]

FIXES = {"F401": ("import os\n", ""), "E702": ('"🍐"; ', '"🍐"\n    '), "E711": ("None ==", "None is")}


@pytest.fixture
def kate(tmp_path: Path, home_env: dict[str, str]) -> Kate:
    project = shop(tmp_path)
    made = Kate(Path(home_env["HOME"]), project, home_env)
    made.configure()
    return made


async def saved(desk: Desk, path: Path, text: str) -> None:
    """Save, and wait until the file is written; the text may still come in."""

    async def is_written() -> bool:
        await desk.press("ctrl+s")
        return await asyncio.to_thread(path.read_text, encoding="utf-8") == text

    await until(is_written, f"{path.name} to be {text!r}")


async def applied(desk: Desk, title: str) -> None:
    """Choose an entry until its edit is taken: Kate takes none that comes two seconds after the entry was chosen."""

    async def is_taken() -> bool:
        return bool((await desk.act(title))["applied"])

    await until(is_taken, f"the edit of {title!r}")


async def test_an_action_is_chosen_by_keys_and_money_is_not_spent_unasked(
    kate: Kate, api: MessagesApi, key: dict[str, str]
) -> None:
    async with kate.at_work("shop.py", line=4, column=6, env=key) as desk:
        assert await desk.act("Add a docstring to `zählen`") == {"applied": False}
        told = await desk.said("client", "window/showMessage")
        assert "no consent to ask sonnet" in told["params"]["message"]
        await desk.press("Down")
        await applied(desk, "Fix E711")
        await saved(desk, kate.project / "shop.py", SHOP.replace(*FIXES["E711"]))
        begun = await desk.said("server", "initialize")
    assert begun["params"]["capabilities"] == recorded("kate-22.12.3.json"), "record them anew"
    assert not api.requests


async def test_a_quick_fix_is_for_what_was_shown_and_no_edit_lands_beside_its_place(kate: Kate) -> None:
    """Kate sends back what it shows on the line, and does at once all that there is to do for it."""
    async with kate.at_work("shop.py", line=5, column=30) as desk:
        # Kate refuses what comes late, or while the text is another than it was for the menu.
        entries, landed = await until(lambda: fixed(desk), "an edit that Kate takes")
        text = SHOP
        for entry in (entry for entry, applied in zip(entries, landed, strict=True) if applied):
            text = taken(text, entry["title"])
        await saved(desk, kate.project / "shop.py", text)


async def fixed(desk: Desk) -> tuple[list[Message], list[bool]] | None:
    """Press the key of the quick fix; gives the entries, and which of their edits Kate took, if any."""
    menus, before = await desk.count("textDocument/codeAction"), await desk.count("workspace/executeCommand")
    await desk.press("ctrl+period")
    asked = await desk.said("server", "textDocument/codeAction", past=menus)
    (shown,) = asked["params"]["context"]["diagnostics"]
    assert (shown["code"], shown["source"]) == ("E711", "ruff")
    entries = await desk.answer(asked)
    numbers = range(before, before + len(entries))
    commands = [await desk.said("server", "workspace/executeCommand", past=number) for number in numbers]
    landed = [(await desk.answer(command))["applied"] for command in commands]
    return (entries, landed) if any(landed) else None


def taken(text: str, title: str) -> str:
    """Give a text with what an entry fixes."""
    for code, change in FIXES.items():
        if code in title or title.startswith("Fix all"):
            text = text.replace(*change)
    return text


async def test_a_completion_is_an_entry_of_the_list(kate: Kate, tmp_path: Path) -> None:
    kate.configure(initializationOptions={"completion": {"as_items": True}})
    answers = {"height):\n": "    size = width * height\n    return size\n\n\ndef other():\n"}
    env = {"FILLER_ANSWERS": json.dumps(answers), "FILLER_LOG": str(tmp_path / "asked.log")}
    area = kate.project / "area.py"
    area.write_text(AREA, encoding="utf-8")
    serve = (sys.executable, filling_server.__file__)
    async with kate.at_work("area.py", line=2, column=5, env=env, serve=serve) as desk:
        await desk.press("ctrl+space")
        listed = await desk.answer(await desk.said("server", "textDocument/completion"))
        assert [item["label"] for item in listed["items"]] == ["size = width * height"]
        await desk.see_list()
        await desk.press("Return")
        await saved(desk, area, AREA.replace("    \n", "    size = width * height\n    return size\n", 1))
