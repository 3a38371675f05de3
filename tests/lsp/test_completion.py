"""Inline completion and items over the wire: places in the editor's units, commands, and what is declared."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from tests.support.editor import PLAIN, VSCODE, Editor, editing
from tests.support.filling import MARK, ScriptedFiller, pieces
from tests.support.patience import PATIENCE
from tests.support.stage import Stage
from tests.support.stall import no_stall
from tests.support.wire import Json, RefusedError

from lastmile.text.edits import Span

pytestmark = pytest.mark.slow

SOURCE = 'x = "äß😀"; print(‸)\n'
QUIET = {"completion": {"battery_saver": True, "debounce": 0}}


def encoded(name: str) -> dict[str, Json]:
    return {**VSCODE, "general": {"positionEncodings": [name]}}


def with_items(*, dynamic: bool) -> dict[str, Json]:
    return {**PLAIN, "textDocument": {"completion": {"dynamicRegistration": dynamic}}}


def put(editor: Editor, source: str, name: str = "x.py") -> tuple[str, int]:
    return editor.open(name, source.replace(MARK, "")), source.index(MARK)


def params(editor: Editor, uri: str, at: int, **context: Json) -> dict[str, Json]:
    position = editor.place(editor.texts[uri], Span(at, at))["start"]
    return {"textDocument": {"uri": uri}, "position": position, "context": {"triggerKind": 2, **context}}


async def inline(editor: Editor, uri: str, at: int, **context: Json) -> list[Json]:
    answer = await editor.wire.request("textDocument/inlineCompletion", params(editor, uri, at, **context))
    items = answer["items"]
    assert isinstance(items, list)
    return items


def apply(editor: Editor, uri: str, item: Json) -> None:
    """Take an item as editors do: the text, then the command."""
    editor.take({"changes": {uri: [{"range": item["range"], "newText": item["insertText"]}]}})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
async def test_the_place_is_in_the_clients_units(stage: Stage, folder: Path, encoding: str) -> None:
    stage.service.filler = filler = ScriptedFiller([["1, ", "2)"]])
    async with editing(stage, folder, client=encoded(encoding), settings=QUIET) as editor:
        uri, at = put(editor, SOURCE)
        (item,) = await inline(editor, uri, at)
        assert item["insertText"] == "1, 2)"
        apply(editor, uri, item)
        assert editor.texts[uri] == SOURCE.replace("‸)", "1, 2)")
        assert filler.history[0].prefix == SOURCE.partition(MARK)[0]
        command = item["command"]
        assert await editor.command(command["command"], *command["arguments"]) is None
    completed = await reopened(stage)
    assert completed == [("accepted", 5)]


async def reopened(stage: Stage) -> list[tuple[str, int]]:
    """Read the ledger's file once the server has closed it."""
    connection = sqlite3.connect(stage.service.shared.env["LASTMILE_LEDGER"])
    rows = connection.execute("SELECT fate, taken FROM completions").fetchall()
    connection.close()
    return rows


async def test_a_chosen_item_of_the_list_is_gone_on_with(stage: Stage, folder: Path) -> None:
    stage.service.filler = filler = ScriptedFiller([["(self)"]])
    async with editing(stage, folder, settings=QUIET) as editor:
        uri, at = put(editor, "import os\nos.getp‸\n")
        chosen = {"range": editor.place(editor.texts[uri], Span(at - 4, at)), "text": "getpid"}
        filler.scripts = [["()"]]
        (item,) = await inline(editor, uri, at, selectedCompletionInfo=chosen)
        assert item["insertText"] == "getpid()"
        apply(editor, uri, item)
        assert editor.texts[uri] == "import os\nos.getpid()\n"
        assert filler.history[0].prefix == "import os\nos.getpid"


