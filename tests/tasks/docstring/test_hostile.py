"""No text makes the judge raise, and where it cannot judge it refuses."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.support.docstrings import page_of, task_of
from tests.support.source import PIECES, PYTHON_PIECES, texts

from lastmile.cascade.task import Oracle, Scope, Task
from lastmile.config.tree import Convention
from lastmile.docstrings.fragment import Place
from lastmile.docstrings.judging import judge, study
from lastmile.tasks.docstring import DocstringCheck
from lastmile.text.edits import Span
from lastmile.tools.offload import Offload

CODE = "def foo(a, *b):\n    raise KeyError(a)\n"
WORDS = (
    *("Args:", "Returns:", "Raises:", "Parameters", "----------", ":param a:", ":param", ":raises", ":returns:"),
    *("    ", "\n", "\n\n", "\n    ", "a", "*b", "**", "\\", "KeyError", " : ", ": ", "(", ")", "`", ":exc:`", "x y z"),
    *("Keyword Args:", "Attributes:", "or", ",", "TBD", "...", "\t", "\f", "\u2028", "é", "中"),
)
CONVENTIONS = [Convention.GOOGLE, Convention.NUMPY, Convention.REST]


@given(texts(PYTHON_PIECES), texts(PYTHON_PIECES), st.sampled_from(CONVENTIONS), st.sampled_from(["", "    ", "\t"]))
@example(CODE, "def foo(" + "(" * 5000, Convention.GOOGLE, "")
@example(CODE, "def foo(a, *b):\n    " + "-" * 5000 + "1\n", Convention.GOOGLE, "")
@example(CODE, "def foo(a, *b):\n    x = " + "9" * 5000 + "\n", Convention.GOOGLE, "")
@example(CODE, "def foo(a, *b):\n    '''\ud800'''\n", Convention.GOOGLE, "")
@example(CODE, "def foo(a, *b):\n    '''\\ud800 and more words'''\n    raise KeyError(a)\n", Convention.NUMPY, "")
@example(CODE, "def foo(a, *b):\n    '''\0'''\n", Convention.REST, "")
@example("\ud800", "\ud800", Convention.GOOGLE, " ")
def test_any_text_is_judged(before: str, after: str, convention: Convention, indent: str) -> None:
    place = Place("foo", indent, owner="class", owner_docstring=after)
    assert all(item.check == "property" for item in judge(before, after, place, convention))
    assert judge(CODE, after + before, place, convention)
    study(before, place, convention)


@given(texts(WORDS + PIECES, most=40), st.sampled_from(CONVENTIONS))
def test_any_docstring_is_read(words: str, convention: Convention) -> None:
    literal = repr(words).replace("\\n", "\n").replace("\\t", "\t")
    quoted = f"''{literal}''" if literal[0] == "'" else f'""{literal}""'
    text = CODE.replace("raise", f"{quoted}\n    raise")
    found = judge(CODE, text, Place("foo"), convention)
    last = text.count("\n") + text.count("\r")
    assert all(item.message and item.line is not None and 0 <= item.line <= last for item in found)


@given(texts(WORDS, most=40), st.sampled_from(CONVENTIONS))
def test_any_old_docstring_is_told_about(words: str, convention: Convention) -> None:
    assert study(f"def foo():\n    {words!r}\n", Place("foo"), convention) is not None


@pytest.mark.slow
@pytest.mark.parametrize(
    "line", [":param a: b", "Args:", "a (a (a: b", "Raises:\n    a or a or", "`:`:`:", "Args\n----"]
)
@pytest.mark.parametrize("between", ["    ", "\n    "], ids=["one line", "many lines"])
async def test_a_long_docstring_is_judged_before_the_deadline(line: str, between: str, offload: Offload) -> None:
    text = CODE.replace("raise", f"'''Do it.\n\n{(between + line) * 2000}\n'''\n    raise")
    for convention in CONVENTIONS:
        task = await task_of(page_of(CODE, convention=convention), "foo", offload)
        [check] = task.oracle.checks
        found = await check.judge(task, text)
        assert found
        assert "could not be judged" not in found[0].message


async def test_a_worker_that_dies_refuses(offload: Offload) -> None:
    task = await task_of(page_of(CODE), "foo", offload)
    [check] = task.oracle.checks
    assert [item.check for item in await check.judge(task, CODE[:-1] + "(" * 100_000 + "\n")] == ["property"]


async def test_a_worker_that_takes_too_long_refuses() -> None:
    hurried = Offload(deadline=0.001)
    try:
        place = Place("foo")
        check = DocstringCheck(hurried, place, Convention.GOOGLE)
        page = page_of(CODE)
        task = Task("t", "docstring", page.snapshot, Span(0, len(CODE)), "", Scope(()), Oracle((check,)))
        [found] = await check.judge(task, CODE)
        assert found.message.startswith("The docstring could not be judged: ")
    finally:
        hurried.close()
