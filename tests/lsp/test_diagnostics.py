"""Diagnostics, pushed and pulled."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from tests.support.editor import PLAIN, VSCODE, Editor, editing
from tests.support.patience import PATIENCE
from tests.support.stage import Stage
from tests.support.wire import Json, RefusedError, hello, program

from lastmile.testing.memory import digest, hear
from lastmile.testing.values import Answer, Result, Run, Wanted
from lastmile.text.edits import Replacement, Span
from lastmile.tools.ruff import bundled

TEXT = "import os\nx = undefined\n"
PULLING = {**VSCODE, "textDocument": {**VSCODE["textDocument"], "diagnostic": {}}}


def codes(items: list[Json]) -> list[str]:
    return [item.get("code", "") for item in items]


def titles(menu: list[Json]) -> list[str]:
    return [action["title"] for action in menu]


async def pull(editor: Editor, uri: str, before: str | None = None) -> Json:
    params = {"textDocument": {"uri": uri}, "identifier": "lastmile", "previousResultId": before}
    return await editor.wire.request("textDocument/diagnostic", params)


@pytest.mark.parametrize("uri", ["file://", "file:///nowhere/x.py"], ids=["of no name", "not open"])
async def test_of_what_is_not_open_nothing_is_found_and_nothing_said(stage: Stage, folder: Path, uri: str) -> None:
    async with editing(stage, folder, client=PULLING) as editor:
        assert await pull(editor, uri) == {"kind": "full", "items": []}


async def test_findings_come_with_ruffs_codes_links_and_tags(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        unused, undefined = await editor.diagnostics(editor.open("x.py", TEXT))
        assert (unused["source"], unused["code"], unused["severity"], unused["tags"]) == ("ruff", "F401", 2, [1])
        assert unused["codeDescription"]["href"].startswith("https://docs.astral.sh/ruff/rules/unused-import")
        assert unused["range"] == {"start": {"line": 0, "character": 7}, "end": {"line": 0, "character": 9}}
        assert (undefined["code"], undefined["severity"], "tags" in undefined) == ("F821", 1, False)


RULES = """\
import os, tempfile, unittest
import numpy as np
import pandas as pd
import pytest
import mock
import xml.etree.cElementTree
import typing
from subprocess import run
from typing import List, Text
from os.path import commonprefix

def os():
    a, b = undefined()
    unused = 1
    # x = (1)
    for at in []:
        pass

def f(arg, other: typing.ByteString, text: Text):
    return np.int, np.product, lambda x: 0

class A(unittest.TestCase):
    def m(self, arg): self.assertEquals(1, 1)
    @classmethod
    def c(cls, arg): ...
    @staticmethod
    def s(arg): ...

@pytest.yield_fixture
def fixture():
    frame = pd.DataFrame()
    frame.ix[0]
    run([], universal_newlines=True)
    print(frame, late)  # noqa: F401
    late = commonprefix([]), tempfile.mktemp()

