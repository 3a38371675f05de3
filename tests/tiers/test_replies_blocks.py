"""What a reply of SEARCH/REPLACE blocks is read as, by table: looked up in the document, never guessed."""

from __future__ import annotations

import pytest
from tests.support.drafting import applied, make_task

from lastmile.cascade.draft import Replace, SearchReplace
from lastmile.text.edits import Replacement, Span
from lastmile.tiers.prompt import Style
from lastmile.tiers.replies import read


def test_halves_that_both_stand_in_the_document_are_not_guessed() -> None:
    reply = "<<<<<<< SEARCH\nTitle\n=======\n=======\nName\n=======\n>>>>>>> REPLACE"
    edits, defect = read(reply, make_task("Title\n=======\n\ntext\n"), style=Style.BLOCKS)
    assert edits == ()
    assert "several =======" in defect


def block(search: str, text: str, *, width: int = 7) -> str:
    return f"{'<' * width} SEARCH\n{search}{'=' * width}\n{text}{'>' * width} REPLACE\n"


CODE = "import os\n\n\ndef f(a):\n    x = 1\n    if a:\n        return a\n    return x\n\n\ndef g(a):\n    return a\n"


def check_blocks(text: str, reply: str, expected: str) -> None:
    task = make_task(text)
    edits, defect = read(reply, task, style=Style.BLOCKS)
    assert defect == ""
    assert applied(task, edits) == expected


@pytest.mark.parametrize(
    ("text", "reply", "expected"),
    [
        pytest.param(CODE, block("    x = 1\n", "    x = 2\n"), CODE.replace("x = 1", "x = 2"), id="as asked"),
        pytest.param(
            CODE,
            "Here:\n```python\n" + block("    x = 1\n", "    x = 2\n") + "```\nDone.",
            CODE.replace("x = 1", "x = 2"),
            id="fenced, with chatter",
        ),
        pytest.param(
            CODE,
            block("```python\n    x = 1\n```\n", "```python\n    x = 2\n```\n"),
            CODE.replace("x = 1", "x = 2"),
            id="fences inside",
        ),
        pytest.param(
            CODE,
            block("import os\n", "") + "\nand\n\n" + block("    return x\n", "    return a\n"),
            CODE.replace("import os\n", "").replace("return x", "return a"),
            id="two blocks, one deletes",
        ),
        pytest.param(
            CODE,
            block("if a:\n    return a\n", "if not a:\n    return None\n\n"),
            CODE.replace("    if a:\n        return a\n", "    if not a:\n        return None\n\n"),
            id="all indentation lost",
        ),
        pytest.param(
            CODE,
            block("    return a\nreturn x\n", "    return b\nreturn x\n"),
            CODE.replace("        return a\n", "        return b\n"),
            id="all indentation lost, the first line deeper",
        ),
        pytest.param(
            CODE,
            block("      if a:\n          return a\n", "      if not a:\n          return a\n"),
            CODE.replace("if a", "if not a"),
            id="indented too far",
        ),
        pytest.param(
            CODE,
            block("    x = 1  \n    if a:\n", "    if a:\n"),
            CODE.replace("    x = 1\n", ""),
            id="blanks at a line's end",
        ),
        pytest.param("a\r\nb\r\nc\r\n", block("b\n", "d\ne\n"), "a\r\nd\r\ne\r\nc\r\n", id="crlf document"),
        pytest.param("a\r\nb\nc\n", block("a\nb\n", "d\n"), "d\r\nc\n", id="mixed line ends"),
        pytest.param("a\nb", block("b\n", "c\n"), "a\nc", id="no final line end"),
        pytest.param("a\nb", block("b\n", ""), "a\n", id="last line deleted"),
        pytest.param("", block("", "x = 1\n"), "x = 1\n", id="empty document"),
        pytest.param(
            CODE, block("return x\n", "return None\n"), CODE.replace("return x", "return None"), id="one line, shifted"
        ),
        pytest.param(
            "Title\n=======\n\ntext\n",
            block("Title\n=======\n", "Name\n=======\n", width=9),
            "Name\n=======\n\ntext\n",
            id="dividers in the code, narrower than the marks",
        ),
        pytest.param(
            "Title\n=======\n\nTitle\n",
            block("Title\n=======\n", "Name\n"),
            "Name\n\nTitle\n",
            id="dividers in the code, told apart by what stands in the document",
        ),
        pytest.param(
            "Title\n\ntext\n",
            block("Title\n", "Title\n=======\n"),
            "Title\n=======\n\ntext\n",
            id="a divider comes new",
        ),
        pytest.param(
            CODE,
            "<<<<<<<<< SEARCH>\n    x = 1\n=========\n    x = 2\n>>>>>>>>> REPLACE",
            CODE.replace("x = 1", "x = 2"),
            id="longer marks",
        ),
        pytest.param(
            CODE,
            "**pkg/mod.py**\n" + block("    x = 1\n", "    x = 2\n"),
            CODE.replace("x = 1", "x = 2"),
            id="its own path",
        ),
        pytest.param("a = max\nx = 1\n", block("x = 1\n", "x = 2\n"), "a = max\nx = 2\n", id="whole lines only"),
        pytest.param(
            "max = 1\nx = 1\n", block("x = 1\n", "x = 2\n"), "max = 1\nx = 2\n", id="also part of another line"
        ),
        pytest.param("a b c\n", block("b\n", "d\n"), "a d c\n", id="part of a line, once"),
    ],
)
def test_edit_blocks_are_looked_up_in_the_document(text: str, reply: str, expected: str) -> None:
    check_blocks(text, reply, expected)


