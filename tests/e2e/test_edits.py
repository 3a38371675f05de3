"""A chosen entry becomes an edit that each editor can apply, whatever the document is like."""

from __future__ import annotations

import re

import pytest
from lsprotocol import types
from tests.support.e2e import Editor, editing
from tests.support.e2e_kinds import LSP_MODE, NEOVIM, PLAIN, PUSHED, VSCODE, Kind, counting
from tests.support.e2e_text import Edit, reach
from tests.support.e2e_world import World
from tests.support.patience import PATIENCE

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

UNUSED = "Fix F401: `os` imported but unused"
NOTE = r"rules, 1 draft, syntax ok, 0 new findings, [\d.]+ m?s, \$0\.00 \(opus alone: about \$0\.\d{3}\)"
F_STRING = "Fix F541: f-string without any placeholders"
FINE = "def area(width):\n    return width\n"
LONG = "".join(f"value_{number} = {number}\n" for number in range(20_000))
ASTRAL = '"😀", "e\u0301", "中文", "\U0001d4b3", '


def edits(action: types.CodeAction) -> list[Edit]:
    assert action.edit is not None
    ((change,),) = [action.edit.document_changes or ()]
    assert isinstance(change, types.TextDocumentEdit)
    return [edit for edit in change.edits if not isinstance(edit, types.SnippetTextEdit)]


@pytest.mark.parametrize(
    ("name", "text", "at", "title", "expected"),
    [
        ("lf.py", f"import os\n{FINE}", "os", UNUSED, FINE),
        ("crlf.py", "import os\r\nimport re\r\n\r\nprint(re)\r\n", "os", UNUSED, "import re\r\n\r\nprint(re)\r\n"),
        ("cr.py", "import os\rimport re\rprint(re)\r", "os", UNUSED, "import re\rprint(re)\r"),
        ("tabs.py", "def f():\n\tif 1:\n\t\treturn f'x'\n", "f'x'", F_STRING, "def f():\n\tif 1:\n\t\treturn 'x'\n"),
        ("bom.py", "\ufeffimport os\nVALUE = 1\n", "os", UNUSED, "\ufeffVALUE = 1\n"),
        ("no_end.py", "VALUE = f'x'", "f'x'", F_STRING, "VALUE = 'x'"),
        ("astral.py", f"VALUE = ({ASTRAL}f'x', '😀')\n", "f'x'", F_STRING, f"VALUE = ({ASTRAL}'x', '😀')\n"),
        (
            "feed.py",
            "A = 1\n\x0c\nB = '\u2028\x85'\nC = f'x'\n",
            "f'x'",
            F_STRING,
            "A = 1\n\x0c\nB = '\u2028\x85'\nC = 'x'\n",
        ),
        ("with spaces/größe/数 & %41#.py", "A = f'x'\n", "f'x'", F_STRING, "A = 'x'\n"),
        ("untitled:Untitled-1", "A = f'x'\n", "f'x'", F_STRING, "A = 'x'\n"),
        ("stub.pyi", "import os\nA: int\n", "os", UNUSED, "A: int\n"),
    ],
)
async def test_a_document_is_edited_as_it_comes(
    editor: Editor, name: str, text: str, at: str, title: str, expected: str
) -> None:
    doc = editor.open(name, text)
    action = await editor.choose(doc, at, title)
    assert doc.text == expected
    assert reach(edits(action)) <= 3
    assert title not in [item.title for item in await editor.menu(doc, types.Range(*[types.Position(0, 0)] * 2))]


async def test_a_very_long_document_is_edited_as_quickly_listed(editor: Editor) -> None:
    await editor.configure({"ruff": {"timeout": PATIENCE}})
    doc = editor.open("long.py", f"{LONG}LAST = f'x'\n")
    action = await editor.choose(doc, "f'x'", F_STRING)
    assert (editor.told, editor.asked) == ([], [])
    assert doc.text == f"{LONG}LAST = 'x'\n"
    assert reach(edits(action)) == 1


@pytest.mark.parametrize("kind", [VSCODE, NEOVIM, PUSHED], ids=str)
async def test_an_edit_is_for_its_version_and_carries_its_receipt(world: World, kind: Kind) -> None:
    async with editing(world.env, world.folder, kind=kind) as editor:
        doc = editor.open("one.py", f"import os\n{FINE}")
        editor.change(doc, "width):", "width, height=2):")
        editor.change(doc, "return width", "return width * height")
        action = await editor.resolve(await editor.entry(doc, "os", UNUSED))
        assert action.edit is not None
        assert action.edit.document_changes is not None
        (change,) = action.edit.document_changes
        assert isinstance(change, types.TextDocumentEdit)
        assert (change.text_document.uri, change.text_document.version) == (doc.uri, 3)
        # Neovim would wait for ENTER after each.
        notes = action.edit.change_annotations or {}
        names: list[str | None] = list(notes)
        assert names == ([] if kind is NEOVIM else ["lastmile"])
        for note in notes.values():
            assert (note.label, note.needs_confirmation) == (UNUSED, False)
            assert re.fullmatch(NOTE, note.description or "")
        assert [getattr(edit, "annotation_id", None) for edit in change.edits] == (names or [None])
        assert editor.take(action.edit) == ""
        assert doc.text == "def area(width, height=2):\n    return width * height\n"
        assert editor.take(action.edit) == f"{doc.uri} is not at version 3 any more"
    assert world.attempts() == [("rules", "start", 1, "", 0)]
    assert world.outcomes() == [("fix", "accepted", "rules", None)]