async def test_without_a_model_there_is_nothing_and_it_is_declared(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder, settings=QUIET) as editor:
        uri, at = put(editor, SOURCE)
        assert editor.capabilities["inlineCompletionProvider"] == {}
        assert "completionProvider" not in editor.capabilities
        assert await inline(editor, uri, at) == []
        assert editor.server.completions.completer is None
        unopened = {"textDocument": {"uri": editor.uri("y.py")}, "position": {"line": 0, "character": 0}}
        asked = {**unopened, "context": {"triggerKind": 1}}
        assert await editor.wire.request("textDocument/inlineCompletion", asked) == {"items": []}
        with pytest.raises(RefusedError, match="Not a document's URI"):
            await editor.wire.request("textDocument/inlineCompletion", {**asked, "textDocument": {"uri": "y"}})


async def test_off_is_off_and_on_again(stage: Stage, folder: Path) -> None:
    stage.service.filler = filler = ScriptedFiller([["1)"]])
    async with editing(stage, folder, client=PLAIN, settings={"completion": {"enabled": False}}) as editor:
        uri, at = put(editor, SOURCE)
        assert await inline(editor, uri, at) == []
        assert (editor.server.completions.completer, filler.history) == (None, [])
        editor.wire.notify("workspace/didChangeConfiguration", {"settings": {"lastmile": QUIET}})
        assert len(await inline(editor, uri, at)) == 1


async def test_an_answer_for_a_text_that_changed_is_none_and_the_next_one_joins(stage: Stage, folder: Path) -> None:
    gate = asyncio.Semaphore(0)
    stage.service.filler = filler = ScriptedFiller([["wid", "th)"]], gate=gate)
    async with editing(stage, folder, settings=QUIET) as editor:
        uri, at = put(editor, "width = 1\nprint(‸)\n")
        first = editor.wire.ask("textDocument/inlineCompletion", params(editor, uri, at))
        while not filler.history:
            await editor.wire.settle()
        editor.type(uri, at, "w")
        second = editor.wire.ask("textDocument/inlineCompletion", params(editor, uri, at + 1))
        await editor.wire.settle()
        gate.release()
        gate.release()
        assert await asyncio.wait_for(first, PATIENCE) == {"items": []}
        (item,) = (await asyncio.wait_for(second, PATIENCE))["items"]
        assert item["insertText"] == "idth)"
        assert len(filler.history) == 1


async def test_cancelling_answers_at_once_and_ends_the_stream_soon(stage: Stage, folder: Path) -> None:
    stage.service.filler = filler = ScriptedFiller([["1)"]], gate=asyncio.Semaphore(0))
    async with editing(stage, folder, settings=QUIET) as editor:
        uri, at = put(editor, SOURCE)
        asked = editor.wire.ask("textDocument/inlineCompletion", params(editor, uri, at))
        while not filler.history:
            await editor.wire.settle()
        editor.wire.cancel(asked)
        with pytest.raises(RefusedError) as caught:
            await asyncio.wait_for(asked, PATIENCE)
        assert caught.value.code == -32800
        editor.close(uri)
        await editor.wire.settle()
        assert filler.closed == 1
        assert stage.worker.cancelled == 0


async def test_items_are_declared_from_the_start_where_nothing_can_be_declared_later(
    stage: Stage, folder: Path
) -> None:
    stage.service.filler = ScriptedFiller([["th * 2"]])
    settings = {"completion": {**QUIET["completion"], "asItems": True}}
    async with editing(stage, folder, client=with_items(dynamic=False), settings=settings) as editor:
        assert editor.capabilities["completionProvider"] == {}
        uri, at = put(editor, "width = 1\nprint(wid‸)\n")
        answer = await editor.wire.request("textDocument/completion", params(editor, uri, at))
        (item,) = answer["items"]
        assert answer["isIncomplete"] is True
        assert (item["label"], item["filterText"]) == ("width * 2", "width * 2")
        editor.take({"changes": {uri: [item["textEdit"]]}})
        assert editor.texts[uri] == "width = 1\nprint(width * 2)\n"


