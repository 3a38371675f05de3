"""Whose menu is asked for, and when: documents of all kinds, while they change, and those that have none."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.support.editor import editing
from tests.support.patience import PATIENCE
from tests.support.stage import Stage
from tests.support.stall import no_stall
from tests.support.wire import Json, RefusedError

TEXT = "import os\n\n\ndef parse(line: str) -> list[str]:\n    return [line]\n"
IMPORT = "Fix F401: `os` imported but unused (free)"


def titles(menu: list[Json]) -> list[str]:
    return [action["title"] for action in menu]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("\ufeffimport os\n", "os"),
        ("import os", "os"),
        ("x = 1\r\nimport os\r\n", "os"),
        ("'\x0c\u2028😀'\nimport os\n", "os"),
        ("if True:\n\timport os\n", "os"),
    ],
)
async def test_files_are_taken_as_they_come(stage: Stage, folder: Path, text: str, at: str) -> None:
    async with editing(stage, folder) as editor:
        for uri in (editor.uri("a b/ü.py"), "untitled:Untitled-1"):
            editor.open("", text, uri=uri)
            (action, *_) = await editor.menu(uri, at, only=["quickfix"])
            resolved = await editor.resolve(action)
            assert editor.take(resolved["edit"])
            assert "import os" not in editor.texts[uri]


async def test_the_menu_waits_for_the_newest_text_and_answers_for_it(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", "x = 1\n")
        assert await editor.menu(uri, "x", only=["quickfix"]) == []
        editor.type(uri, 0, "import os\n")
        assert titles(await editor.menu(uri, "os", only=["quickfix"])) == [IMPORT]


async def test_a_menu_of_a_text_that_changes_at_once_is_refused_as_outdated(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        asked = editor.wire.ask("textDocument/codeAction", editor.menu_params(uri, "os"))
        editor.type(uri, 0, "#\n")
        with pytest.raises(RefusedError) as caught:
            await asyncio.wait_for(asked, PATIENCE)
        assert caught.value.code == -32801


async def test_a_menu_asked_for_while_settings_come_is_answered(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        asked = editor.wire.ask("textDocument/codeAction", editor.menu_params(uri, "os", only=["quickfix"]))
        editor.wire.notify("workspace/didChangeWatchedFiles", {"changes": []})
        assert titles(await asyncio.wait_for(asked, PATIENCE)) == [IMPORT]


@pytest.mark.parametrize(
    ("uri", "code", "message"),
    [
        ("not a uri", -32602, "Not a document's URI"),
        ("file:///etc/passwd", -32602, "outside of the workspace"),
        ("INSIDE", -32803, "not open"),
        ("untitled:gone", -32803, "not open"),
    ],
)
async def test_documents_that_are_not_open_are_refused(
    stage: Stage, folder: Path, uri: str, code: int, message: str
) -> None:
    async with editing(stage, folder) as editor:
        params = {**editor.menu_params(editor.open("x.py", TEXT), "os")}
        params["textDocument"] = {"uri": uri.replace("INSIDE", editor.uri("closed.py"))}
        with pytest.raises(RefusedError, match=message) as caught:
            await editor.wire.request("textDocument/codeAction", params)
        assert (caught.value.code, caught.value.data) == (code, None)


async def test_a_range_outside_of_the_document_is_refused(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        params = editor.menu_params(editor.open("x.py", "import os\n"), "os")
        params["range"] = {"start": {"line": 50, "character": 0}, "end": {"line": 51, "character": 0}}
        with pytest.raises(RefusedError, match="outside the document") as caught:
            await editor.wire.request("textDocument/codeAction", params)
        assert caught.value.code == -32602


async def test_a_menu_of_everything_is_no_longer_than_a_person_reads(stage: Stage, folder: Path) -> None:
    text = "".join(f"import module_{number}\n" for number in range(200))
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", text)
        await editor.diagnostics(uri)
        assert len(await editor.menu(uri, text)) == 60


@pytest.mark.slow
async def test_the_loop_does_not_stand_still_over_a_long_file(stage: Stage, folder: Path) -> None:
    function = "def f_{0}(a, b):\n    unused = a\n    return undefined_{0}\n\n\n"
    text = "".join(function.format(number) for number in range(1100))
    async with editing(stage, folder) as editor:
        await editor.diagnostics(editor.open("warm.py", TEXT))
        async with no_stall():
            uri = editor.open("x.py", text)
            await editor.diagnostics(uri)
            assert await editor.menu(uri, "undefined_700")
            editor.type(uri, 0, "# typed\n")
            assert await editor.menu(uri, "undefined_900")


@pytest.mark.parametrize(
    ("name", "text", "refused"),
    [
        ("Neovim", "import os\rx = 1\n", "so no edit would land where it should"),
        ("Neovim", "import os\r\nx = 1\r\n", ""),
        ("Test", "import os\rx = 1\n", ""),
    ],
)
async def test_lines_that_the_client_counts_otherwise_are_left_alone(
    stage: Stage, folder: Path, name: str, text: str, refused: str
) -> None:
    async with editing(stage, folder, name=name) as editor:
        uri = editor.open("x.py", text)
        if refused:
            with pytest.raises(RefusedError, match=refused):
                await editor.menu(uri, "os")
        else:
            assert IMPORT in titles(await editor.menu(uri, "os"))
