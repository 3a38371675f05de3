"""Edits as the wire has them say the same as our own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types
from pygls.protocol import default_converter

from lastmile.lsp.wire import client, decode, encode
from lastmile.lsp.wire.client import Client
from lastmile.quoting import Quote
from lastmile.tasks.kind import Offer
from lastmile.text.edits import Replacement, Span, apply, difference
from lastmile.text.lines import LineIndex
from lastmile.text.positions import Encoding
from lastmile.text.snapshot import Snapshot

PIECES = ["a", "bc", "é", "🐍", "\t", "\n", "\r", "\r\n", "\x0c", "\x85", "\u2028"]
TEXT = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


@given(TEXT, TEXT, st.sampled_from(Encoding))
def test_an_edit_read_back_as_an_editor_reads_it_makes_the_new_text(old: str, new: str, encoding: Encoding) -> None:
    snapshot = Snapshot("file:///x.py", old, version=3)
    edit = encode.workspace_edit(
        snapshot, difference(old, new), Client(encoding=encoding, versioned_edits=True), label="l", receipt="r"
    )
    (change,) = edit.document_changes or ()
    assert isinstance(change, types.TextDocumentEdit)
    read = [
        Replacement(decode.span(snapshot.lines, item.range, encoding), item.new_text)
        for item in change.edits
        if not isinstance(item, types.SnippetTextEdit)
    ]
    assert apply(old, read) == new
    assert change.text_document.version == 3


@given(TEXT, st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.sampled_from(Encoding))
def test_any_range_becomes_a_span_of_the_text(
    text: str, line: int, character: int, to_line: int, to_character: int, encoding: Encoding
) -> None:
    place = types.Range(types.Position(line, character), types.Position(to_line, to_character))
    assert Span(0, len(text)).contains(decode.span(LineIndex(text), place, encoding))


def offer(**more: Any) -> Offer:  # noqa: ANN401 - fields of an offer
    return Offer("fix", "Fix it", "quickfix", Span(0, 1), **more)


@pytest.mark.parametrize(
    ("made", "quote", "title"),
    [
        (offer(may_use_model=False), Quote(), "Fix it (free)"),
        (offer(may_use_model=False), Quote(up_to=1.0), "Fix it (free)"),
        (offer(), Quote(), "Fix it (free)"),
        (offer(), Quote(unpriced=True), "Fix it (free first)"),
        (offer(), Quote(up_to=0.0183), "Fix it (free first, then up to $0.018)"),
        (offer(), Quote(up_to=1.5), "Fix it (free first, then up to $1.50)"),
        (offer(), Quote(free=False, up_to=1.5), "Fix it (up to $1.50)"),
        (offer(), Quote(free=False, barred="no key"), "Fix it"),
    ],
)
def test_the_title_says_what_it_may_cost(made: Offer, quote: Quote, title: str) -> None:
    assert encode.title(made, quote) == title


@pytest.mark.parametrize("taker", [Client(literals=True, resolves=True, disabled=True), Client(literals=True)])
def test_what_cannot_run_carries_its_reason_and_nothing_to_run(taker: Client) -> None:
    made = offer(disabled="No model is set up.", preferred=True)
    encoded = encode.action(made, Snapshot("file:///x.py", "x"), taker, quote=Quote(), ticket={})
    assert encoded["disabled"] == {"reason": "No model is set up."}
    assert encoded.keys() & {"data", "command", "isPreferred"} == set()


def test_what_is_plain_json_is_what_the_protocol_says() -> None:
    converter = default_converter()  # type: ignore[no-untyped-call]  # pygls' own
    full = Client(literals=True, resolves=True, llm_tag=True, links=True, tags=True)
    encoded = encode.action(offer(), Snapshot("file:///x.py", "x"), full, quote=Quote(model=True), ticket={"a": [1]})
    action = converter.structure(json.loads(json.dumps(encoded)), types.CodeAction)
    assert (action.kind, action.data) == (types.CodeActionKind.QuickFix, {"a": [1]})
    assert list(action.tags or ()) == [types.CodeActionTag.LlmGenerated]


@pytest.mark.parametrize(("knows", "model", "tagged"), [(True, True, True), (True, False, False), (False, True, False)])
def test_what_a_model_may_write_is_tagged_for_clients_that_know_the_tag(
    *, knows: bool, model: bool, tagged: bool
) -> None:
    taker = Client(literals=True, resolves=True, llm_tag=knows)
    encoded = encode.action(offer(), Snapshot("file:///x.py", "x"), taker, quote=Quote(model=model), ticket={})
    assert ("tags" in encoded) is tagged


def test_a_client_that_says_nothing_can_nothing() -> None:
    params = types.InitializeParams(types.ClientCapabilities())
    assert client.read(params) == Client()
