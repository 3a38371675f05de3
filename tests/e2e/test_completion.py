"""Completing in the real server, from the key to the books, with a stand-in for the model."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from lsprotocol import types
from tests.support import filling_server
from tests.support.e2e import Editor, editing
from tests.support.e2e_kinds import NEOVIM, VSCODE, Kind
from tests.support.e2e_text import Doc
from tests.support.e2e_world import World

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

COMMAND = (sys.executable, filling_server.__file__)
TEXT = "def area(width, height):\n    \n\n\nprint('äß😀', area(1, 2))\n"
ANSWERS = {
    "height):\n": "    size = width * height\n\n\ndef other():\n",
    "width * height": "\n    return size\n\n\ndef other():\n",
}


def at(line: int, character: int) -> types.Position:
    return types.Position(line, character)


async def inline(editor: Editor, doc: Doc, position: types.Position) -> list[types.InlineCompletionItem]:
    context = types.InlineCompletionContext(types.InlineCompletionTriggerKind.Automatic)
    params = types.InlineCompletionParams(context, types.TextDocumentIdentifier(doc.uri), position)
    answer = await editor.client.text_document_inline_completion_async(params)
    assert isinstance(answer, types.InlineCompletionList)
    return list(answer.items)


@pytest.mark.parametrize("kind", [VSCODE, NEOVIM], ids=str)
async def test_from_the_key_to_the_books(world: World, tmp_path: Path, kind: Kind) -> None:
    log = tmp_path / "asked.log"
    env = world.env | {"FILLER_ANSWERS": json.dumps(ANSWERS), "FILLER_LOG": str(log)}
    async with editing(env, world.folder, kind=kind, command=COMMAND, settings={}) as editor:
        assert editor.initialized.capabilities.inline_completion_provider is not None
        doc = editor.open("area.py", TEXT)
        (item,) = await inline(editor, doc, at(1, 4))
        assert item.insert_text == "size = width * height"
        editor.change(doc, "    \n", "    s\n")
        (rest,) = await inline(editor, doc, at(1, 5))
        assert rest.insert_text == "ize = width * height"
        assert rest.command == item.command
        editor.change(doc, "    s\n", "    size = width * height\n")
        assert rest.command is not None
        assert await editor.command(rest.command.command, *(rest.command.arguments or ())) is None
        await editor.client.until(lambda: log.read_text(encoding="utf-8").count("\n") > 1)
        (following,) = await inline(editor, doc, at(1, 25))
        assert following.insert_text == "\n    return size"
    lines = log.read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["asked ", "ahead     size = width * height"]
    assert [line for line in lines if line.startswith("asked")] == ["asked "]
    rows = world.rows("SELECT fate, taken, source, language FROM completions ORDER BY at")
    assert rows == [("accepted", 21, "asked", "python"), ("dismissed", 0, "cached", "python")]


async def test_off_means_that_nothing_is_asked(world: World, tmp_path: Path) -> None:
    log = tmp_path / "asked.log"
    env = world.env | {"FILLER_ANSWERS": json.dumps(ANSWERS), "FILLER_LOG": str(log)}
    async with editing(env, world.folder, command=COMMAND, settings={"completion": {"enabled": False}}) as editor:
        doc = editor.open("area.py", TEXT)
        assert await inline(editor, doc, at(1, 4)) == []
    assert not log.exists()
    assert world.rows("SELECT * FROM completions") == []
