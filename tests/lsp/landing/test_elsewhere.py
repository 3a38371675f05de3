"""An accepted edit of another file than the one whose menu was used: open, closed, or not there yet."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from tests.support.stage import Stage

from lastmile import files
from lastmile.errors import StaleError
from lastmile.lsp.documents import Documents
from lastmile.lsp.landing.elsewhere import land_elsewhere
from lastmile.lsp.wire import encode
from lastmile.lsp.wire.client import Client
from lastmile.text.edits import apply
from lastmile.text.snapshot import Snapshot

OLD, NEW = "def test_one():\n    pass\n", "def test_one():\n    pass\n\n\ndef test_two():\n    pass\n"
TAKES = Client(versioned_edits=True, creates_files=True, annotations=True)


async def check(stage: Stage, documents: Documents, old: Snapshot) -> types.WorkspaceEdit:
    """Land an edit, and see that it makes the new text."""
    landed = await land_elsewhere(documents, await stage.project(old.path), old=old, text=NEW)
    assert apply(old.text, landed.replacements) == landed.text == NEW
    return encode.workspace_edit(landed.snapshot, landed.replacements, TAKES, label="Write tests", receipt="r")


def opened(path: Path, text: str) -> Documents:
    documents = Documents()
    documents.open(types.TextDocumentItem(path.as_uri(), "python", 7, text))
    return documents


def parts(edit: types.WorkspaceEdit) -> list[tuple[type, object]]:
    """Say what an edit is made of: what is made, and for which version the text is."""
    found: list[tuple[type, object]] = []
    for item in edit.document_changes or ():
        assert isinstance(item, types.TextDocumentEdit | types.CreateFile)
        found.append((type(item), item.text_document.version if isinstance(item, types.TextDocumentEdit) else item.uri))
    return found


async def test_an_open_file_is_edited_at_its_version(stage: Stage, folder: Path) -> None:
    path = folder / "test_a.py"
    edit = await check(stage, opened(path, OLD), Snapshot(path.as_uri(), OLD, path, version=7))
    assert parts(edit) == [(types.TextDocumentEdit, 7)]


async def test_a_closed_file_is_edited_as_it_lies_on_the_disk(stage: Stage, folder: Path) -> None:
    path = folder / "test_a.py"
    path.write_text(OLD)
    assert parts(await check(stage, Documents(), files.read(path))) == [(types.TextDocumentEdit, None)]


async def test_a_file_that_is_not_there_is_made(stage: Stage, folder: Path) -> None:
    path = folder / "test_a.py"
    edit = await check(stage, Documents(), Snapshot(path.as_uri(), "", path, is_new=True))
    assert parts(edit) == [(types.CreateFile, path.as_uri()), (types.TextDocumentEdit, None)]


@pytest.mark.parametrize(
    ("on_disk", "in_editor", "is_new"),
    [
        pytest.param(f"# mine\n{OLD}", None, False, id="changed on the disk"),
        pytest.param(None, None, False, id="gone"),
        pytest.param(OLD, f"# mine\n{OLD}", False, id="changed in the editor alone"),
        pytest.param("", None, True, id="made meanwhile"),
        pytest.param(None, "", True, id="opened meanwhile"),
    ],
)
async def test_what_changed_meanwhile_is_left_alone(
    stage: Stage,
    folder: Path,
    on_disk: str | None,
    in_editor: str | None,
    is_new: bool,  # noqa: FBT001 - a column of the table
) -> None:
    path = folder / "test_a.py"
    if on_disk is not None:
        path.write_text(on_disk)
    documents = Documents() if in_editor is None else opened(path, in_editor)
    with pytest.raises(StaleError, match=r"test_a\.py changed meanwhile; the edit was dropped"):
        await check(stage, documents, Snapshot(path.as_uri(), "" if is_new else OLD, path, is_new=is_new))


async def test_what_cannot_be_read_any_more_is_told(stage: Stage, folder: Path) -> None:
    path = folder / "test_a.py"
    path.write_bytes(b"\xff")
    with pytest.raises(StaleError, match="is not UTF-8"):
        await check(stage, Documents(), Snapshot(path.as_uri(), OLD, path))


def test_whether_a_client_can_make_files() -> None:
    from lastmile.lsp.wire.client import read  # noqa: PLC0415 - beside what it shows

    def creates(*kinds: types.ResourceOperationKind) -> bool:
        edits = types.WorkspaceEditClientCapabilities(resource_operations=kinds)
        caps = types.ClientCapabilities(workspace=types.WorkspaceClientCapabilities(workspace_edit=edits))
        return read(types.InitializeParams(caps)).creates_files

    assert creates(types.ResourceOperationKind.Rename, types.ResourceOperationKind.Create)
    assert not creates(types.ResourceOperationKind.Rename)
    assert not read(types.InitializeParams(types.ClientCapabilities())).creates_files
