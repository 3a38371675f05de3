"""The open documents, fuzzed against an editor that holds its text in the plainest way."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from lastmile.errors import RequestError
from lastmile.lsp.documents import Documents
from lastmile.lsp.host import Server
from lastmile.lsp.server import build
from lastmile.text.positions import Encoding

URI = "file:///x.py"
ALPHABET = [
    "a",
    "b",
    "é",
    "ß",
    "🐍",
    "😀",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x85",
    "\u2028",
    "\u2029",
]
TEXT = st.lists(st.sampled_from(ALPHABET), max_size=20).map("".join)
UNITS = {Encoding.UTF8: ("utf-8", 1), Encoding.UTF16: ("utf-16-le", 2), Encoding.UTF32: ("utf-32-le", 4)}


def item(text: str, *, version: int = 1, uri: str = URI) -> types.TextDocumentItem:
    return types.TextDocumentItem(uri, "python", version, text)


def identifier(version: int, uri: str = URI) -> types.VersionedTextDocumentIdentifier:
    return types.VersionedTextDocumentIdentifier(version, uri)


def naive_offset(text: str, position: types.Position, encoding: Encoding) -> int:
    """Read the specification aloud: three line ends, and units counted one character at a time."""
    pieces = re.split("(\r\n|\n|\r)", text)
    lines, ends = pieces[::2], [*pieces[1::2], ""]
    if position.line >= len(lines):
        return len(text)
    before = sum(len(line) + len(end) for line, end in zip(lines[: position.line], ends, strict=False))
    codec, size = UNITS[encoding]
    units = 0
    for count, char in enumerate(lines[position.line]):
        units += len(char.encode(codec)) // size
        if units > position.character:
            return before + count
    return before + len(lines[position.line])


def changed(text: str, batch: list[types.TextDocumentContentChangeEvent], encoding: Encoding) -> str:
    """Apply changes in the plainest way."""
    for change in batch:
        if isinstance(change, types.TextDocumentContentChangePartial):
            start = naive_offset(text, change.range.start, encoding)
            end = naive_offset(text, change.range.end, encoding)
            text = text[:start] + change.text + text[max(start, end) :]
        else:
            text = change.text
    return text


POSITIONS = st.builds(types.Position, st.integers(0, 8), st.integers(0, 12))
RANGES = st.tuples(POSITIONS, POSITIONS).map(
    lambda pair: types.Range(*sorted(pair, key=lambda p: (p.line, p.character)))
)
CHANGES = st.one_of(
    st.builds(types.TextDocumentContentChangePartial, RANGES, TEXT),
    st.builds(types.TextDocumentContentChangeWholeDocument, TEXT),
)


@given(TEXT, st.lists(st.lists(CHANGES, max_size=3), max_size=6), st.sampled_from(Encoding))
def test_any_edits_leave_the_text_that_the_editor_has(
    text: str, batches: list[list[types.TextDocumentContentChangeEvent]], encoding: Encoding
) -> None:
    documents = Documents(encoding)
    document = documents.open(item(text))
    for version, batch in enumerate(batches, 2):
        documents.change(identifier(version), batch)
        text = changed(text, batch, encoding)
        assert document.snapshot.text == text
        assert document.snapshot.version == version


class Sent:
    """Takes what the server sends."""

    def __init__(self) -> None:
        self.data: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.data.append(data)

    def close(self) -> None:
        """Take nothing more."""


@cache
def wired(encoding: Encoding) -> tuple[Server, Callable[[str, object], None]]:
    """Give a server that has been initialized, and a way to send it notifications as bytes."""
    server = build(lambda: None)  # type: ignore[arg-type, return-value]
    server.protocol.set_writer(Sent())

    def send(message: dict[str, object]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message})
        server.protocol.handle_message(json.loads(body, object_hook=server.protocol.structure_message))

    caps = {"general": {"positionEncodings": [encoding.value]}, "textDocument": {"diagnostic": {}}}
    send({"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": caps}})
    return server, lambda method, params: send({"method": method, "params": params})


def plain(change: types.TextDocumentContentChangeEvent) -> dict[str, object]:
    if not isinstance(change, types.TextDocumentContentChangePartial):
        return {"text": change.text}
    edges = {"start": change.range.start, "end": change.range.end}
    place = {name: {"line": edge.line, "character": edge.character} for name, edge in edges.items()}
    return {"range": place, "text": change.text}


@given(TEXT, st.lists(st.lists(CHANGES, max_size=3), max_size=4), st.sampled_from(Encoding))
def test_the_wire_leaves_the_same_text(
    text: str, batches: list[list[types.TextDocumentContentChangeEvent]], encoding: Encoding
) -> None:
    asyncio.run(replay(text, batches, encoding))


async def replay(text: str, batches: list[list[types.TextDocumentContentChangeEvent]], encoding: Encoding) -> None:
    """Send changes, and end what the server does about them."""
    server, send = wired(encoding)
    send("textDocument/didOpen", {"textDocument": {"uri": URI, "languageId": "python", "version": 1, "text": text}})
    for version, batch in enumerate(batches, 2):
        document = {"uri": URI, "version": version}
        send("textDocument/didChange", {"textDocument": document, "contentChanges": [plain(item) for item in batch]})
        text = changed(text, batch, encoding)
    assert server.documents.get(URI).snapshot.text == text
    assert server.workspace.text_documents == {}
    await server.background.close()


def test_a_snapshot_is_kept_until_the_next_change() -> None:
    documents = Documents()
    document = documents.open(item("a\n"))
    first = document.snapshot
    assert document.snapshot is first
    documents.change(identifier(2), [types.TextDocumentContentChangeWholeDocument("b\n")])
    assert (first.text, document.snapshot.text, document.edition) == ("a\n", "b\n", 1)


def test_a_version_that_goes_back_is_refused_and_nothing_changes(caplog: pytest.LogCaptureFixture) -> None:
    documents = Documents()
    document = documents.open(item("a\n", version=7))
    whole = [types.TextDocumentContentChangeWholeDocument("b\n")]
    with caplog.at_level(logging.WARNING):
        assert documents.change(identifier(6), whole) is None
    assert "its version 6 is older than 7" in caplog.text
    assert (document.snapshot.text, document.version) == ("a\n", 7)
    assert documents.change(identifier(7), whole) is document  # some clients do not count
    assert document.snapshot.text == "b\n"


def test_what_is_not_open_is_dropped_with_a_word(caplog: pytest.LogCaptureFixture) -> None:
    documents = Documents()
    with caplog.at_level(logging.WARNING):
        assert documents.change(identifier(1), []) is None
        assert documents.close(URI) is None
    assert "it is not open" in caplog.text
    assert "was not open" in caplog.text
    with pytest.raises(RequestError, match="not open here"):
        documents.get(URI)


def test_opening_again_replaces_and_closing_forgets() -> None:
    documents = Documents()
    documents.open(item("a", uri="file:///a%20b.py"))
    documents.open(item("c", uri="file:///a b.py"))
    assert [document.snapshot.text for document in documents] == ["c"]
    assert documents.get("file:///a%20b.py").uri == "file:///a b.py"
    documents.close("file:///a b.py")
    assert len(documents) == 0


@pytest.mark.parametrize(("uri", "is_cell"), [(URI, False), ("vscode-notebook-cell:/n.ipynb#W0", True)])
def test_a_cell_is_known_as_one(uri: str, is_cell: bool) -> None:  # noqa: FBT001 - a table's column
    assert Documents().open(item("", uri=uri)).is_cell is is_cell


def test_others_are_what_is_open_and_a_file(tmp_path: Path) -> None:
    documents = Documents()
    uris = [(tmp_path / name).as_uri() for name in ("a.py", "b.py")]
    cell = "vscode-notebook-cell:" + uris[0].removeprefix("file:").replace("a.py", "n.ipynb") + "#1"
    for uri in (*uris, "untitled:one", cell):
        documents.open(types.TextDocumentItem(uri, "python", 1, f"# {uri}\n"))
    assert documents.others(tmp_path / "a.py") == {tmp_path / "b.py": f"# {uris[1]}\n"}
    assert len(documents.others(None)) == 2
