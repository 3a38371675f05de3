"""Cells of notebooks: documents of their own."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.editor import Editor, editing
from tests.support.stage import Stage
from tests.support.wire import Json

from lastmile.text.edits import Replacement, Span


def cell_uri(folder: Path, number: int) -> str:
    return (folder / "n.ipynb").as_uri().replace("file://", "vscode-notebook-cell:") + f"#W{number}"


def cell(editor: Editor, number: int, text: str) -> Json:
    uri = cell_uri(editor.folder, number)
    editor.texts[uri], editor.versions[uri] = text, 1
    return {"uri": uri, "languageId": "python", "version": 1, "text": text}


def open_notebook(editor: Editor, *texts: str) -> list[str]:
    cells = [cell(editor, number, text) for number, text in enumerate(texts)]
    uri = editor.uri("n.ipynb")
    listed = [{"kind": 2, "document": item["uri"]} for item in cells]
    notebook = {"uri": uri, "notebookType": "jupyter-notebook", "version": 1, "cells": listed}
    editor.wire.notify("notebookDocument/didOpen", {"notebookDocument": notebook, "cellTextDocuments": cells})
    return [item["uri"] for item in cells]


def change_notebook(editor: Editor, change: Json) -> None:
    document = {"version": 2, "uri": editor.uri("n.ipynb")}
    editor.wire.notify("notebookDocument/didChange", {"notebookDocument": document, "change": change})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = None\ny = x == None\n", ["E711"]),
        ("import os\n", []),  # another cell may use it
        ("undefined\n", []),  # another cell may define it
        ("%matplotlib inline\nx == None\n", []),  # not Python
        ("!ls\n", []),
    ],
)
async def test_a_cell_is_linted_for_what_is_true_of_it_alone(
    stage: Stage, folder: Path, text: str, expected: list[str]
) -> None:
    async with editing(stage, folder) as editor:
        (uri,) = open_notebook(editor, text)
        assert [item["code"] for item in await editor.diagnostics(uri)] == expected


async def test_a_cell_has_a_menu_and_is_edited(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        _, uri = open_notebook(editor, "import os\n", "x = 1\nif x == None:\n    pass\n")
        (action,) = await editor.menu(uri, "x == None", only=["quickfix"])
        edit = (await editor.resolve(action))["edit"]
        assert editor.take(edit)
        assert "is None" in editor.texts[uri]


async def test_cells_come_change_and_go(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        first, second = open_notebook(editor, "x = 1\n", "y = 2\n")
        new = cell(editor, 7, "z = q == None\n")
        structure = {
            "array": {"start": 1, "deleteCount": 1, "cells": [{"kind": 2, "document": new["uri"]}]},
            "didOpen": [new],
            "didClose": [{"uri": second}],
        }
        place = editor.place("x = 1\n", Span(4, 5))
        content = {"document": {"uri": first, "version": 2}, "changes": [{"range": place, "text": "q == None"}]}
        change_notebook(editor, {"cells": {"structure": structure, "textContent": [content]}})
        editor.versions[first] = 2
        assert len(await editor.diagnostics(first)) == 1
        assert len(await editor.diagnostics(new["uri"])) == 1
        change_notebook(editor, {"metadata": {"a": 1}})
        change_notebook(editor, {"cells": {"data": []}})
        await editor.wire.settle()
        assert {document.uri for document in editor.server.documents} == {first, new["uri"]}
        editor.texts[first] = "x = q == None\n"
        editor.edit(first, Replacement(Span(0, 1), "w"))  # some clients change cells as plain documents
        await editor.wire.settle()
        assert editor.server.documents.get(first).snapshot.text == "w = q == None\n"
        closing = {"notebookDocument": {"uri": editor.uri("n.ipynb")}, "cellTextDocuments": [{"uri": first}]}
        editor.wire.notify("notebookDocument/didClose", closing)
        await editor.wire.settle()
        assert {document.uri for document in editor.server.documents} == {new["uri"]}
