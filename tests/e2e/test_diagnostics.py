"""Diagnostics, pushed and pulled: what is shown, for which documents, and when it is shown anew."""

from __future__ import annotations

from typing import Any

import pytest
from lsprotocol import types
from tests.support.e2e import Editor, editing
from tests.support.e2e_kinds import NEOVIM, PUSHED, VSCODE, Kind
from tests.support.e2e_world import World

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

TEXT = "import os\n\n\ndef area(width):\n    return width * hight\n"
BROKEN = "def area(width:\n    return width\n"


@pytest.mark.parametrize(
    ("text", "language", "codes"),
    [
        (TEXT, "python", ["F401", "F821"]),
        ("A = 1\n", "python", []),
        ("", "python", []),
        ("\ufeffimport os\r\n\tx = (\r\n", "python", ["invalid-syntax"] * 2),
        ("import os", "python", ["F401"]),
        ("# A heading\n\nimport os\n", "markdown", []),
    ],
    ids=["findings", "clean", "empty", "broken", "without an end", "not Python"],
)
async def test_findings_are_pulled_with_codes(editor: Editor, text: str, language: str, codes: list[str]) -> None:
    doc = editor.open("x.py", text, language=language)
    assert await editor.codes(doc) == codes
    assert editor.client.pushed == []


async def test_a_finding_says_where_what_and_where_to_read_more(editor: Editor) -> None:
    doc = editor.open("x.py", TEXT)
    report = await editor.pull(doc)
    unused, undefined = report.items
    assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
    assert (unused.range, undefined.range) == (doc.place("os"), doc.place("hight"))
    assert (unused.source, unused.message) == ("ruff", "`os` imported but unused")
    assert unused.code_description is not None
    assert unused.code_description.href == "https://docs.astral.sh/ruff/rules/unused-import"
    assert list(unused.tags or ()) == [types.DiagnosticTag.Unnecessary]
    again = await editor.pull(doc, before=report.result_id)
    assert isinstance(again, types.RelatedUnchangedDocumentDiagnosticReport)
    editor.change(doc, "hight", "width")
    changed = await editor.pull(doc, before=report.result_id)
    assert [item.code for item in changed.items] == ["F401"]


async def test_a_syntax_error_is_shown_and_goes_with_its_cause(editor: Editor) -> None:
    doc = editor.open("x.py", BROKEN)
    (first, *_) = (await editor.pull(doc)).items
    assert (first.source, first.severity) == ("ruff", types.DiagnosticSeverity.Error)
    editor.change(doc, "width:", "width):")
    assert await editor.codes(doc) == []


async def test_findings_are_pushed_at_each_rest_and_cleared_at_the_end(world: World) -> None:
    async with editing(world.env, world.folder, kind=PUSHED) as editor:
        doc = editor.open("x.py", TEXT)
        assert [item.code for item in await editor.pushed(doc)] == ["F401", "F821"]
        for old, new in (("hight", "higth"), ("higth", "width"), ("import os\n\n\n", "")):
            editor.change(doc, old, new)
        assert await editor.pushed(doc) == []
        versions = [item.version or 0 for item in editor.client.pushed]
        assert (versions[0], versions[-1]) == (1, 4)
        assert versions == sorted(versions)  # on a full machine a change may come after a rest
        editor.change(doc, "width):", "width:")
        assert await editor.pushed(doc) != []
        editor.client.pushed.clear()
        editor.close(doc)
        (last,) = await editor.client.until(lambda: editor.client.pushed)
        assert (last.uri, list(last.diagnostics)) == (doc.uri, [])


@pytest.mark.parametrize(
    ("kind", "setting", "codes"),
    [
        (PUSHED, "all", ["F401", "F821"]),
        (PUSHED, "own", []),
        (VSCODE, "off", []),
        (NEOVIM, "some", ["F401", "F821"]),
    ],
    ids=str,
)
async def test_ruffs_findings_can_be_left_to_ruffs_own_server(
    world: World, kind: Kind, setting: str, codes: list[str]
) -> None:
    options: dict[str, Any] = {"diagnostics": setting}
    async with editing(world.env, world.folder, kind=kind, options=options) as editor:
        doc = editor.open("x.py", TEXT)
        found = [item.code for item in await editor.pushed(doc)] if kind is PUSHED else await editor.codes(doc)
        assert found == codes
        await editor.choose(doc, "os", "Fix F401")
        assert doc.text == TEXT.removeprefix("import os\n")
        wrong = [line for line in editor.told if "diagnostics" in line]
        assert len(wrong) == (setting == "some")


NOTEBOOK_TYPE = "jupyter-notebook"


def cell(number: int, text: str) -> types.TextDocumentItem:
    return types.TextDocumentItem(f"vscode-notebook-cell:/shelf/books/a%20book.ipynb#W{number}", "python", 1, text)


async def test_cells_of_a_notebook_are_documents(editor: Editor) -> None:
    cells = [cell(0, "import os\n"), cell(1, "%matplotlib inline\nimport re"), cell(2, "A = f'x'")]
    listed = [types.NotebookCell(types.NotebookCellKind.Code, item.uri) for item in cells]
    notebook = types.NotebookDocument("file:///shelf/books/a%20book.ipynb", NOTEBOOK_TYPE, 1, listed)
    editor.client.notebook_document_did_open(types.DidOpenNotebookDocumentParams(notebook, cells))
    docs = [editor.adopt(item) for item in cells]
    assert [await editor.codes(doc) for doc in docs] == [[], [], ["F541"]]
    action = await editor.resolve(await editor.entry(docs[2], "f'x'", "Fix F541"))
    assert action.edit is not None
    (change,) = action.edit.document_changes or ()
    assert isinstance(change, types.TextDocumentEdit)
    assert change.text_document.uri == cells[2].uri
    docs[2].take([item for item in change.edits if not isinstance(item, types.SnippetTextEdit)])
    assert docs[2].text == "A = 'x'"
    closing = types.DidCloseNotebookDocumentParams(
        types.NotebookDocumentIdentifier(notebook.uri), [types.TextDocumentIdentifier(item.uri) for item in cells]
    )
    editor.client.notebook_document_did_close(closing)
    report = await editor.pull(docs[2])
    assert list(report.items) == []


async def test_fifty_thousand_lines_are_shown_and_typed_in(editor: Editor) -> None:
    text = "".join(f"value_{number} = {number}\n" for number in range(50_000))
    doc = editor.open("long.py", f"import os\n{text}")
    assert await editor.codes(doc) == ["F401"]
    editor.change(doc, "value_49999 = 49999", "value_49999 = f'x'")
    assert await editor.codes(doc) == ["F401", "F541"]
    assert [item.title for item in await editor.menu(doc, "f'x'", only=["quickfix"])] == [
        "Fix F541: f-string without any placeholders (free)"
    ]
