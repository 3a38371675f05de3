"""The commands, for clients that cannot resolve and for what no menu can ask."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.support.editor import PLAIN, UNVERSIONED, VSCODE, Editor, editing
from tests.support.patience import PATIENCE
from tests.support.stage import Stage, gated
from tests.support.wire import Asked, Json, RefusedError

from lastmile.text.edits import Span

TEXT = "import os\n\n\ndef area(width):\n    return width\n"


async def test_apply_does_what_a_menu_entry_says(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder, client=PLAIN) as editor:
        uri = editor.open("x.py", TEXT)
        (entry,) = await editor.menu(uri, "os", only=["quickfix"])
        assert await editor.command(entry["command"], *entry["arguments"]) == {"applied": True}
        assert editor.wire.all("workspace/applyEdit")[0]["label"].startswith("Fix F401")
        assert editor.texts[uri] == TEXT.removeprefix("import os\n")


async def test_apply_says_when_there_is_no_edit(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder, client=PLAIN) as editor:
        uri = editor.open("x.py", TEXT)
        (entry,) = await editor.menu(uri, "os", only=["quickfix"])
        editor.wire.answers["workspace/applyEdit"] = lambda _params: {"applied": False}
        assert await editor.command(entry["command"], *entry["arguments"]) == {"applied": False}
        assert "did not apply" in (await editor.wire.heard("window/showMessage"))["message"]


UNUSED = "import os\nimport re\n\n\ndef area(width):\n    return width\n"


async def both(editor: Editor, uri: str) -> tuple[list[Json], set[Asked]]:
    """Have both of the imports taken out at once, by a client that says it applied an edit long before it changes.

    Gives the edits that came once one command is answered and the other's draft has passed, and what is not answered.
    """
    edits: list[Json] = []
    held = asyncio.get_running_loop().create_future()

    def take(params: Json) -> Json:
        edits.append(params["edit"])
        return held

    editor.wire.answers["workspace/applyEdit"] = take
    entries = [(await editor.menu(uri, name, only=["quickfix"]))[0] for name in ("os", "re")]
    commands = [
        {"command": "lastmile.apply", "arguments": [entry["data"]], "workDoneToken": token}
        for token, entry in enumerate(entries)
    ]
    asked = [editor.wire.ask("workspace/executeCommand", command) for command in commands]

    def passed(_params: Json) -> bool:
        told = (params for params in editor.wire.all("$/progress") if "passed" in params["value"].get("message", ""))
        return len({params["token"] for params in told}) == len(asked)

    await editor.wire.heard("$/progress", passed)
    held.set_result({"applied": True})
    done, left = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED, timeout=PATIENCE)
    assert [await each for each in done] == [{"applied": True}]
    await editor.wire.settle()
    return edits, left


async def test_an_edit_waits_until_the_document_shows_the_one_before(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder, client=UNVERSIONED) as editor:
        uri = editor.open("x.py", UNUSED)
        edits, (second,) = await both(editor, uri)
        assert len(edits) == 1
        assert editor.take(edits[0])
        assert await asyncio.wait_for(second, PATIENCE) == {"applied": True}
        assert editor.take(edits[1])
        assert editor.texts[uri] == UNUSED.removeprefix("import os\nimport re\n")


@pytest.mark.slow
async def test_an_edit_that_is_never_shown_holds_up_one_other_alone(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder, client=UNVERSIONED) as editor:
        uri = editor.open("x.py", UNUSED)
        edits, (second,) = await both(editor, uri)
        assert await asyncio.wait_for(second, PATIENCE) == {"applied": False}
        assert "does not show the edit before" in (await editor.wire.heard("window/showMessage"))["message"]
        (entry,) = await editor.menu(uri, "re", only=["quickfix"])
        assert await editor.command("lastmile.apply", entry["data"]) == {"applied": True}
        assert len(edits) == 2


async def test_instruct_does_what_is_said_with_the_range(stage: Stage, folder: Path) -> None:
    local = stage.tiers["local"]
    local.scripts = [lambda text: text.replace("return width", "return 2 * width")]
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        place = editor.place(TEXT, Span(TEXT.index("return"), len(TEXT) - 1))
        assert await editor.command("lastmile.instruct", uri, place, "double it") == {"applied": True}
        assert editor.texts[uri] == TEXT.replace("return width", "return 2 * width")
        assert (local.history[0].goal, local.history[0].kind) == ("double it", "instruct")
        assert local.history[0].target.of(TEXT) == "    return width"


async def test_a_command_shows_its_progress_by_the_clients_own_token(stage: Stage, folder: Path) -> None:
    local = stage.tiers["local"]
    local.scripts, local.gate = [lambda text: text], asyncio.Event()
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        params = {"command": "lastmile.instruct", "arguments": [uri, editor.place(TEXT, Span(0, 5)), "go"]}
        asked = editor.wire.ask("workspace/executeCommand", {**params, "workDoneToken": "mine"})
        async with gated(local):
            begun = await editor.wire.heard("$/progress")
            assert (begun["token"], begun["value"]["kind"]) == ("mine", "begin")
            editor.wire.notify("window/workDoneProgress/cancel", {"token": "mine"})
            with pytest.raises(RefusedError) as caught:
                await asyncio.wait_for(asked, PATIENCE)
        assert (caught.value.code, local.cancelled) == (-32800, 1)
        assert editor.wire.all("window/workDoneProgress/create") == []
        assert await editor.wire.heard("$/progress", lambda params: params["value"]["kind"] == "end")


async def test_cancelling_a_command_ends_the_drafting(stage: Stage, folder: Path) -> None:
    local = stage.tiers["local"]
    local.scripts, local.gate = [lambda text: text], asyncio.Event()
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        arguments = [uri, editor.place(TEXT, Span(0, 5)), "go"]
        asked = editor.wire.ask("workspace/executeCommand", {"command": "lastmile.instruct", "arguments": arguments})
        await asyncio.wait_for(local.asked.wait(), PATIENCE)
        editor.wire.cancel(asked)
        with pytest.raises(RefusedError):
            await asyncio.wait_for(asked, PATIENCE)
        await editor.wire.settle()
        assert local.cancelled == 1


PLACE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 5}}


@pytest.mark.parametrize(
    ("command", "arguments", "code", "message"),
    [
        ("lastmile.apply", [], -32602, "takes one argument"),
        ("lastmile.apply", [1, 2], -32602, "takes one argument"),
        ("lastmile.apply", [{"uri": "x"}], -32602, "not what this server wrote"),
        ("lastmile.instruct", [], -32602, "takes three arguments"),
        ("lastmile.instruct", ["URI", PLACE], -32602, "takes three arguments"),
        ("lastmile.instruct", [7, PLACE, "go"], -32602, "takes three arguments"),
        ("lastmile.instruct", ["URI", PLACE, 7], -32602, "takes three arguments"),
        ("lastmile.instruct", ["URI", "here", "go"], -32602, "takes three arguments"),
        ("lastmile.instruct", ["URI", {"start": PLACE["start"]}, "go"], -32602, "takes three arguments"),
        ("lastmile.instruct", ["URI", {**PLACE, "end": {"line": -1, "character": 0}}, "go"], -32602, "takes three"),
        ("lastmile.instruct", ["URI", {**PLACE, "end": {"line": 99, "character": 0}}, "go"], -32602, "outside"),
        ("lastmile.instruct", ["file:///etc/passwd", PLACE, "go"], -32602, "outside of the workspace"),
        ("lastmile.instruct", ["URI", PLACE, "  "], -32803, "instruction is empty"),
        ("lastmile.nothing", [], -32602, "is not defined"),
    ],
)
async def test_commands_that_make_no_sense_are_refused(
    stage: Stage, folder: Path, command: str, arguments: list[Json], code: int, message: str
) -> None:
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        with pytest.raises(RefusedError, match=message) as caught:
            await editor.command(command, *(uri if item == "URI" else item for item in arguments))
        assert (caught.value.code, caught.value.data) == (code, None)
        assert editor.texts[uri] == TEXT


async def test_bill_tells_what_was_spent(stage: Stage, folder: Path) -> None:
    stage.tiers["local"].scripts = ["no model"]
    stage.tiers["sonnet"].scripts = [lambda text: text.replace("return width", "return 2 * width")]
    async with editing(stage, folder, client=VSCODE, settings={"paid": "auto"}) as editor:
        uri = editor.open("x.py", TEXT)
        place = editor.place(TEXT, Span(TEXT.index("return"), len(TEXT) - 1))
        assert await editor.command("lastmile.instruct", uri, place, "double it") == {"applied": True}
        bill = await editor.command("lastmile.bill")
        assert bill["total"]["spent"] == pytest.approx(0.036)  # two samples that agree
        told = await editor.wire.heard("window/showMessage")
        assert told["message"].startswith("Spent $0.036")
        assert "1 tasks, 1 cleared, 0 of them free" in told["message"]
