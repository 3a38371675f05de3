"""What a reply is read as, by table: tolerant of fences, chatter and shifts, never of ambiguity."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.drafting import applied, make_task

from lastmile.tiers.prompt import Style
from lastmile.tiers.replies import GROWTH, MOST_BLOCKS, MOST_CHARACTERS, MOST_LINES, read

METHOD = """\
class A:
    «def f(self):
        return 1»

    def g(self):
        return 2
"""
METHOD_DONE = METHOD.replace("«", "").replace("»", "").replace("return 1", "return 3")
TOP = "x = 1\n\n\n«def f():\n    return 1»\n"
TOP_DONE = "x = 1\n\n\ndef f():\n    return 3\n"
DOCSTRING = 'class A:\n    «def f(self):\n        """Do.\n\nmore at the margin\n        """\n        return 1»\n'


def check_whole(marked: str, reply: str, expected: str) -> None:
    task = make_task(marked)
    edits, defect = read(reply, task, style=Style.WHOLE)
    assert defect == ""
    assert applied(task, edits) == expected


@pytest.mark.parametrize(
    ("marked", "reply", "expected"),
    [
        pytest.param(METHOD, "```python\n    def f(self):\n        return 3\n```", METHOD_DONE, id="as asked"),
        pytest.param(
            METHOD,
            "Sure!\n\n```py\n    def f(self):\n        return 3\n```\nIt now returns 3.",
            METHOD_DONE,
            id="chatter",
        ),
        pytest.param(METHOD, "~~~\n    def f(self):\n        return 3\n~~~", METHOD_DONE, id="tildes"),
        pytest.param(METHOD, "    def f(self):\n        return 3\n", METHOD_DONE, id="no fence"),
        pytest.param(METHOD, "```\ndef f(self):\n    return 3\n```", METHOD_DONE, id="all indentation lost"),
        pytest.param(
            METHOD, "```\ndef f(self):\n        return 3\n```", METHOD_DONE, id="first line's indentation lost"
        ),
        pytest.param(
            METHOD, "```\n        def f(self):\n            return 3\n```", METHOD_DONE, id="indented too far"
        ),
        pytest.param(METHOD, "  ```\n    def f(self):\n        return 3\n  ```", METHOD_DONE, id="indented fence"),
        pytest.param(
            METHOD, "```\n\n\n    def f(self):\n        return 3\n\n\n```", METHOD_DONE, id="blank lines around"
        ),
        pytest.param(
            METHOD, "```python\r\n    def f(self):\r\n        return 3\r\n```\r\n", METHOD_DONE, id="crlf reply"
        ),
        pytest.param(
            METHOD,
            2 * "```\n    def f(self):\n        return 3\n\n```\nAgain:\n",
            METHOD_DONE,
            id="the same block twice",
        ),
        pytest.param(
            METHOD,
            "<think>\n```\nno\n```\n</think>\n```\n    def f(self):\n        return 3\n```",
            METHOD_DONE,
            id="thoughts",
        ),
        pytest.param(
            METHOD, "hm\n</think>\n```\n    def f(self):\n        return 3\n```", METHOD_DONE, id="end of thoughts"
        ),
        pytest.param(
            METHOD,
            "<<<<<<< SEARCH\n        return 1\n=======\n        return 3\n>>>>>>> REPLACE",
            METHOD_DONE,
            id="edit blocks where the whole was asked",
        ),
        pytest.param(TOP, "```\ndef f():\n    return 3\n```", TOP_DONE, id="top level"),
        pytest.param(TOP, "```\n    def f():\n        return 3\n```", TOP_DONE, id="top level, indented"),
        pytest.param(TOP, "pkg/mod.py\n```python\ndef f():\n    return 3\n```", TOP_DONE, id="its own path"),
        pytest.param(TOP, "```python:mod.py\ndef f():\n    return 3\n```", TOP_DONE, id="its own name on the fence"),
        pytest.param("«x = 1»", "```\nx = 2\n```", "x = 2", id="no final line end"),
        pytest.param("«x = 1\n»", "```\nx = 2\n```", "x = 2\n", id="the target's line end stays"),
        pytest.param("\n«\n\nx = 1\n\n»\n", "```\nx = 2\n```", "\n\n\nx = 2\n\n\n", id="the target's blank lines stay"),
        pytest.param("y = «x == None»\n", "```\n    x is None\n```", "y = x is None\n", id="within a line"),
        pytest.param("«»", "```\nx = 2\n```", "x = 2\n", id="empty document"),
        pytest.param("a = 1\n«»", "```\nx = 2\n```", "a = 1\nx = 2\n", id="inserted at the end"),
        pytest.param("a = 1\n«»b = 1\n", "```\nx = 2\n```", "a = 1\nx = 2\nb = 1\n", id="inserted between lines"),
        pytest.param("a = 1\n«»\nb = 1\n", "```\nx = 2\n```", "a = 1\nx = 2\nb = 1\n", id="inserted on an empty line"),
        pytest.param(
            "if a:\n    «»\nb = 1\n", "```\nx = 2\n```", "if a:\n    x = 2\nb = 1\n", id="inserted behind blanks"
        ),
        pytest.param("a = 1\n«\n\n»b = 1\n", "```\nx = 2\n```", "a = 1\nx = 2\n\nb = 1\n", id="blank lines replaced"),
        pytest.param(
            "if a:\r\n    «b = 1\r\n    c = 1»\r\n",
            "```\n    b = 2\n    c = 2\n```",
            "if a:\r\n    b = 2\r\n    c = 2\r\n",
            id="crlf document",
        ),
        pytest.param("«a = 1\rb = 1»\r", "```\na = 2\nb = 2\n```", "a = 2\rb = 2\r", id="cr document"),
        pytest.param(
            "if a:\n    «b = 1\n    c = 1»\n",
            "```\nb = 2\nc = 2\n```",
            "if a:\n    b = 2\n    c = 2\n",
            id="flat, all lost",
        ),
        pytest.param(
            "if a:\n    «b = 1\n    c = 1»\n",
            "```\nb = 2\n    c = 2\n```",
            "if a:\n    b = 2\n    c = 2\n",
            id="flat, first lost",
        ),
        pytest.param(
            "if a:\n    «b = 1»\n",
            "```\nif c:\n    b = 1\n```",
            "if a:\n    if c:\n        b = 1\n",
            id="grown, all lost",
        ),
        pytest.param(
            "if a:\n    «b = 1»\n",
            "```\nif c:\n        b = 1\n```",
            "if a:\n    if c:\n        b = 1\n",
            id="grown, first lost",
        ),
        pytest.param("if a:\n\t«b = 1\n\tc = 1»\n", "```\nb = 2\nc = 2\n```", "if a:\n\tb = 2\n\tc = 2\n", id="tabs"),
        pytest.param(
            DOCSTRING,
            '```\ndef f(self):\n    """Do.\n\nmore at the margin\n    """\n    return 3\n```',
            DOCSTRING.replace("«", "").replace("»", "").replace("return 1", "return 3"),
            id="margin lines of a string stay",
        ),
        pytest.param(
            "x = 1\x0c\n«y = 1»\n", "```\ny = '\u2028'\n```", "x = 1\x0c\ny = '\u2028'\n", id="foreign line ends"
        ),
    ],
)
def test_a_whole_reply_becomes_the_target(marked: str, reply: str, expected: str) -> None:
    check_whole(marked, reply, expected)


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize(
    ("reply", "says"),
    [
        ("", "empty"),
        (" \n\n\t", "empty"),
        ("<think>what if", "reasoning"),
        ("<think>what if</think>\n", "empty"),
        ("I cannot do that.", "no "),
        ("The function already returns 3.", "no "),
        ("def g(): pass\n" * (MOST_LINES + 1), "lines"),
        ("```\n" + "x" * (MOST_CHARACTERS + 1) + "\n```", "characters"),
        ("```\ndef f():\n    return '\ud800'\n```", "characters that no file can hold"),
        ("<<<<<<< SEARCH\n    return 1\n=======\n    return 3\n", "cut off"),
        ("<<<<<<< SEARCH\n    return 1\n", "cut off"),
        ("<<<<<<< SEARCH\n    return 1\n>>>>>>> REPLACE", "======="),
        ("<<<<<<< SEARCH\na\n<<<<<<< SEARCH\nb\n=======\nc\n>>>>>>> REPLACE", "before the one above"),
        ("<<<<<<< SEARCH\nd\n=======\ne\n=======\nf\n>>>>>>> REPLACE", "several ======="),
        ("<<<<<<< SEARCH\n" + "=======\n" * 9 + ">>>>>>> REPLACE", "so many ======="),
        ("<<<<<<< SEARCH\n=======\n>>>>>>> REPLACE\n" * (MOST_BLOCKS + 1), "edit blocks"),
    ],
)
def test_what_cannot_be_read_is_a_defect(reply: str, says: str, style: Style) -> None:
    edits, defect = read(reply, make_task(TOP), style=style)
    assert edits == ()
    assert says in defect


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        ("```\ndef f():\n    return 3\n```\nor\n```\ndef f():\n    return 4\n```", "several different"),
        ("```\ndef f():\n    return 3", "cut off"),
        ("```\n\n```", "code block is empty"),
        ("return 3", "no code block"),
    ],
)
def test_a_whole_reply_has_one_code_block(reply: str, says: str) -> None:
    edits, defect = read(reply, make_task(TOP), style=Style.WHOLE)
    assert edits == ()
    assert says in defect


def test_an_unfenced_reply_for_an_empty_target_is_prose() -> None:
    assert read("x = 1", make_task("a\n«»"), style=Style.WHOLE) == ((), "The reply holds no code block.")


def test_a_long_target_may_have_a_long_reply() -> None:
    lines = MOST_LINES
    task = make_task("x = 1\n" * lines)
    longest = "```\n" + "x = 2\n" * (GROWTH * (lines + 1) - 2) + "```"
    assert read(longest, task, style=Style.WHOLE)[1] == ""
    assert "lines" in read("x = 3\n" + longest, task, style=Style.WHOLE)[1]


def test_a_code_block_alone_is_no_edit_block() -> None:
    edits, defect = read("```\ndef f():\n    return 3\n```", make_task(TOP), style=Style.BLOCKS)
    assert edits == ()
    assert defect == "The reply holds no SEARCH/REPLACE block."


@pytest.mark.parametrize(
    ("header", "path"),
    [
        ("../../etc/passwd", "../../etc/passwd"),
        ("/etc/shadow", "/etc/shadow"),
        ("~/.ssh/authorized_keys", "~/.ssh/authorized_keys"),
        ("C:\\Users\\me\\other.py", "/Users/me/other.py"),
        ("other/mod.py", "other/mod.py"),
        ("Makefile.toml", "Makefile.toml"),
        ("`mod.py`:", ""),
        ("/project/pkg/mod.py", ""),
        ("./mod.py", ""),
        ("e.g.", ""),
        ("and/or", ""),
        ("os.path", ""),
        ("I change what other.py expects here, and more:", ""),
        ("---", ""),
    ],
)
def test_a_header_is_a_path_or_it_is_not(header: str, path: str) -> None:
    reply = f"{header}\n```\ndef f():\n    return 3\n```"
    edits, defect = read(reply, make_task(TOP), style=Style.WHOLE)
    assert defect == ""
    assert [edit.path for edit in edits] == [path]


def test_a_name_of_several_words_is_a_name() -> None:
    task = make_task(TOP, path=Path("/project/my other mod.py"))
    edits, _ = read("my other mod.py\n```\ndef f():\n    return 3\n```", task, style=Style.WHOLE)
    assert [edit.path for edit in edits] == [""]


def test_what_looks_like_the_end_of_thoughts_may_be_code() -> None:
    task = make_task("«END = '</think>'»\n")
    edits, defect = read("```\nEND = ('</think>',)\n```", task, style=Style.WHOLE)
    assert defect == ""
    assert applied(task, edits) == "END = ('</think>',)\n"


def test_a_document_without_a_file_has_no_path_of_its_own() -> None:
    reply = "mod.py\n```\ndef f():\n    return 3\n```"
    edits, _ = read(reply, make_task(TOP, path=None), style=Style.WHOLE)
    assert [edit.path for edit in edits] == ["mod.py"]