async def test_items_are_declared_later_where_that_can_be(stage: Stage, folder: Path) -> None:
    stage.service.filler = ScriptedFiller([["1)"]])
    async with editing(stage, folder, client=with_items(dynamic=True), settings=QUIET) as editor:
        assert "completionProvider" not in editor.capabilities
        uri, at = put(editor, SOURCE)
        settings = {"completion": {**QUIET["completion"], "as_items": True}}
        editor.wire.notify("workspace/didChangeConfiguration", {"settings": settings})
        asked = await editor.wire.heard("client/registerCapability")
        assert [item["method"] for item in asked["registrations"]] == ["textDocument/completion"]
        assert len((await editor.wire.request("textDocument/completion", params(editor, uri, at)))["items"]) == 1
        editor.wire.notify("workspace/didChangeConfiguration", {"settings": QUIET})
        assert (await editor.wire.request("textDocument/completion", params(editor, uri, at)))["items"] == []
        assert len(editor.wire.all("client/registerCapability")) == 1


@pytest.mark.parametrize(
    ("command", "arguments", "message"),
    [
        ("lastmile.completed", [], "takes a completion's id"),
        ("lastmile.completed", [7], "takes a completion's id"),
        ("lastmile.completed", ["x", "all"], "takes a completion's id"),
        ("lastmile.completed", ["x", -1], "takes a completion's id"),
        ("lastmile.yanked", [], "takes two arguments"),
        ("lastmile.yanked", ["file:///x.py", 7], "takes two arguments"),
    ],
)
async def test_commands_that_make_no_sense_are_refused(
    stage: Stage, folder: Path, command: str, arguments: list[Json], message: str
) -> None:
    async with editing(stage, folder, settings=QUIET) as editor:
        with pytest.raises(RefusedError, match=message) as caught:
            await editor.command(command, *arguments)
        assert caught.value.code == -32602


async def test_what_was_copied_opened_and_saved_is_context(stage: Stage, folder: Path) -> None:
    stage.service.filler = filler = ScriptedFiller([pieces("1)")])
    settings = {"completion": {"debounce": 0}}
    async with editing(stage, folder, settings=settings) as editor:
        uri, at = put(editor, SOURCE)
        await inline(editor, uri, at)
        assert await editor.command("lastmile.completed", "nobody", 3) is None
        assert await editor.command("lastmile.yanked", uri, "a = 1\nb = 2\nc = 3\n") is None
        other = editor.open("y.py", "d = 1\ne = 2\nf = 3\n")
        editor.save(other)
        await editor.wire.settle()
        while not filler.prefilled:
            await editor.wire.settle()
        assert [chunk.path for chunk in filler.prefilled[-1].chunks] == ["x.py", "y.py"]


async def test_the_loop_does_not_stand_still_while_a_person_types_in_a_long_file(stage: Stage, folder: Path) -> None:
    stage.service.filler = ScriptedFiller([pieces("    total = 1\n    return total\n\n\ndef g():\n")])
    long = "".join(f"def f_{number}(a):\n    b = a + {number}\n    return b\n\n\n" for number in range(2000))
    async with editing(stage, folder, settings={"completion": {"debounce": 0}}) as editor:
        uri, at = put(editor, f"{long}def last(width):\n    ‸\n")
        await inline(editor, uri, at)  # what is imported by the first is not what is looked at here
        async with no_stall():
            for char in "value = f_1":
                editor.type(uri, at, char)
                at += 1
                await inline(editor, uri, at)


async def test_definitions_come_from_files_that_are_imported_and_from_nowhere_else(stage: Stage, folder: Path) -> None:
    stage.service.filler = filler = ScriptedFiller([pieces("1)")])
    (folder / "src").mkdir()
    (folder / "src" / "shapes.py").write_text("class Shape:\n    def area(self, scale): ...\n")
    (folder.parent / "outside.py").write_text("class Secret:\n    def key(self): ...\n")
    (folder / "src" / "link.py").symlink_to(folder.parent / "outside.py")
    (folder / "src" / "circle.py").symlink_to(folder / "src" / "circle.py")
    async with editing(stage, folder, settings={"completion": {"debounce": 0}}) as editor:
        imports = "from shapes import Shape\nfrom ...outside import Secret\nimport link, circle\n"
        source = f"{imports}x = (Secret(), link.Secret, circle.a, Shape(‸))\n"
        uri, at = put(editor, source, "src/x.py")
        await inline(editor, uri, at)
        while not filler.prefilled:
            await editor.wire.settle()
        found = filler.prefilled[-1].chunks
        assert [chunk.text for chunk in found] == ["class Shape:\n    def area(self, scale): ...\n"]