async def test_a_client_that_cannot_resolve_gets_the_edit_by_the_command(world: World) -> None:
    async with editing(world.env, world.folder, kind=PLAIN) as editor:
        doc = editor.open("one.py", f"import os\n{FINE}")
        command = (await editor.entry(doc, "os", UNUSED)).command
        assert command is not None
        assert await editor.command(command.command, *(command.arguments or ())) == {"applied": True}
        assert doc.text == FINE
        (applied,) = editor.client.applied
        assert applied.label == UNUSED
        assert applied.edit.document_changes is None
        assert await editor.command(command.command, *(command.arguments or ())) == {"applied": False}
        assert editor.told == ["one.py changed there since the menu was shown. Ask for the menu again."]


@pytest.mark.parametrize(
    ("encodings", "chosen"),
    [
        (["utf-8", "utf-16"], "utf-8"),
        (["utf-32"], "utf-32"),
        (["utf-16"], "utf-16"),
        (["utf-7", "utf-32", "utf-8"], "utf-32"),
        (["utf-7"], "utf-16"),
    ],
)
async def test_edits_land_where_they_should_in_every_encoding(world: World, encodings: list[str], chosen: str) -> None:
    async with editing(world.env, world.folder, kind=counting(PUSHED, encodings)) as editor:
        assert editor.encoding == chosen
        doc = editor.open("astral.py", "A = 1\n")
        editor.change(doc, "1", f"({ASTRAL}1,\n    {ASTRAL}f'x', {ASTRAL}3)")
        editor.change(doc, "3)", "f'y')")
        shown = await editor.pushed(doc)
        assert [item.range for item in shown] == [doc.place("f'x'"), doc.place("f'y'")]
        await editor.choose(doc, "f'y'", F_STRING)
        await editor.choose(doc, "f'x'", F_STRING)
        assert doc.text == f"A = ({ASTRAL}1,\n    {ASTRAL}'x', {ASTRAL}'y')\n"


async def test_an_editor_that_counts_characters_unasked_is_understood(world: World) -> None:
    async with editing(world.env, world.folder, kind=LSP_MODE) as editor:
        doc = editor.open("astral.py", "A = 1\n")
        editor.change(doc, "1", f"({ASTRAL}1, {ASTRAL}f'x')")
        editor.change(doc, "1", "2")
        assert [item.range for item in await editor.pushed(doc)] == [doc.place("f'x'")]
        entry = await editor.entry(doc, "f'x'", F_STRING)
        assert entry.command is not None
        await editor.command(entry.command.command, *(entry.command.arguments or ()))
        assert doc.text == f"A = ({ASTRAL}2, {ASTRAL}'x')\n"


CROWDED = """\
import os
import re, sys


def parse(line, seen=[]):
    if line == None:
        return f"nothing"
    return re.match(line, json.dumps(seen))
"""


@pytest.mark.parametrize("trigger", list(types.CodeActionTriggerKind))
async def test_fix_all_clears_what_is_free_and_never_asks(editor: Editor, trigger: types.CodeActionTriggerKind) -> None:
    doc = editor.open("crowded.py", CROWDED)
    kind = types.CodeActionKind("source.fixAll")
    action = await editor.choose(doc, "import", "Fix all", only=[kind], trigger=trigger)
    assert action.edit is not None
    assert doc.text == (
        # What is handed on may be kept, so the default stays: nobody could tell whether it is a memory.
        "import json\nimport re\n\n\ndef parse(line, seen=[]):\n"
        '    if line is None:\n        return "nothing"\n    return re.match(line, json.dumps(seen))\n'
    )
    compile(doc.text, "crowded.py", "exec")
    assert (editor.asked, editor.client.applied) == ([], [])


async def test_fix_all_says_nothing_but_in_the_log_where_nothing_is_free(editor: Editor) -> None:
    doc = editor.open("hard.py", "def f():\n    return undefined_thing\n")
    action = await editor.resolve(await editor.entry(doc, "f", "Fix all"))
    assert action.edit is None
    assert (editor.asked, editor.told) == ([], [])
    assert [line for line in editor.logged if line.startswith("Fix all that can be fixed free: Nothing passed")]
