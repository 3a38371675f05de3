"""From a chosen entry to the edit, also where the document does not stand still."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.editor import VSCODE, Editor, editing
from tests.support.patience import PATIENCE
from tests.support.stage import Script, ScriptedTier, Stage, gated
from tests.support.wire import Json, RefusedError

from lastmile.text.edits import Replacement, Span, apply

pytestmark = pytest.mark.slow

TEXT = "import os\n\n\ndef area(width):\n    return width * hight\n\n\nprint(area(1))\n"


def rename(text: str) -> str:
    return text.replace("hight", "width")


def spoil(text: str) -> str:
    return text.replace("return width", "return unknown * width")


async def entry(editor: Editor, uri: str, at: str) -> Json:
    (action,) = await editor.menu(uri, at, only=["quickfix"])
    return action


def script(stage: Stage, tier: str, *scripts: Script | str, held: bool = False) -> ScriptedTier:
    chosen = stage.tiers[tier]
    chosen.scripts = list(scripts)
    chosen.gate = asyncio.Event() if held else None
    return chosen


async def test_an_edit_is_small_versioned_and_has_its_receipt(stage: Stage, folder: Path) -> None:
    script(stage, "local", rename)
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        done = await editor.resolve(await entry(editor, uri, "hight"))
        (change,) = done["edit"]["documentChanges"]
        assert change["textDocument"] == {"uri": uri, "version": 1}
        assert [(edit["newText"], edit["range"]["start"]["line"]) for edit in change["edits"]] == [("width", 4)]
        note = done["edit"]["changeAnnotations"][change["edits"][0]["annotationId"]]
        assert note["label"].startswith("Fix F821")
        assert note["description"].startswith("local, 1 draft")
        assert "0 new findings" in note["description"]
        assert editor.take(done["edit"])
        assert editor.texts[uri] == rename(TEXT)


@pytest.mark.parametrize(
    ("client", "name", "shape"),
    [
        ({}, "Old", "changes"),
        ({}, "Neovim", "documentChanges"),
        ({"workspace": {"workspaceEdit": {"documentChanges": True}}}, "Mid", "documentChanges"),
    ],
)
async def test_an_edit_has_the_form_that_the_client_takes(
    stage: Stage, folder: Path, client: dict[str, Json], name: str, shape: str
) -> None:
    caps = {**client, "textDocument": VSCODE["textDocument"]}
    async with editing(stage, folder, client=caps, name=name) as editor:
        uri = editor.open("x.py", TEXT)
        edit = (await editor.resolve(await entry(editor, uri, "os")))["edit"]
        assert list(edit) == [shape]
        assert "annotationId" not in str(edit)
        assert editor.take(edit)
        assert "import os" not in editor.texts[uri]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
async def test_edits_land_where_they_should_in_every_encoding(stage: Stage, folder: Path, encoding: str) -> None:
    caps = {**VSCODE, "general": {"positionEncodings": [encoding]}}
    text = "é = '😀\x0c\u2028'; import os; b = 1\r\nprint(é, b)\r\n"
    async with editing(stage, folder, client=caps) as editor:
        uri = editor.open("x.py", text)
        editor.type(uri, text.index("print"), "# 😀é\r\n")
        done = await editor.resolve(await entry(editor, uri, "os"))
        assert editor.take(done["edit"])
        assert editor.texts[uri] == text.replace("import os; ", "").replace("print", "# 😀é\r\nprint")


async def test_a_document_that_changed_elsewhere_keeps_both_changes(stage: Stage, folder: Path) -> None:
    """The edit is carried over the lines that came, and judged again."""
    local = script(stage, "local", rename, held=True)
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        asked = editor.wire.ask("codeAction/resolve", await entry(editor, uri, "hight"))
        async with gated(local):
            editor.type(uri, 0, "# one\n# two\n")
            editor.type(uri, len(editor.texts[uri]), "print(2)\n")
            await editor.wire.settle()
        done = await asyncio.wait_for(asked, PATIENCE)
        assert done["edit"]["documentChanges"][0]["textDocument"]["version"] == 3
        assert editor.take(done["edit"])
        assert editor.texts[uri] == rename(f"# one\n# two\n{TEXT}print(2)\n")


async def test_a_menu_that_was_shown_before_the_text_moved_still_holds(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        action = await entry(editor, uri, "os")
        editor.type(uri, 0, "# one\n")
        assert editor.take((await editor.resolve(action))["edit"])
        assert editor.texts[uri] == f"# one\n{TEXT[10:]}"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        # In the place of the edit.
        (Replacement(Span(TEXT.index("hight"), TEXT.index("hight")), "os."), "changed in the same place"),
        # Elsewhere, and the edit needs what went.
        (Replacement(Span(0, len("import os\n")), ""), "no longer passes lint"),
        # Elsewhere, and now nobody can tell whether the finding is still there.
        (Replacement(Span(0, 0), "def (\n"), "no longer there"),
    ],
)
async def test_an_edit_that_no_longer_fits_is_dropped_and_the_person_told(
    stage: Stage, folder: Path, change: Replacement, message: str
) -> None:
    local = script(stage, "local", lambda text: text.replace("hight", "os.name"), held=True)
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        asked = editor.wire.ask("codeAction/resolve", await entry(editor, uri, "hight"))
        async with gated(local):
            editor.edit(uri, change)
            await editor.wire.settle()
        assert "edit" not in await asyncio.wait_for(asked, PATIENCE)
        assert message in (await editor.wire.heard("window/showMessage"))["message"]
        assert editor.texts[uri] == apply(TEXT, [change])


async def test_a_document_closed_meanwhile_gets_no_edit(stage: Stage, folder: Path) -> None:
    local = script(stage, "local", rename, held=True)
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        asked = editor.wire.ask("codeAction/resolve", await entry(editor, uri, "hight"))
        async with gated(local):
            editor.close(uri)
            await editor.wire.settle()
        assert "edit" not in await asyncio.wait_for(asked, PATIENCE)
        assert "was closed meanwhile" in (await editor.wire.heard("window/showMessage"))["message"]


async def test_an_action_that_was_done_already_is_not_done_again(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        action = await entry(editor, uri, "os")
        one, other = await asyncio.gather(editor.resolve(action), editor.resolve(action))
        assert one["edit"] == other["edit"]
        assert editor.take(one["edit"])
        assert not editor.take(other["edit"])  # it is for the version before
        assert "edit" not in await editor.resolve(action)
        assert "changed there" in (await editor.wire.heard("window/showMessage"))["message"]


async def test_another_servers_diagnostic_is_found_again_by_the_ticket(stage: Stage, folder: Path) -> None:
    local = script(stage, "local", lambda text: text.replace("width * hight", "width"))
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        start = TEXT.index("hight")
        place = editor.place(TEXT, Span(start, start + 5))
        problem = {"range": place, "message": "is unknown", "source": "pyright", "code": "undefined", "severity": 1}
        found = await editor.menu(uri, "hight", only=["quickfix"], diagnostics=[problem])
        (action,) = [item for item in found if "is unknown" in item["title"]]
        editor.type(uri, 0, "# one\n")
        assert "edit" in await editor.resolve(action)
        (problem_of_task,) = local.history[0].diagnostics
        assert problem_of_task.span.of(editor.texts[uri]) == "hight"
        assert problem_of_task.source == "pyright"


async def test_cancelling_the_request_ends_the_drafting(stage: Stage, folder: Path) -> None:
    local = script(stage, "local", rename, held=True)
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        asked = editor.wire.ask("codeAction/resolve", await entry(editor, uri, "hight"))
        await asyncio.wait_for(local.asked.wait(), PATIENCE)
        editor.wire.cancel(asked)
        with pytest.raises(RefusedError) as caught:
            await asyncio.wait_for(asked, PATIENCE)
        assert (caught.value.code, local.cancelled) == (-32800, 1)
        assert editor.server.working == {}


@pytest.mark.parametrize(("leave", "drafted"), [((), True), ((0,), True), ((1,), True), ((0, 1), False)], ids=str)
async def test_an_action_resolved_twice_at_once_is_done_once(
    stage: Stage, folder: Path, leave: tuple[int, ...], *, drafted: bool
) -> None:
    local = script(stage, "local", rename, held=True)
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        action = await entry(editor, uri, "hight")
        asked = [editor.wire.ask("codeAction/resolve", action) for _ in range(2)]
        async with gated(local):
            for number in leave:
                editor.wire.cancel(asked[number])
                with pytest.raises(RefusedError, match="cancelled"):
                    await asyncio.wait_for(asked[number], PATIENCE)
        done = [await asyncio.wait_for(asked[number], PATIENCE) for number in range(2) if number not in leave]
        assert all(editor.take(item["edit"]) for item in done[:1])
        assert (editor.texts[uri] == rename(TEXT)) is drafted
        assert (len(local.history), local.cancelled) == (1, 0 if drafted else 1)
        assert len({str(item["edit"]) for item in done}) == drafted


async def test_progress_is_shown_in_words_and_can_be_cancelled(stage: Stage, folder: Path) -> None:
    local = script(stage, "local", rename, held=True)
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        asked = editor.wire.ask("codeAction/resolve", await entry(editor, uri, "hight"))
        begun = await editor.wire.heard("$/progress")
        assert begun["value"]["kind"] == "begin"
        assert begun["value"]["title"].startswith("Fix F821")
        assert begun["value"]["message"] == "local: drafting"
        assert begun["value"]["cancellable"] is True
        editor.wire.notify("window/workDoneProgress/cancel", {"token": begun["token"]})
        with pytest.raises(RefusedError) as caught:
            await asyncio.wait_for(asked, PATIENCE)
        assert (caught.value.code, local.cancelled) == (-32800, 1)
        await editor.wire.heard("$/progress", lambda params: params["value"]["kind"] == "end")
        editor.wire.notify("window/workDoneProgress/cancel", {"token": begun["token"]})  # too late, and no trouble
        await editor.wire.settle()
        assert editor.server.working == {}


async def test_progress_tells_of_refusals_while_it_is_shown(stage: Stage, folder: Path) -> None:
    local = script(stage, "local", spoil, rename, held=True)
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        asked = editor.wire.ask("codeAction/resolve", await entry(editor, uri, "hight"))
        async with gated(local):
            await editor.wire.heard("$/progress")
        assert "edit" in await asyncio.wait_for(asked, PATIENCE)
        words = [params["value"].get("message") for params in editor.wire.all("$/progress")]
        assert any(word and word.startswith("local: draft") and "refused by lint" in word for word in words), words
        assert [params["value"]["kind"] for params in editor.wire.all("$/progress")].count("end") == 1


def careless(value: Json) -> Json:
    """Give what a client sends back that reads what is false, and an object with nothing in it, as null."""
    if isinstance(value, dict):
        return {name: careless(inner) for name, inner in value.items()} or None
    return [careless(inner) for inner in value] if isinstance(value, list) else None if value is False else value


async def test_an_entry_comes_back_from_a_client_that_reads_false_as_null(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        for action in await editor.menu(uri, "os"):
            assert "data" not in action or careless(action["data"]) == action["data"], action["title"]
        done = await editor.resolve(careless(await entry(editor, uri, "os")))
        assert editor.take(done["edit"])


Tamper = Callable[[dict[str, Json]], Json]


def _without(name: str) -> Tamper:
    return lambda data: {key: value for key, value in data.items() if key != name}


@pytest.mark.parametrize(
    ("tamper", "code", "message"),
    [
        (lambda _data: None, -32602, "no data that this server wrote"),
        (lambda _data: "text", -32602, "no data|not what this server wrote"),
        (lambda _data: {"jsonrpc": "2.0"}, -32602, "no data|not what this server wrote"),
        (_without("kind"), -32602, "kind"),
        (lambda data: {**data, "more": 1}, -32602, "more"),
        (lambda data: {**data, "uri": 7}, -32602, "not a str"),
        (lambda data: {**data, "detail": []}, -32602, "not an object"),
        (lambda data: {**data, "place": {**data["place"], "start": -5}}, -32602, ">= 0"),
        (lambda data: {**data, "place": {**data["place"], "start": "1"}}, -32602, "not an int"),
        (lambda data: {**data, "place": {**data["place"], "whole": 1}}, -32602, "not a bool"),
        (lambda data: {**data, "uri": "file:///etc/passwd"}, -32602, "outside of the workspace"),
        (lambda data: {**data, "uri": "../../etc/passwd"}, -32602, "Not a document's URI"),
        (lambda data: {**data, "uri": data["uri"].replace("x.py", "y.py")}, -32803, "not open"),
        (lambda data: {**data, "kind": "format-disk"}, -32803, "no task kind 'format-disk'"),
    ],
)
async def test_data_that_was_tampered_with_is_refused(
    stage: Stage,
    folder: Path,
    tamper: Tamper,
    code: int,
    message: str,
) -> None:
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        action = await entry(editor, uri, "os")
        with pytest.raises(RefusedError, match=message) as caught:
            await editor.resolve({**action, "data": tamper(action["data"])})
        assert (caught.value.code, caught.value.data) == (code, None)


@pytest.mark.parametrize(
    "tamper",
    [
        lambda data: {**data, "place": {**data["place"], "start": 10**9, "length": 5}},
        lambda data: {**data, "place": {**data["place"], "digest": "0"}, "text": "0"},
        lambda data: {**data, "detail": {}},
    ],
)
async def test_data_that_points_nowhere_ends_in_a_message(stage: Stage, folder: Path, tamper: Tamper) -> None:
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        action = await entry(editor, uri, "os")
        assert "edit" not in await editor.resolve({**action, "data": tamper(action["data"])})
        await editor.wire.heard("window/showMessage")
        assert editor.texts[uri] == TEXT


async def test_an_action_that_is_a_command_comes_back_as_it_is(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder, name="helix") as editor:
        uri = editor.open("x.py", TEXT)
        action = await entry(editor, uri, "os")
        assert "command" in action
        assert await editor.resolve(action) == action
