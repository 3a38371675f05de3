from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from lastmile.text.markdown import plain

MARKDOWN = MarkdownIt("commonmark", {"html": True})
TEXTS = st.text(alphabet="ab `\\[](){}<>!*_~&#|-.:/\"'=\n\t", max_size=40)


def tokens(text: str) -> list[tuple[str, str]]:
    """Give what a line of a report renders to behind its beginning."""
    (inline,) = [token for token in MARKDOWN.parse(f"- **lint**: {text}") if token.type == "inline"]
    return [(token.type, token.content) for token in inline.children or ()][4:]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("F401 is new: `os` imported", "F401 is new: `os` imported"),
        ("![x](https://host/?secret)", r"!\[x\](https://host/?secret)"),
        ("<img src=x> & [a]: b", r"\<img src=x\> \& \[a\]: b"),
        ("two\n\nlines", "two lines"),
        ("`a` `[b](c) `` d", r"`a` \`\[b\](c) \`\` d"),
        ("test_shop of __init__, _x", r"test_shop of \_\_init\_\_, \_x"),
        ("back\\slash ``a`b`` ", r"back\\slash ``a`b``"),
    ],
)
def test_only_code_is_left(text: str, expected: str) -> None:
    assert plain(text) == expected


@given(TEXTS)
def test_nothing_is_rendered_but_text_and_code(text: str) -> None:
    assert {kind for kind, _ in tokens(f"x{plain(text)}x")} <= {"text", "code_inline", "text_special"}