@pytest.mark.parametrize(
    ("text", "search"),
    [
        pytest.param(CODE, "    return b\n", id="never"),
        pytest.param(CODE + CODE, "    x = 1\n", id="twice"),
        pytest.param(CODE + CODE, "x = 1\n", id="twice, shifted"),
        pytest.param(CODE, "if a:\nreturn a\n", id="shifts that differ"),
        pytest.param(CODE, "", id="nothing"),
        pytest.param(CODE, "\n", id="a blank line"),
        pytest.param(CODE, "def f(a):\n    ...\n    return x\n", id="with an ellipsis"),
    ],
)
def test_what_occurs_twice_or_never_is_left_to_be_refused(text: str, search: str) -> None:
    edits, defect = read(block(search, "    y = 1\n"), make_task(text), style=Style.BLOCKS)
    assert defect == ""
    assert edits == (SearchReplace(search.removesuffix("\n"), "    y = 1"),)


@pytest.mark.parametrize(
    "reply",
    [
        "src/other.py\n" + block("    x = 1\n", "    x = 2\n"),
        "src/other.py\n```python\n" + block("    x = 1\n", "    x = 2\n") + "```",
        "### File: `src/other.py`\n" + block("    x = 1\n", "    x = 2\n"),
        "```python:src/other.py\n" + block("    x = 1\n", "    x = 2\n") + "```",
        block("    x = 1\n", "    x = 2\n").replace("SEARCH", "SEARCH src/other.py"),
        "src\\other.py\n" + block("    x = 1\n", "    x = 2\n"),
    ],
)
def test_an_edit_block_for_another_file_carries_its_path(reply: str) -> None:
    edits, defect = read(reply, make_task(CODE), style=Style.BLOCKS)
    assert defect == ""
    assert edits == (SearchReplace("    x = 1", "    x = 2", "src/other.py"),)


def test_whole_lines_are_replaced_with_their_ends() -> None:
    task = make_task("a\nb\nc\n")
    edits, _ = read(block("b\n", ""), task, style=Style.BLOCKS)
    assert edits == (Replace(Replacement(Span(2, 4), "")),)
