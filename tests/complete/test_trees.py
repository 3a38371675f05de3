"""Trees that are carried over from text to text are those that parsing afresh gives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tree_sitter_python
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_sitter import Language

from lastmile.complete.trees import edited, parsed, parser_of
from lastmile.text.grammars import grammar

CODE = Path(json.__file__).with_name("decoder.py").read_bytes()
EDITS = st.tuples(
    st.integers(0, len(CODE)),
    st.integers(0, 30),
    st.sampled_from([b"", b"x", b"\n", b"(1)", b"'", b"    # \xc3\xa4\n"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(EDITS, max_size=4))
def test_a_tree_is_that_of_its_text(edits: list[tuple[int, int, bytes]]) -> None:
    data = CODE
    for offset, gone, put in edits:
        data = data[:offset] + put + data[offset + gone :]
        found = parsed(data, None)
        fresh = parser_of(None).parse(data)
        assert found.data == data
        assert found.tree.root_node.end_byte == fresh.root_node.end_byte
        assert found.tree.root_node.has_error == fresh.root_node.has_error
        if not fresh.root_node.has_error:
            assert str(found.tree.root_node) == str(fresh.root_node)


@pytest.mark.parametrize(("start", "end"), [(0, 0), (100, 120), (len(CODE), len(CODE))])
def test_an_edit_changes_no_tree_that_is_kept(start: int, end: int) -> None:
    old = parsed(CODE, None)
    before = str(old.tree.root_node)
    edited(old, CODE[:start] + b"pass\n" + CODE[end:], (start, end), parser_of(None))
    assert str(old.tree.root_node) == before
    assert parsed(CODE, None) is old


def test_languages_do_not_meet() -> None:
    script = grammar("javascript")
    if script is None:
        pytest.skip("no grammars are installed")
    text = b"f(1);\n" * 50
    assert parsed(text, None).tree.root_node.type == "module"
    assert parsed(text, script).tree.root_node.type == "program"
    assert parsed(text, Language(tree_sitter_python.language())).tree.root_node.type == "module"
