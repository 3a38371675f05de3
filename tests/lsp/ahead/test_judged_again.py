"""What other files decided is judged once more before it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from tests.support.ahead import SEEN, TEXT, drafting, marked, ready, rename, stock, window
from tests.support.editor import VSCODE, Editor
from tests.support.stage import Stage
from tests.support.wire import Json

from lastmile.lsp.readying.settling import doubt
from lastmile.text.edits import Replacement, Span

pytestmark = pytest.mark.slow

UNWATCHED = {"workspace": {**VSCODE["workspace"], "didChangeWatchedFiles": {}}}
"""What a client says that tells of no file's change."""


def widened(editor: Editor, uri: str, **changes: Any) -> None:  # noqa: ANN401 - fields of several types
    """Have what is ready for a document count as judged by other files too, and be otherwise as changed."""
    document = editor.server.document(uri)
    for made in stock(editor).of(document):
        around = editor.server.documents.around(document)
        stock(editor).shelf.put(document.key, evolve(made, around=around, **changes))


async def test_what_more_than_its_document_decided_is_looked_at_again_when_it_is_chosen(
    stage: Stage, folder: Path
) -> None:
    local = drafting(stage)
    async with window(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        await marked(editor, uri, *SEEN)
        widened(editor, uri)
        asked = len(local.history)
        (action,) = await ready(editor, uri, "hight")
        assert not action.keys() & {"edit", "command"}
        assert "edit" in await editor.resolve(action)
        assert len(local.history) == asked
        doubt(editor.server)
        assert "edit" in await editor.resolve(action)
        assert len(local.history) > asked


@pytest.mark.parametrize("client", [VSCODE, VSCODE | UNWATCHED], ids=["old", "unwatched"])
@pytest.mark.parametrize("passes", [True, False], ids=["passes", "fails by now"])
async def test_what_other_files_decided_is_judged_once_more_when_it_is_chosen(
    stage: Stage, folder: Path, client: Mapping[str, Json], passes: object
) -> None:
    local = drafting(stage)
    async with window(stage, folder, client=client) as editor:
        uri = editor.open("x.py", TEXT)
        await marked(editor, uri, *SEEN)
        asked, old = len(local.history), {} if client != VSCODE else {"at": -100.0}
        broken = {} if passes else {"replacements": (Replacement(Span(0, 0), "(\n"),)}
        widened(editor, uri, **old, **broken)
        (action,) = await ready(editor, uri, "hight")
        done = await editor.resolve(action)
        assert editor.take(done["edit"])
        assert editor.texts[uri] == rename(TEXT)
        assert (len(local.history) > asked) is not passes


async def test_what_other_files_decided_a_moment_ago_is_taken_as_it_is(stage: Stage, folder: Path) -> None:
    drafting(stage)
    async with window(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        await marked(editor, uri, *SEEN)
        widened(editor, uri, at=inf, replacements=(Replacement(Span(0, 0), "(\n"),))
        (action,) = await ready(editor, uri, "hight")
        done = await editor.resolve(action)
        assert editor.take(done["edit"])
        assert editor.texts[uri] == "(\n" + TEXT


@pytest.mark.parametrize("end", [Editor.save, Editor.close], ids=["saved", "closed"])
async def test_what_the_old_text_of_another_file_let_pass_is_gone_once_that_file_is_written(
    stage: Stage, folder: Path, end: Callable[[Editor, str], None]
) -> None:
    drafting(stage)
    async with window(stage, folder) as editor:
        other, uri = editor.open("y.py", "SIZE = 1\n"), editor.open("x.py", TEXT)
        await marked(editor, uri, *SEEN)
        widened(editor, uri)
        old = list(stock(editor).shelf)
        editor.type(other, 0, "#")
        end(editor, other)
        await editor.menu(uri, "hight")  # it was heard by then
        assert not [made for made in old if made in list(stock(editor).shelf)]
