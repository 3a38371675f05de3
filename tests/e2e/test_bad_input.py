"""What makes no sense gets a clear answer and loses nothing; the server lives on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from tests.support.e2e import Editor

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXT = "import os\n\n\ndef area(width):\n    return width * hight\n"
INVALID = types.ErrorCodes.InvalidParams.value
FAILED = types.LSPErrorCodes.RequestFailed.value
Json = Any
Tamper = Callable[[dict[str, Json]], Json]


async def refusal(editor: Editor, method: str, params: object) -> tuple[int, str]:
    """Ask for what cannot be; gives the error's code and message, which name nothing of the server's insides."""
    with pytest.raises(JsonRpcException) as refused:
        await editor.client.protocol.send_request_async(method, params)
    assert refused.value.data is None
    assert "Traceback" not in refused.value.message
    return refused.value.code, refused.value.message


async def check_alive(editor: Editor) -> None:
    """See that the server still does its work, and that nobody was asked or told anything by mistake."""
    doc = editor.open("alive.py", "A = f'x'\n")
    await editor.choose(doc, "f'x'", "Fix F541")
    assert doc.text == "A = 'x'\n"
    assert (editor.asked, editor.client.applied) == ([], [])


def menu_params(uri: str, *edges: tuple[int, int]) -> types.CodeActionParams:
    start, end = (types.Position(*edge) for edge in edges or ((0, 0), (0, 0)))
    context = types.CodeActionContext([])
    return types.CodeActionParams(types.TextDocumentIdentifier(uri), types.Range(start, end), context)


@pytest.mark.parametrize(
    ("uri", "code", "message"),
    [
        ("", INVALID, "Not a document's URI: ''. It should look like file:///folder/name.py or untitled:name."),
        ("no uri at all", INVALID, "Not a document's URI: 'no uri at all'."),
        ("file://[half/x.py", INVALID, "Not a document's URI: 'file://[half/x.py'."),
        ("file:///with/%00/zero.py", INVALID, "Not a document's URI"),
        ("untitled:never-opened", FAILED, "untitled:never-opened is not open in the editor. Open it and ask again."),
        ("file:///etc/passwd", INVALID, "file:///etc/passwd is not open and lies outside of the workspace folders."),
    ],
)
@pytest.mark.parametrize("how", ["menu", "instruct"])
async def test_a_document_that_is_none_is_refused(editor: Editor, how: str, uri: str, code: int, message: str) -> None:
    params = menu_params(uri)
    method: str = types.TEXT_DOCUMENT_CODE_ACTION
    asked: object = params
    if how == "instruct":
        method, asked = (
            types.WORKSPACE_EXECUTE_COMMAND,
            types.ExecuteCommandParams("lastmile.instruct", [uri, params.range, "Do it."]),
        )
    got, said = await refusal(editor, method, asked)
    assert (got, said[: len(message)]) == (code, message)
    await check_alive(editor)


@pytest.mark.parametrize("uri", ["", "no uri at all", "file://[half/x.py"])
async def test_notifications_about_what_is_none_are_dropped(editor: Editor, uri: str) -> None:
    client = editor.client
    client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "python", 1, TEXT)))
    change = types.TextDocumentContentChangeWholeDocument("import re\n")
    identifier = types.VersionedTextDocumentIdentifier(2, uri)
    client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [change]))
    client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))
    client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
    await check_alive(editor)
    assert editor.told == []


@pytest.mark.parametrize(
    ("edges", "found"),
    [
        (((99, 0), (99, 1)), None),
        (((0, 0), (2**31 - 1, 0)), None),
        (((0, 7), (0, 2**31 - 1)), ["Fix F401: `os` imported but unused"]),
        (((0, 9), (0, 7)), ["Fix F401: `os` imported but unused"]),
        (((5, 0), (5, 0)), []),
    ],
)
async def test_a_range_outside_is_refused_and_a_place_past_a_line_is_its_end(
    editor: Editor, edges: tuple[tuple[int, int], ...], found: list[str] | None
) -> None:
    doc = editor.open("x.py", TEXT)
    params = menu_params(doc.uri, *edges)
    if found is None:
        code, message = await refusal(editor, types.TEXT_DOCUMENT_CODE_ACTION, params)
        assert (code, message) == (INVALID, "The range lies outside the document, which has 6 lines.")
    else:
        menu = await editor.menu(doc, params.range, only=["quickfix"])
        assert [item.title.removesuffix(" (free)") for item in menu] == found
    await check_alive(editor)


def without(name: str) -> Tamper:
    return lambda data: {key: value for key, value in data.items() if key != name}


def with_(**more: Json) -> Tamper:
    return lambda data: {**data, **more}


def placed(**more: Json) -> Tamper:
    return lambda data: {**data, "place": {**data["place"], **more}}


@pytest.mark.parametrize(
    ("tamper", "code", "message"),
    [
        (lambda _: None, INVALID, "The action has no data that this server wrote. Ask for the menu again."),
        (lambda _: "garbage", INVALID, "The action"),
        (lambda _: [1, 2, 3], INVALID, "The action"),
        (lambda _: {}, INVALID, "The action's data is not what this server wrote"),
        (without("kind"), INVALID, "The action's data is not what this server wrote"),
        (with_(more=1), INVALID, "The action's data is not what this server wrote"),
        (with_(text=7), INVALID, "The action's data is not what this server wrote"),
        (with_(detail="x"), INVALID, "The action's data is not what this server wrote"),
        (with_(strangers=[{"source": "x"}]), INVALID, "The action's data is not what this server wrote"),
        (
            with_(place=None),
            INVALID,
            "The action's data is not what this server wrote: not as it was written @ $.place.",
        ),
        (with_(kind=3), INVALID, "The action's data is not what this server wrote: not a str @ $.kind."),
        (placed(start=-5), INVALID, "The action's data is not what this server wrote"),
        (placed(length=-5), INVALID, "The action's data is not what this server wrote"),
        (placed(start=True), INVALID, "The action's data is not what this server wrote"),
        (with_(uri="file:///etc/passwd"), INVALID, "file:///etc/passwd is not open and lies outside"),
        (with_(uri="../x.py"), INVALID, "Not a document's URI"),
        (with_(kind="erase"), FAILED, "There is no task kind 'erase' here. Known: "),
        (with_(kind="instruct"), FAILED, "The instruction is empty."),
        (with_(kind="docstring"), FAILED, "The request does not say which function or class it is about."),
    ],
)
@pytest.mark.parametrize("how", ["resolve", "command"])
async def test_data_that_was_tampered_with_is_refused(
    editor: Editor, how: str, tamper: Tamper, code: int, message: str
) -> None:
    doc = editor.open("x.py", TEXT)
    entry = await editor.entry(doc, "os", "Fix F401")
    assert isinstance(entry.data, dict)
    data = tamper(entry.data)
    method: str = types.CODE_ACTION_RESOLVE
    asked: object = types.CodeAction(entry.title, data=data)
    if how == "command":
        method, asked = types.WORKSPACE_EXECUTE_COMMAND, types.ExecuteCommandParams("lastmile.apply", [data])
    got, said = await refusal(editor, method, asked)
    assert (got, said[: len(message)]) == (code, message)
    assert doc.text == TEXT
    await check_alive(editor)


@pytest.mark.parametrize(
    "tamper",
    [
        placed(start=10**9),
        placed(length=10**9),
        with_(text="0" * 64),
        with_(detail={"source": "ruff", "code": "E999", "message": "nothing"}),
        with_(detail={"source": ["ruff"], "code": {}, "message": None}),
    ],
)
async def test_data_that_points_elsewhere_ends_in_the_right_edit_or_in_a_message(
    editor: Editor, tamper: Tamper
) -> None:
    doc = editor.open("x.py", TEXT)
    entry = await editor.entry(doc, "os", "Fix F401")
    assert isinstance(entry.data, dict)
    entry.data = tamper(entry.data)
    action = await editor.resolve(entry)
    if action.edit is None:
        (told,) = editor.told
        assert told.endswith(("is no longer there.", "Ask for the menu again."))
    else:
        assert editor.take(action.edit) == ""
        assert doc.text == TEXT.removeprefix("import os\n")
    await check_alive(editor)


async def test_data_that_names_a_file_of_the_workspace_does_not_open_it(editor: Editor) -> None:
    secret = editor.folder / "other.py"
    write(secret, TEXT)
    entry = await editor.entry(editor.open("x.py", TEXT), "os", "Fix F401")
    assert isinstance(entry.data, dict)
    entry.data["uri"] = secret.as_uri()
    code, message = await refusal(editor, types.CODE_ACTION_RESOLVE, entry)
    assert (code, message) == (FAILED, f"{secret.as_uri()} is not open in the editor. Open it and ask again.")


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("command", "arguments", "code", "message"),
    [
        ("lastmile.apply", [], INVALID, "lastmile.apply takes one argument"),
        ("lastmile.apply", [{}, {}], INVALID, "lastmile.apply takes one argument"),
        ("lastmile.instruct", [], INVALID, "lastmile.instruct takes three arguments"),
        ("lastmile.instruct", ["x.py", 3, "Do it."], INVALID, "lastmile.instruct takes three arguments"),
        ("lastmile.instruct", ["x.py", {"start": {"line": "0"}}, "Do it."], INVALID, "lastmile.instruct takes three"),
        ("lastmile.explode", [], INVALID, ""),
    ],
)
async def test_commands_that_make_no_sense_are_refused(
    editor: Editor, command: str, arguments: list[Json], code: int, message: str
) -> None:
    asked = types.ExecuteCommandParams(command, arguments)
    got, said = await refusal(editor, types.WORKSPACE_EXECUTE_COMMAND, asked)
    assert (got, said[: len(message)]) == (code, message)
    await check_alive(editor)


@pytest.mark.parametrize("instruction", ["", "   \n", "x" * 4001])
async def test_an_instruction_that_is_none_or_a_book_is_refused(editor: Editor, instruction: str) -> None:
    doc = editor.open("x.py", TEXT)
    asked = types.ExecuteCommandParams("lastmile.instruct", [doc.uri, doc.place("return"), instruction])
    code, message = await refusal(editor, types.WORKSPACE_EXECUTE_COMMAND, asked)
    assert code == FAILED
    assert message.startswith("The instruction is ")
    await check_alive(editor)


@pytest.mark.slow
async def test_a_method_that_nobody_knows_is_refused(editor: Editor) -> None:
    code, _ = await refusal(editor, "lastmile/unheard-of", {"x": 1})
    assert code == types.ErrorCodes.MethodNotFound.value
    editor.client.protocol.notify("lastmile/unheard-of", {"x": 1})
    await check_alive(editor)