__all__ = ["nothing"]
"""


async def test_findings_are_as_bad_as_ruffs_own_server_says_and_have_its_tags(stage: Stage, folder: Path) -> None:
    (folder / "ruff.toml").write_text('[lint]\nselect = ["ALL"]\nignore = ["INP001"]\n')
    path = folder / "x.py"
    async with program(str(bundled()), "server") as ruff:
        asked = hello(textDocument={"diagnostic": {}, "publishDiagnostics": TAGS})
        await ruff.wire.request("initialize", {**asked, "initializationOptions": ALL})
        ruff.wire.notify("initialized", {})
        document = {"uri": path.as_uri(), "languageId": "python", "version": 1, "text": RULES}
        ruff.wire.notify("textDocument/didOpen", {"textDocument": document})
        theirs = await ruff.wire.request("textDocument/diagnostic", {"textDocument": {"uri": path.as_uri()}})
    async with editing(stage, folder) as editor:
        ours = await editor.diagnostics(editor.open("x.py", RULES))
    assert _told(ours) == _told(theirs["items"])
    assert len([told for told in _told(ours) if told[2]]) > 20


ALL = {"settings": {"lint": {"select": ["ALL"], "ignore": ["INP001"]}}}
TAGS = {"tagSupport": {"valueSet": [1, 2]}}


def _told(items: list[Json]) -> set[tuple[str, int, tuple[int, ...]]]:
    return {(item["code"], item["severity"], tuple(item.get("tags", ()))) for item in items}


@pytest.mark.parametrize(("client", "declared"), [(PULLING, True), (VSCODE, False), (PLAIN, False)])
async def test_pulling_is_declared_to_those_who_say_they_pull(
    stage: Stage, folder: Path, client: dict[str, Json], declared: object
) -> None:
    async with editing(stage, folder, client=client) as editor:
        provider = editor.capabilities.get("diagnosticProvider")
        assert (provider is not None and provider["identifier"] == "lastmile") is declared


async def test_a_client_that_knows_neither_links_nor_tags_gets_none(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder, client=PLAIN) as editor:
        items = await editor.diagnostics(editor.open("x.py", TEXT))
        assert codes(items) == ["F401", "F821"]
        assert not any({"tags", "codeDescription"} & set(item) for item in items)


async def test_syntax_errors_are_shown_and_changes_bring_new_diagnostics(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", "def (\n")
        assert (await editor.diagnostics(uri))[0]["severity"] == 1
        editor.type(uri, 4, "f")
        editor.type(uri, 6, "): pass")
        assert await editor.diagnostics(uri) == []


async def test_typing_is_linted_once_it_rests(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", "")
        await editor.diagnostics(uri)
        for char in "import os\n":
            editor.type(uri, len(editor.texts[uri]), char)
        assert codes(await editor.diagnostics(uri)) == ["F401"]
        versions = [params["version"] for params in editor.wire.all("textDocument/publishDiagnostics")]
        assert versions == [1, 11]


async def test_closing_clears(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        await editor.diagnostics(uri)
        editor.close(uri)
        gone = await editor.wire.heard("textDocument/publishDiagnostics", lambda params: "version" not in params)
        assert gone == {"uri": uri, "diagnostics": []}


@pytest.mark.parametrize("value", ["own", "off"])
async def test_ruffs_findings_can_be_left_to_others_and_are_fixed_all_the_same(
    stage: Stage, folder: Path, value: str
) -> None:
    async with editing(stage, folder, settings={"diagnostics": value}) as editor:
        uri = editor.open("x.py", TEXT)
        assert await editor.diagnostics(uri) == []
        assert await editor.menu(uri, "os", only=["quickfix"])


SCHEMA = {"properties": {"port": {"type": "integer"}}, "required": ["name"]}


@pytest.mark.parametrize("value", ["all", "own", "off"])
async def test_what_we_alone_find_in_documents_of_data_is_shown(stage: Stage, folder: Path, value: str) -> None:
    (folder / "s.json").write_text(json.dumps(SCHEMA))
    async with editing(stage, folder, settings={"diagnostics": value}) as editor:
        kept = await editor.diagnostics(editor.open("a.json", '{"$schema": "s.json", "name": 1}', language="json"))
        unkept = await editor.diagnostics(
            editor.open("b.yaml", "# yaml-language-server: $schema=s.json\nport: x\n", language="yaml")
        )
        broken = await editor.diagnostics(editor.open("c.toml", "a = [\n", language="toml"))
        lost = await editor.diagnostics(editor.open("d.json", '{"$schema": "nowhere.json"}', language="json"))
        shown = [(item["source"], item["code"], item["range"]["start"]["line"]) for item in (*unkept, *broken)]
        wanted = [("lastmile", "type", 1), ("lastmile", "required", 1), ("lastmile", "invalid-syntax", 1)]
        assert (kept, lost, shown) == ([], [], [] if value == "off" else wanted)
        if unkept:
            assert unkept[0]["message"] == "port: 'x' is not of type 'integer' (s.json)"
            assert await editor.menu(editor.uri("b.yaml"), "port", only=["quickfix"]) == []


TESTS = "def test_one(): ...\n\n\nclass TestTwo:\n    def test_two(self): ...\n"


async def heard(stage: Stage, folder: Path, tests: str) -> None:
    """Let a run tell that both tests fail on the code that is on the disk."""
    project, name = await stage.project(folder / "test_a.py"), "test_a.py"
    code, own = folder / "a.py", folder / name
    results = {
        f"{name}::{item}": Result(f"{name}::{item}", Answer.FAILED, message="E  assert 1 == 2")
        for item in ("test_one[x]", "TestTwo::test_two", "test_gone")
    }
    wanted = Wanted(tuple(results), {code: code.read_text()}, as_it_is=True)
    project.parts.memory.learn(hear(folder, wanted, Run(results), {own: digest(tests)}))


@pytest.mark.slow
@pytest.mark.parametrize("value", ["all", "own", "off"])
async def test_tests_that_failed_are_shown_while_nothing_has_changed(stage: Stage, folder: Path, value: str) -> None:
    (folder / "a.py").write_text("x = 1\n")
    (folder / "test_a.py").write_text(TESTS)
    async with editing(stage, folder, settings={"diagnostics": value}) as editor:
        tests = editor.open("test_a.py", TESTS)
        assert await editor.diagnostics(tests) == []
        await heard(stage, folder, TESTS)
        editor.type(tests, len(TESTS), "#")
        assert await editor.diagnostics(tests) == []
        editor.edit(tests, Replacement(Span(len(TESTS), len(TESTS) + 1), ""))
        shown = [(item["code"], item["message"], item["range"]["start"]) for item in await editor.diagnostics(tests)]
        one, two = {"line": 0, "character": 4}, {"line": 4, "character": 8}
        assert shown == ([] if value == "off" else [
            ("failing-test", "test_one[x] failed when it ran last: assert 1 == 2", one),
            ("failing-test", "test_two failed when it ran last: assert 1 == 2", two),
        ])  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("where", ["in the editor", "on the disk"])
async def test_a_failure_is_not_shown_once_the_code_is_another(stage: Stage, folder: Path, where: str) -> None:
    (folder / "a.py").write_text("x = 1\n")
    (folder / "test_a.py").write_text(TESTS)
    async with editing(stage, folder) as editor:
        code, tests = editor.open("a.py", "x = 1\n"), editor.open("test_a.py", TESTS)
        await editor.diagnostics(code)
        await editor.diagnostics(tests)
        await heard(stage, folder, TESTS)
        at = len(editor.wire.received)
        editor.save(tests)
        assert codes(await pushed(editor, tests, at)) == ["failing-test", "failing-test"]
        if where == "on the disk":
            editor.close(code)
            (folder / "a.py").write_text("x = 2\n")
            code = editor.open("b.py", "")
        else:
            editor.type(code, 4, "2")
        await editor.diagnostics(code)
        at = len(editor.wire.received)
        editor.save(code)
        assert codes(await pushed(editor, tests, at)) == []


async def pushed(editor: Editor, uri: str, after: int) -> list[Json]:
    """Wait for what is pushed for a document after so many messages."""
    found = await editor.wire.heard("textDocument/publishDiagnostics", lambda params: params["uri"] == uri, after=after)
    items = found["diagnostics"]
    assert isinstance(items, list)
    return items


async def test_a_client_that_pulls_gets_the_same_and_nothing_is_pushed(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder, client=PULLING) as editor:
        uri = editor.open("x.py", TEXT)
        first = await pull(editor, uri)
        assert (first["kind"], codes(first["items"])) == ("full", ["F401", "F821"])
        again = await pull(editor, uri, first["resultId"])
        assert again == {"kind": "unchanged", "resultId": first["resultId"]}
        editor.type(uri, 0, "#\n")
        moved = await pull(editor, uri, first["resultId"])
        assert moved["items"][0]["range"]["start"]["line"] == 1
        editor.close(uri)
        assert await pull(editor, uri) == {"kind": "full", "items": []}
        assert editor.wire.all("textDocument/publishDiagnostics") == []


async def test_a_pull_for_a_text_that_changes_at_once_is_outdated(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder, client=PULLING) as editor:
        uri = editor.open("x.py", TEXT)
        asked = editor.wire.ask("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        editor.type(uri, 0, "#\n")
        with pytest.raises(RefusedError) as caught:
            await asyncio.wait_for(asked, PATIENCE)
        assert caught.value.code == -32801


async def test_no_more_are_shown_than_a_client_shows(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        text = "".join(f"x_{number}\n" for number in range(1200))
        found = await editor.diagnostics(editor.open("x.py", text))
        assert (len(found), {*codes(found[:-1])}) == (1000, {"F821"})
        assert (found[-1]["source"], found[-1]["code"], found[-1]["severity"]) == ("lastmile", "not-shown", 3)
        assert found[-1]["message"].startswith("201 more findings of this document are not shown.")
        assert found[-1]["range"]["start"] == {"line": 999, "character": 0}
        assert titles(await editor.menu(editor.uri("x.py"), "x_1100"))
        exact = await editor.diagnostics(editor.open("y.py", text[: text.index("x_1000")]))
        assert (len(exact), {*codes(exact)}) == (1000, {"F821"})


async def test_settings_of_ruff_that_it_cannot_read_are_said_once(stage: Stage, folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.ruff.lint]\nselect = [7]\n")
    async with editing(stage, folder) as editor:
        for name in ("x.py", "y.py"):
            assert await editor.diagnostics(editor.open(name, TEXT)) == []
        told = [params["message"] for params in editor.wire.all("window/showMessage")]
        assert len(told) == 1
        assert told[0].startswith("Lastmile cannot lint: ruff failed")


async def test_a_save_lints_with_the_settings_of_now(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        assert codes(await editor.diagnostics(uri)) == ["F401", "F821"]
        (folder / "pyproject.toml").write_text('[tool.ruff.lint]\nselect = ["F821"]\n')
        heard = len(editor.wire.received)
        editor.save(uri)
        params = await editor.wire.heard("textDocument/publishDiagnostics", after=heard)
        assert codes(params["diagnostics"]) == ["F821"]


@pytest.mark.parametrize("how", ["watched", "saved"])
async def test_a_settings_file_that_changes_brings_new_diagnostics(stage: Stage, folder: Path, how: str) -> None:
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        settings = editor.open("pyproject.toml", "", language="toml")
        assert codes(await editor.diagnostics(uri)) == ["F401", "F821"]
        await editor.diagnostics(settings)
        (folder / "pyproject.toml").write_text('[tool.ruff.lint]\nselect = ["F821"]\n')
        heard = len(editor.wire.received)
        if how == "saved":
            editor.save(settings)
        else:
            editor.wire.notify("workspace/didChangeWatchedFiles", {"changes": []})
        params = await editor.wire.heard(
            "textDocument/publishDiagnostics", lambda params: params["uri"] == uri, after=heard
        )
        assert codes(params["diagnostics"]) == ["F821"]


async def test_clients_that_pull_are_told_to_pull_anew(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder, client=PULLING) as editor:
        await editor.wire.heard("workspace/diagnostic/refresh")  # the settings came
        heard = len(editor.wire.received)
        editor.wire.notify("workspace/didChangeWatchedFiles", {"changes": []})
        await editor.wire.heard("workspace/diagnostic/refresh", after=heard)
