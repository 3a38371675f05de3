"""Asked afterwards: what was done and at what cost, why a task was refused, and that an edit was wrong."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from tests.support.editor import UNVERSIONED, VSCODE, Editor, editing
from tests.support.patience import PATIENCE
from tests.support.stage import Script, Stage
from tests.support.wire import Json, RefusedError

from lastmile.cascade.events import dollars
from lastmile.text.edits import Replacement, Span

pytestmark = pytest.mark.slow

TEXT = "import os\n\n\ndef area(width):\n    return width * hight\n\n\nprint(area(1))\n"
WORDS = "The width was wrong, not the height."


def rename(text: str) -> str:
    return text.replace("(width):\n", "(width):\n    hight = width\n")


def spoil(text: str) -> str:
    return text.replace("return width", "return unknown * width")


async def applied(stage: Stage, editor: Editor, script: Script = rename) -> str:
    """Have the finding fixed and its edit applied; gives the document."""
    stage.tiers["local"].scripts = [script]
    uri = editor.open("x.py", TEXT)
    await fixed(editor, uri)
    return uri


async def fixed(editor: Editor, uri: str) -> None:
    """Have the finding fixed."""
    (entry,) = [item for item in await editor.menu(uri, "hight") if item["title"].startswith("Fix F821")]
    done = await editor.resolve(entry)
    if "edit" in done:
        assert editor.take(done["edit"])


def ledger(env: dict[str, str], query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{env['LASTMILE_LEDGER']}?mode=ro", uri=True)) as opened:
        return list(opened.execute(query))


def story(said: Json, editor: Editor) -> str:
    """Read a report, which was shown."""
    (shown,) = editor.wire.all("window/showDocument")
    path = Path(unquote(urlsplit(shown["uri"]).path))
    assert str(path) == said["path"]
    return path.read_text(encoding="utf-8")


async def test_the_last_receipt_in_one_line(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        assert await editor.command("lastmile.receipt") is None
        await applied(stage, editor)
        said = await editor.command("lastmile.receipt")
        assert said["title"].startswith("Fix F821")
        assert said["line"].startswith("local, 1 draft, syntax ok, ")
        assert said["cost_usd"] == 0
        assert said["top_tier_cost_usd_estimate"] > 0
        assert f"(opus alone: about {dollars(said['top_tier_cost_usd_estimate'])})" in said["line"]
        assert await editor.command("lastmile.receipt", said["task"]) == said
        assert await editor.command("lastmile.receipt", "another") is None


WAYS = {
    "applied": ("resolve", "take"),
    "thrown away": ("resolve",),
    "thrown away, and typed elsewhere": ("resolve", "type"),
    "thrown away, and saved": ("resolve", "save"),
    "applied, and typed elsewhere before that was told": ("resolve", "take and type"),
    "looked at twice and applied once": ("resolve", "type", "resolve", "take"),
    "applied after a save": ("resolve", "save", "take"),
    "applied by a command": ("command",),
    "refused by the editor": ("refuse", "command"),
}


async def went(editor: Editor, uri: str, way: tuple[str, ...]) -> None:
    """Go the way of an edit from the menu into its document, or not."""
    edit: Json = None
    for step in way:
        text = editor.texts[uri]
        if step in {"resolve", "command"}:
            (entry,) = [item for item in await editor.menu(uri, "hight") if item["title"].startswith("Fix F821")]
            if step == "command":
                await editor.command("lastmile.apply", entry["data"])
            else:
                edit = (await editor.resolve(entry))["edit"]
        elif step == "refuse":
            editor.wire.answers["workspace/applyEdit"] = lambda _: {"applied": False, "failureReason": "thrown away"}
        elif step == "save":
            editor.save(uri)
        elif step == "type":
            editor.type(uri, len(text), "# more\n")
        elif step == "take and type":
            editor.edit(uri, Replacement(Span(0, len(text)), rename(text) + "# more\n"))
        else:
            assert editor.take(edit)


@pytest.mark.parametrize("name", WAYS)
async def test_only_what_was_applied_counts(stage: Stage, folder: Path, home_env: dict[str, str], name: str) -> None:
    came = name.startswith(("applied", "looked"))
    stage.tiers["local"].scripts = [rename]
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        await went(editor, uri, WAYS[name])
        assert (await editor.command("lastmile.receipt") is not None) is came
        assert bool((await editor.command("lastmile.status"))["last"]) is came
        total = (await stage.ledger.bill()).total
        assert (total.cleared, total.tasks) == (came, came)
        assert len(await stage.ledger.receipts(9)) == came
        assert (await editor.command("lastmile.undoAndReport") is not None) is came
    tried = max(1, WAYS[name].count("resolve"))
    assert ledger(home_env, "SELECT count(DISTINCT task) FROM attempts") == [(tried,)]


async def test_the_report_of_what_was_applied(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        editor.wire.answers["window/showDocument"] = lambda _params: {"success": True}
        assert await editor.command("lastmile.report") is None
        await applied(stage, editor)
        told = story(await editor.command("lastmile.report"), editor)
        assert "Cost: $0.00. With opus alone: about $0.0" in told
        assert "\n- 0 new findings, " in told
        assert f"[x.py:5]({(folder / 'x.py').as_uri()}#L5)" in told


async def test_why_a_task_was_refused(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        editor.wire.answers["window/showDocument"] = lambda _params: {"success": True}
        assert await editor.command("lastmile.why") is None
        await applied(stage, editor, spoil)
        told = story(await editor.command("lastmile.why"), editor)
        assert "Nothing passed." in told
        assert "- **lint**: F821" in told
        assert f"## Where to look\n\n- [x.py:5]({(folder / 'x.py').as_uri()}#L5)" in told


@pytest.mark.parametrize(
    ("change", "undone"),
    [
        (("", ""), True),
        (("import os\n", "import os\nimport re\n"), True),
        (("return width * hight", "return width + hight"), True),
        (("hight = width", "hight = 2"), False),
    ],
    ids=["as it was put in", "changed above", "changed below", "changed in the same place"],
)
async def test_an_edit_that_was_wrong_is_undone_where_it_still_stands_and_is_written_down(
    stage: Stage, folder: Path, home_env: dict[str, str], change: tuple[str, str], undone: object
) -> None:
    async with editing(stage, folder) as editor:
        uri = await applied(stage, editor)
        at = editor.texts[uri].index(change[0])
        if change[0]:
            editor.edit(uri, Replacement(Span(at, at + len(change[0])), change[1]))
        before = editor.texts[uri]
        said = await editor.command("lastmile.undoAndReport", None, WORDS)
        assert said == {"undone": undone, "reported": True, **({} if undone else {"told": True})}
        assert editor.texts[uri] == (before.replace("    hight = width\n", "") if undone else before)
    assert ledger(home_env, "SELECT undone, kept, words FROM outcomes") == [(1, 0, WORDS)]


@pytest.mark.parametrize(
    ("change", "said", "undone"),
    [
        (None, "x.py is closed; the edit was left as it is, and noted as wrong. Open it and undo again.", False),
        (
            ("hight = width", "hight = 2"),
            "x.py changed there since; the edit was left as it is, and noted as wrong.",
            False,
        ),
        (("    hight = width\n", ""), "The edit of x.py is gone already; it is noted as wrong.", True),
        (
            ("import os\n\n\ndef area(width):\n    hight = width\n", "\n\ndef area(width):\n"),
            "The edit of x.py is gone already",
            True,
        ),
    ],
    ids=["closed", "changed in the same place", "undone by hand", "undone by hand, and changed elsewhere"],
)
async def test_why_nothing_is_undone(
    stage: Stage, folder: Path, change: tuple[str, str] | None, said: str, undone: object
) -> None:
    async with editing(stage, folder) as editor:
        uri = await applied(stage, editor)
        if change is None:
            editor.close(uri)
        else:
            at = editor.texts[uri].index(change[0])
            editor.edit(uri, Replacement(Span(at, at + len(change[0])), change[1]))
        before = editor.texts[uri]
        assert await editor.command("lastmile.undoAndReport") == {"undone": undone, "reported": True, "told": True}
        assert (await editor.wire.heard("window/showMessage"))["message"].startswith(said)
        assert editor.texts[uri] == before
        assert (await editor.command("lastmile.receipt") is None) is undone


async def test_a_second_press_undoes_nothing_more(stage: Stage, folder: Path, home_env: dict[str, str]) -> None:
    async with editing(stage, folder) as editor:
        uri = await applied(stage, editor)
        first = await editor.command("lastmile.receipt")
        editor.edit(uri, Replacement(Span(0, len(editor.texts[uri])), TEXT))
        await fixed(editor, uri)
        assert (await editor.command("lastmile.receipt"))["task"] != first["task"]
        assert await editor.command("lastmile.undoAndReport") == {"undone": True, "reported": True}
        text = editor.texts[uri]
        for command in ("undoAndReport", "report", "receipt"):
            assert await editor.command(f"lastmile.{command}") is None
        assert editor.texts[uri] == text
        assert await editor.command("lastmile.receipt", first["task"]) == first
    assert sorted(ledger(home_env, "SELECT undone FROM outcomes")) == [(0,), (1,)]


async def test_a_second_press_at_once_undoes_nothing_more_either(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        uri = await applied(stage, editor)
        presses = [editor.command("lastmile.undoAndReport") for _ in range(2)]
        assert await asyncio.gather(*presses) == [{"undone": True, "reported": True}, None]
        assert editor.texts[uri] == TEXT
        assert len(editor.wire.all("workspace/applyEdit")) == 1
        assert [item["message"] for item in editor.wire.all("window/showMessage")] == ["There is no edit to take back."]


async def test_an_edit_is_undone_once_the_document_shows_it_and_the_next_waits_for_that(
    stage: Stage, folder: Path
) -> None:
    """The client says that it applied an edit before it tells of the change."""
    edits: list[Json] = []

    def applied(params: Json) -> Json:
        edits.append(params["edit"])
        return {"applied": True}

    async with editing(stage, folder, client=UNVERSIONED) as editor:
        editor.wire.answers["workspace/applyEdit"] = applied
        uri = editor.open("x.py", f"import re\n{TEXT}")
        (entry,) = await editor.menu(uri, "os", only=["quickfix"])
        assert await editor.command("lastmile.apply", entry["data"]) == {"applied": True}
        undo = {"command": "lastmile.undoAndReport", "arguments": []}
        undone = editor.wire.ask("workspace/executeCommand", undo)
        await editor.wire.settle()
        assert editor.take(edits[0])
        assert await asyncio.wait_for(undone, PATIENCE) == {"undone": True, "reported": True}
        (other,) = await editor.menu(uri, "re", only=["quickfix"])
        next_ = editor.wire.ask("workspace/executeCommand", {"command": "lastmile.apply", "arguments": [other["data"]]})
        await editor.wire.settle()
        assert len(edits) == 2
        assert editor.take(edits[1])
        assert editor.texts[uri] == f"import re\n{TEXT}"
        assert await asyncio.wait_for(next_, PATIENCE) == {"applied": True}
        assert editor.take(edits[2])
        assert editor.texts[uri] == TEXT


async def test_what_comes_behind_the_word_that_an_edit_is_applied_knows_of_it(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder, client=UNVERSIONED) as editor:
        editor.wire.answers["workspace/applyEdit"] = lambda _params: asyncio.get_running_loop().create_future()
        uri = editor.open("x.py", TEXT)
        (entry,) = await editor.menu(uri, "os", only=["quickfix"])
        done = editor.wire.ask("workspace/executeCommand", {"command": "lastmile.apply", "arguments": [entry["data"]]})
        await editor.wire.heard("workspace/applyEdit")
        (asked,) = [item["id"] for item in editor.wire.received if item["method"] == "workspace/applyEdit"]
        editor.wire.raw(json.dumps({"jsonrpc": "2.0", "id": asked, "result": {"applied": True}}).encode())
        assert (await editor.command("lastmile.receipt"))["title"].startswith("Fix F401")
        assert await asyncio.wait_for(done, PATIENCE) == {"applied": True}


async def test_what_is_not_shown_is_not_undone_and_the_person_hears_it(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder, client=UNVERSIONED) as editor:
        editor.wire.answers["workspace/applyEdit"] = lambda _params: {"applied": True}
        uri = editor.open("x.py", TEXT)
        (entry,) = await editor.menu(uri, "os", only=["quickfix"])
        assert await editor.command("lastmile.apply", entry["data"]) == {"applied": True}
        assert await editor.command("lastmile.undoAndReport") == {"undone": False, "reported": True, "told": True}
        assert "does not show the edit before" in (await editor.wire.heard("window/showMessage"))["message"]
        assert len(editor.wire.all("workspace/applyEdit")) == 1


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("report", "There is no report: nothing was asked for yet, or the last edit was taken back."),
        ("why", "No task was refused yet."),
        ("undoAndReport", "There is no edit to take back."),
    ],
)
@pytest.mark.parametrize("plugin", [False, True], ids=["any client", "a plugin of ours"])
async def test_there_is_nothing_to_show_or_undo(
    stage: Stage, folder: Path, command: str, words: str, plugin: object
) -> None:
    client = VSCODE | {"experimental": {"lastmileStatus": plugin}}
    async with editing(stage, folder, client=client) as editor:
        assert await editor.command(f"lastmile.{command}") is None
        assert [item["message"] for item in editor.wire.all("window/showMessage")] == ([] if plugin else [words])
        await applied(stage, editor)
        assert await editor.command(f"lastmile.{command}", "another") is None


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("lastmile.receipt", [1]),
        ("lastmile.receipt", ["a", "b"]),
        ("lastmile.why", [{}]),
        ("lastmile.undoAndReport", ["a", 3]),
        ("lastmile.undoAndReport", ["a", "b", "c"]),
        ("lastmile.applied", []),
        ("lastmile.applied", [None]),
    ],
)
async def test_arguments_that_make_no_sense_are_refused(
    stage: Stage, folder: Path, command: str, arguments: list[Json]
) -> None:
    async with editing(stage, folder) as editor:
        with pytest.raises(RefusedError, match=f"^{command} takes ") as refused:
            await editor.command(command, *arguments)
        assert refused.value.code == -32602


async def test_what_cannot_be_written_down_is_not_said_to_be(
    stage: Stage, folder: Path, home_env: dict[str, str]
) -> None:
    async with editing(stage, folder) as editor:
        await applied(stage, editor)
        os.unlink(home_env["LASTMILE_LEDGER"])  # noqa: PTH108 - a moment, and nothing else runs
        assert await editor.command("lastmile.undoAndReport") == {"undone": True, "reported": False}
        said = (await editor.wire.heard("window/showMessage"))["message"]
        assert said.startswith("That it was wrong is not written down. The ledger")
        assert "removed or replaced" in said
        await editor.command("lastmile.bill")
        assert "removed or replaced" in (await editor.wire.heard("window/showMessage"))["message"]
