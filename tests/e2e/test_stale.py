"""A document that changes under a task: the edit moves along and is judged again, or is dropped and said."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from tests.support.e2e import Editor
from tests.support.e2e_text import Doc
from tests.support.e2e_world import World, block
from tests.support.messages_wire import Gate, Reply

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXT = '''\
"""Areas."""


def area(width):
    return width * hight


def length(side):
    return side * 4
'''
GOOD = block("    return width * hight", "    return width * width")
TITLE = "Fix F821: Undefined name `hight`"
STALE = "area.py changed there since the menu was shown. Ask for the menu again."
LINT = "area.py changed meanwhile and the edit no longer passes lint: F821 is still there: Undefined name `width`"
MODIFIED = types.LSPErrorCodes.ContentModified.value
FAILED = types.LSPErrorCodes.RequestFailed.value

Change = tuple[str, str]
ABOVE: Change = ('"""Areas."""\n', '"""Areas."""\n\nSIDES = 4\n')
BELOW: Change = ("side * 4", "side * SIDES if (SIDES := 4) else 0")
DELETED: Change = ("def area(width):\n    return width * hight\n\n\n", "")


def fixed(text: str) -> str:
    return text.replace("width * hight", "width * width")


async def taken(editor: Editor, doc: Doc, action: types.CodeAction, told: str) -> None:
    """Take the edit, which must be there where nothing was told, and land on what the document has now."""
    before = doc.text
    assert editor.told == ([told] if told else [])
    if told:
        assert (action.edit, doc.text) == (None, before)
        return
    assert action.edit is not None
    assert editor.take(action.edit) == ""
    assert doc.text == fixed(before)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (ABOVE, ""),
        (BELOW, ""),
        (("width * hight", "width * width"), STALE),
        (("hight", "higth"), STALE),
        (DELETED, STALE),
        (("hight\n", "hight\n\n\ndef area(width):\n    return width * hight\n"), STALE),
    ],
    ids=["above", "below", "mended by hand", "inside", "deleted", "copied"],
)
async def test_a_menu_from_before_a_change_still_holds_or_is_refused(
    editor: Editor, shared_world: World, change: Change, told: str
) -> None:
    await editor.configure({"paid": "auto"})
    shared_world.api.default = Reply(GOOD)
    doc = editor.open("area.py", TEXT)
    entry = await editor.entry(doc, "hight", TITLE)
    editor.change(doc, *change)
    await taken(editor, doc, await editor.resolve(entry), told)
    assert len(shared_world.api.requests) == (0 if told else 1)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([ABOVE], ""),
        ([BELOW], ""),
        ([ABOVE, BELOW], ""),
        ([("hight", "higth")], "area.py changed in the same place meanwhile; the edit was dropped. Ask again."),
        ([DELETED], "area.py changed in the same place meanwhile; the edit was dropped. Ask again."),
        ([('"""Areas."""\n', '"""Areas."""\n\nhight = 3\n')], "F821 is no longer there."),
        ([("def length(side)", "def length(side")], "F821 is no longer there."),
        ([("def area(width)", "def area(wide)")], LINT),
    ],
    ids=["above", "below", "both", "inside", "deleted", "mended elsewhere", "broken elsewhere", "no longer right"],
)
async def test_a_document_that_changes_during_the_run_keeps_both_changes_or_its_own(
    editor: Editor, shared_world: World, changes: list[Change], told: str
) -> None:
    await editor.configure({"paid": "auto"})
    gate = Gate()
    shared_world.api.default = Reply(GOOD, gate=gate, gate_after=4)
    doc = editor.open("area.py", TEXT)
    _, answer = editor.resolving(await editor.entry(doc, "hight", TITLE))
    await gate.reached()
    for change in changes:
        editor.change(doc, *change)
    gate.open()
    await taken(editor, doc, await answer, told)


async def test_what_is_typed_after_the_answer_is_for_the_editor_to_refuse(editor: Editor, shared_world: World) -> None:
    await editor.configure({"paid": "auto"})
    shared_world.api.default = Reply(GOOD)
    doc = editor.open("area.py", TEXT)
    action = await editor.resolve(await editor.entry(doc, "hight", TITLE))
    editor.change(doc, *ABOVE)
    assert action.edit is not None
    assert "not at version 1 any more" in editor.take(action.edit)
    assert doc.text == TEXT.replace(*ABOVE)


@pytest.mark.parametrize("again", [False, True], ids=["closed", "closed and opened again"])
async def test_a_document_closed_meanwhile_gets_no_edit(
    editor: Editor,
    shared_world: World,
    again: bool,  # noqa: FBT001 - a table's column
) -> None:
    await editor.configure({"paid": "auto"})
    gate = Gate()
    shared_world.api.default = Reply(GOOD, gate=gate, gate_after=4)
    doc = editor.open("area.py", TEXT)
    _, answer = editor.resolving(await editor.entry(doc, "hight", TITLE))
    await gate.reached()
    editor.close(doc)
    if again:
        doc = editor.open("area.py", TEXT.replace(*ABOVE))
    gate.open()
    await taken(editor, doc, await answer, "" if again else "area.py was closed meanwhile; the edit was dropped.")


async def test_an_action_of_a_document_that_was_closed_says_so(editor: Editor) -> None:
    doc = editor.open("closed.py", TEXT)
    entry = await editor.entry(doc, "hight", TITLE)
    editor.close(doc)
    with pytest.raises(JsonRpcException, match=r"closed\.py is not open in the editor") as refusal:
        await editor.resolve(entry)
    assert refusal.value.code == FAILED


async def test_two_resolves_of_one_action_are_one_run_with_one_result(editor: Editor, shared_world: World) -> None:
    await editor.configure({"paid": "auto"})
    gate = Gate()
    shared_world.api.default = Reply(GOOD, gate=gate, gate_after=4)
    doc = editor.open("area.py", TEXT)
    entry = await editor.entry(doc, "hight", TITLE)
    answers = [editor.resolving(entry)[1] for _ in range(2)]
    await shared_world.api.received(1)
    gate.open()
    first, second = await asyncio.gather(*answers)
    assert first.edit is not None
    assert second.edit is not None
    assert first.edit.document_changes == second.edit.document_changes
    await taken(editor, doc, first, "")
    assert "not at version 1 any more" in editor.take(second.edit)
    assert len(shared_world.api.requests) == 1


async def test_a_menu_is_for_the_text_that_was_there_when_it_was_asked_for(editor: Editor) -> None:
    doc = editor.open("area.py", TEXT)
    context = types.CodeActionContext([])
    params = types.CodeActionParams(types.TextDocumentIdentifier(doc.uri), doc.place("hight"), context)
    asked = editor.client.protocol.send_request(types.TEXT_DOCUMENT_CODE_ACTION, params)
    editor.change(doc, "hight", "width")
    said: Any
    (said,) = await asyncio.gather(asyncio.wrap_future(asked), return_exceptions=True)
    # Where the page was there before the change came, the menu is the old text's.
    assert getattr(said, "code", None) == MODIFIED or [item for item in said if item.title.startswith(TITLE)]
    assert [item for item in await editor.menu(doc, "width * width") if item.title.startswith("Fix F821")] == []


async def test_a_version_that_goes_backwards_changes_nothing(editor: Editor) -> None:
    doc = editor.open("area.py", "A = 1\n")
    editor.replace(doc, "A = f'x'\n")
    late = types.VersionedTextDocumentIdentifier(1, doc.uri)
    whole = types.TextDocumentContentChangeWholeDocument("import os\n")
    editor.client.text_document_did_change(types.DidChangeTextDocumentParams(late, [whole]))
    assert await editor.codes(doc) == ["F541"]
    await editor.choose(doc, "f'x'", "Fix F541")
    assert doc.text == "A = 'x'\n"
