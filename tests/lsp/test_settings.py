"""Settings from the editor, workspace folders, and what the server says of itself at the start."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.support.editor import PLAIN, VSCODE, Editor, editing
from tests.support.stage import Stage
from tests.support.wire import Json

pytestmark = pytest.mark.slow

TEXT = "import os\n"
ASKS = {"workspace": {"configuration": True}}


async def shown(editor: Editor, uri: str) -> int:
    return len(await editor.diagnostics(uri))


async def test_settings_come_with_initialize(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder, client=PLAIN, settings={"lastmile": {"diagnostics": "off"}}) as editor:
        assert await shown(editor, editor.open("x.py", TEXT)) == 0


@pytest.mark.parametrize(
    ("initial", "answered", "expected"),
    [
        (None, None, 1),
        (None, {"diagnostics": "off"}, 0),
        ({"diagnostics": "off"}, None, 0),
        ({"diagnostics": "off"}, {"paid": "never"}, 0),
        ({"diagnostics": "off"}, {"diagnostics": "all"}, 1),
        ({"diagnostics": "off"}, 7, 1),
    ],
)
async def test_settings_are_asked_for_and_lie_over_the_initial_ones(
    stage: Stage, folder: Path, initial: Json, answered: Json, expected: int
) -> None:
    held = asyncio.get_running_loop().create_future()
    async with editing(stage, folder, client=ASKS, settings=initial) as editor:
        editor.wire.answers["workspace/configuration"] = lambda params: held if params else None
        asked = await editor.wire.heard("workspace/configuration")
        assert asked["items"] == [{"section": "lastmile"}, {"scopeUri": folder.as_uri(), "section": "lastmile"}]
        held.set_result([answered, None])
        await editor.wire.settle()
        heard = len(editor.wire.received)
        editor.open("x.py", TEXT)
        found = await editor.wire.heard("textDocument/publishDiagnostics", after=heard)
        assert len(found["diagnostics"]) == expected


async def test_nothing_is_done_before_the_settings_that_may_forbid_it(stage: Stage, folder: Path) -> None:
    stage.tiers["sonnet"].scripts = [lambda text: text.replace("missing", "str")]
    held = asyncio.get_running_loop().create_future()
    async with editing(stage, folder) as editor:
        editor.wire.answers["workspace/configuration"] = lambda _params: held
        await editor.wire.heard("workspace/configuration")
        uri = editor.open("x.py", "def f():\n    return missing\n")
        (action,) = await editor.menu(uri, "missing", only=["quickfix"])
        resolving = asyncio.ensure_future(editor.resolve(action))
        for _ in range(200):  # long enough for the question, were it not held back
            await editor.wire.settle()
        assert not resolving.done()
        held.set_result([{"paid": "never"}, None])
        assert "edit" not in await resolving
        assert not any("For today" in str(item["actions"]) for item in editor.wire.all("window/showMessageRequest"))
        assert stage.tiers["sonnet"].history == []


async def test_nothing_is_done_before_the_newer_settings_that_may_forbid_it(stage: Stage, folder: Path) -> None:
    stage.tiers["sonnet"].scripts = [lambda text: text.replace("missing", "str")]
    loop = asyncio.get_running_loop()
    older, newer = loop.create_future(), loop.create_future()
    async with editing(stage, folder) as editor:
        editor.settings = {"paid": "auto"}
        uri = editor.open("x.py", "def f():\n    return missing\n")
        (action,) = await editor.menu(uri, "missing", only=["quickfix"])
        await editor.command("lastmile.status")  # the first settings have come
        held = [older, newer]
        editor.wire.answers["workspace/configuration"] = lambda _params: held.pop(0)
        for _ in range(2):
            editor.wire.notify("workspace/didChangeConfiguration", {"settings": None})
        resolving = asyncio.ensure_future(editor.resolve(action))
        await editor.wire.settle()
        older.set_result([{"paid": "auto"}] * 2)
        for _ in range(200):  # long enough for the draft, were it not held back
            await editor.wire.settle()
        assert not resolving.done()
        newer.set_result([{"paid": "never"}] * 2)
        assert "edit" not in await resolving
        assert stage.tiers["sonnet"].history == []


@pytest.mark.parametrize("answer", [None, [], [{"diagnostics": "off"}], {"diagnostics": "off"}])
async def test_an_answer_that_is_none_changes_nothing(stage: Stage, folder: Path, answer: Json) -> None:
    async with editing(stage, folder, client=ASKS) as editor:
        editor.wire.answers["workspace/configuration"] = lambda _params: answer
        await editor.wire.heard("workspace/configuration")
        await editor.wire.settle()
        assert await shown(editor, editor.open("x.py", TEXT)) == 1


async def test_a_change_is_asked_about_where_the_client_answers(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder, client=ASKS) as editor:
        uri = editor.open("x.py", TEXT)
        assert await shown(editor, uri) == 1
        editor.settings = {"diagnostics": "off"}
        editor.wire.notify("workspace/didChangeConfiguration", {"settings": None})
        await editor.wire.heard("textDocument/publishDiagnostics", lambda params: params["diagnostics"] == [])


async def test_a_change_that_is_pushed_is_taken(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder, client=PLAIN) as editor:
        uri = editor.open("x.py", TEXT)
        assert await shown(editor, uri) == 1
        editor.wire.notify("workspace/didChangeConfiguration", {"settings": None})
        editor.wire.notify("workspace/didChangeConfiguration", {"settings": {"lastmile": {"diagnostics": "off"}}})
        await editor.wire.heard("textDocument/publishDiagnostics", lambda params: params["diagnostics"] == [])


async def test_wrong_settings_are_said_once_in_one_message_and_the_rest_counts(stage: Stage, folder: Path) -> None:
    wrong = {"diagnostics": "off", "paid": "maybe", "colour": "red"}
    async with editing(stage, folder, client=PLAIN, settings=wrong) as editor:
        for name in ("x.py", "y.py"):
            assert await shown(editor, editor.open(name, TEXT)) == 0
        (told,) = [params["message"] for params in editor.wire.all("window/showMessage")]
        lead, *lines = told.split("\n")
        assert lead == "2 settings make no sense:"
        assert [line[:3] for line in lines] == ["(1)", "(2)"]
        assert sorted(word for word in ("colour", "paid") if any(f'"{word}"' in line for line in lines)) == [
            "colour",
            "paid",
        ]


async def test_what_is_wrong_is_told_once_the_editors_settings_have_come(stage: Stage, folder: Path) -> None:
    (folder / "lastmile.toml").write_text("paid = 1\n")
    held = asyncio.get_running_loop().create_future()
    async with editing(stage, folder, client=ASKS) as editor:
        editor.wire.answers["workspace/configuration"] = lambda _params: held
        await editor.wire.heard("workspace/configuration")
        assert await shown(editor, editor.open("x.py", TEXT)) == 1
        assert editor.wire.all("window/showMessage") == []
        heard = len(editor.wire.received)
        held.set_result([{"colour": "red"}, None])
        told = (await editor.wire.heard("window/showMessage", after=heard))["message"]
        assert told.startswith("2 settings make no sense:")
        assert ("colour" in told, "paid" in told) == (True, True)


async def test_each_workspace_folder_has_its_own_settings(stage: Stage, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "lastmile.toml").write_text('diagnostics = "off"\n')
    async with editing(stage, folder, client=PLAIN) as editor:
        event = {"added": [{"uri": other.as_uri(), "name": "other"}], "removed": []}
        editor.wire.notify("workspace/didChangeWorkspaceFolders", {"event": event})
        inside = editor.open("", TEXT, uri=(other / "y.py").as_uri())
        assert await shown(editor, editor.open("x.py", TEXT)) == 1
        assert await shown(editor, inside) == 0
        assert list(stage.folders) == [folder, other]
        event = {"added": [], "removed": [{"uri": other.as_uri(), "name": "other"}]}
        editor.wire.notify("workspace/didChangeWorkspaceFolders", {"event": event})
        await editor.wire.settle()
        assert stage.folders == (folder,)


async def test_a_folder_that_is_no_files_is_served_without_settings(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder, client=PLAIN) as editor:
        event = {"added": [{"uri": "nonsense", "name": "x"}, {"uri": "vscode-vfs:/x", "name": "y"}], "removed": []}
        editor.wire.notify("workspace/didChangeWorkspaceFolders", {"event": event})
        await editor.wire.settle()
        assert stage.folders == (folder,)


async def test_the_server_asks_to_hear_of_settings_and_their_files(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        asked = await editor.wire.heard("client/registerCapability")
        methods = {item["method"]: item["registerOptions"] for item in asked["registrations"]}
        assert methods["workspace/didChangeConfiguration"] == {"section": "lastmile"}
        watchers = methods["workspace/didChangeWatchedFiles"]["watchers"]
        ours, python = (watcher["globPattern"] for watcher in watchers)
        assert all(name in ours for name in ("lastmile.toml", "pyproject.toml", "ruff.toml"))
        assert python == "**/*.{py,pyi}"
    async with editing(stage, folder, client=PLAIN) as editor:
        await editor.wire.settle()
        assert editor.wire.all("client/registerCapability") == []


@pytest.mark.parametrize(
    ("client", "encoding"),
    [
        (PLAIN, "utf-16"),
        ({"general": {"positionEncodings": ["utf-8", "utf-16"]}}, "utf-8"),
        ({"general": {"positionEncodings": ["utf-32"]}}, "utf-32"),
        ({"general": {"positionEncodings": ["utf-7"]}}, "utf-16"),
    ],
)
async def test_the_encoding_answered_is_the_one_used(
    stage: Stage, folder: Path, client: dict[str, Json], encoding: str
) -> None:
    async with editing(stage, folder, client=client) as editor:
        assert editor.capabilities["positionEncoding"] == encoding
        assert editor.server.client.encoding.value == encoding


async def test_the_server_says_what_it_can_do(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder, client=VSCODE) as editor:
        said = editor.capabilities
        assert said["textDocumentSync"] == {"openClose": True, "change": 2, "save": True}
        assert said["codeActionProvider"]["resolveProvider"] is True
        assert said["codeActionProvider"]["codeActionKinds"] == [
            "quickfix",
            "refactor.rewrite",
            "refactor.extract",
            "source.fixAll.lastmile",
            "source.lastmile",
        ]
        assert said["executeCommandProvider"] == {
            "commands": [
                "lastmile.apply",
                "lastmile.instruct",
                "lastmile.bill",
                "lastmile.applied",
                "lastmile.receipt",
                "lastmile.report",
                "lastmile.why",
                "lastmile.undoAndReport",
                "lastmile.status",
                "lastmile.pause",
                "lastmile.models",
                "lastmile.completed",
                "lastmile.yanked",
            ],
            "workDoneProgress": True,
        }
        assert "diagnosticProvider" not in said  # a client that has them pushed would have them twice
        assert said["notebookDocumentSync"]["notebookSelector"] == [{"cells": [{"language": "python"}]}]