async def test_why_there_is_none_is_always_logged_and_shown_once(stage: Stage, folder: Path) -> None:
    stage.service.filler = filler = ScriptedFiller([["1)"]])
    async with editing(stage, folder, settings=QUIET) as editor:
        uri, at = put(editor, SOURCE)
        for why in ("It starts again in 3 s.", "It starts again in 2 s.", "It is broken.", "It is broken."):
            filler.failure = why
            assert await inline(editor, uri, at) == []
        await editor.wire.settle()
        logged = [params["message"] for params in editor.wire.all("window/logMessage")]
        assert [line.rpartition("completion. ")[2] for line in logged if "no completion" in line] == [
            *("It starts again in 3 s.", "It starts again in 2 s.", "It is broken.", "It is broken.")
        ]
        shown = [params["message"].rpartition("for now. ")[2] for params in editor.wire.all("window/showMessage")]
        assert shown == ["It starts again in 3 s.", "It is broken."]
        filler.failure = ""
        assert len(await inline(editor, uri, at)) == 1


async def test_what_fails_again_after_a_success_is_shown_again_though_not_at_once(stage: Stage, folder: Path) -> None:
    now = [0.0]
    stage.service.filler = filler = ScriptedFiller([["1)"]] * 3)
    async with editing(stage, folder, settings=QUIET) as editor:
        editor.server.modelling.clock = lambda: now[0]
        for seconds, failure, shown in (
            (0.0, "It is broken.", 1),
            (400.0, "It is broken.", 1),  # it was never well meanwhile
            (401.0, "", 1),
            (402.0, "It is broken.", 2),
            (403.0, "", 2),
            (404.0, "It is broken.", 2),  # too soon
            (800.0, "It is broken.", 3),
            (1200.0, "It is broken.", 3),
        ):
            now[0], filler.failure = seconds, failure
            uri, at = put(editor, SOURCE, f"at_{seconds:g}.py")  # of one that is known, the answer is remembered
            assert bool(await inline(editor, uri, at)) is not bool(failure)
            await editor.wire.settle()
            assert len(editor.wire.all("window/showMessage")) == shown, seconds


@pytest.mark.parametrize("client", [VSCODE, PLAIN])
async def test_a_model_that_is_being_loaded_is_said_to_be(stage: Stage, folder: Path, client: dict[str, Json]) -> None:
    gate = asyncio.Semaphore(0)
    stage.service.filler = filler = ScriptedFiller([["1)"]], gate=gate, loading=True)
    async with editing(stage, folder, client=client, settings=QUIET) as editor:
        uri, at = put(editor, SOURCE)
        asked = editor.wire.ask("textDocument/inlineCompletion", params(editor, uri, at))
        await editor.wire.heard("window/logMessage", lambda params: "Loading the local model" in params["message"])
        if client is VSCODE:
            begun = await editor.wire.heard("$/progress")
            assert begun["value"]["message"] == "Loading the local model"
        filler.loading = False
        gate.release()
        assert len((await asyncio.wait_for(asked, PATIENCE))["items"]) == 1
        if client is VSCODE:
            assert await editor.wire.heard("$/progress", lambda params: params["value"]["kind"] == "end")
        assert bool(editor.wire.all("$/progress")) is (client is VSCODE)


async def test_that_nothing_judges_a_language_is_logged_once(stage: Stage, folder: Path) -> None:
    stage.service.filler = ScriptedFiller([["1)"]])
    async with editing(stage, folder, settings=QUIET) as editor:
        for name in ("x.none", "y.none"):
            uri = editor.open(name, "print()\n", language="no-such-language")
            (item,) = await inline(editor, uri, len("print("))
            assert item["insertText"] == "1)"
        await editor.wire.settle()
        logged = [params["message"] for params in editor.wire.all("window/logMessage")]
        assert len([line for line in logged if "No grammar of no-such-language" in line]) == 1
