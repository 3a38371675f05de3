"""Whatever a model writes, it is read or it is a defect, in time that grows with its length alone."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.support.drafting import applied, make_task

from lastmile.cascade.draft import Replace, SearchReplace
from lastmile.cascade.task import Task
from lastmile.tiers import fitting, markdown, paths, placing, replies
from lastmile.tiers.prompt import Style
from lastmile.tiers.replies import read

SOURCE = """\
import os


class A:
    '''Say so.'''

    «def f(self, a):
        if a:
            return 1

        return os.sep»

    def g(self):
        return 2
"""
TASKS = (make_task(SOURCE), make_task(SOURCE.replace("\n", "\r\n")), make_task(SOURCE.replace("    ", "\t")))
WHOLE = "Sure.\n```python\n    def f(self, a):\n        return 1 if a else os.sep\n```\nDone."
BLOCKS = "Sure.\n<<<<<<< SEARCH\n            return 1\n=======\n            return 2\n>>>>>>> REPLACE\nDone."
PIECES = (
    *("```", "~~~", "```python\n", "<<<<<<< SEARCH\n", "=======\n", ">>>>>>> REPLACE\n", "<think>", "</think>", "\n"),
    *("\r\n", "\r", "    ", "\t", "def f(self, a):\n", "return 1\n", "src/other.py\n", "mod.py", "\x00", "\ud800", "«"),
)

tasks = st.sampled_from(TASKS)
styles = st.sampled_from(Style)
pieces = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=40).map("".join)


def check_read(reply: str, task: Task, style: Style) -> None:
    edits, defect = read(reply, task, style=style)
    assert bool(edits) != bool(defect)
    assert "\n" not in defect
    for edit in edits:
        text = task.snapshot.text
        match edit:
            case Replace(replacement=item):
                assert item.span.end <= len(text)
                item.text.encode()
            case SearchReplace(search=search, text=new, path=path):
                (search + new + path).encode()


@given(pieces, tasks, styles)
def test_any_text_is_read_or_a_defect(reply: str, task: Task, style: Style) -> None:
    check_read(reply, task, style)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Cut, repeat and replace parts of a good reply."""
    reply = draw(st.sampled_from((WHOLE, BLOCKS)))
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(reply)))
        end = draw(st.integers(start, min(len(reply), start + 30)))
        middle = draw(st.sampled_from(("", reply[start:end] * 2, *PIECES)))
        reply = reply[:start] + middle + reply[end:]
    return reply


@given(mutated(), tasks, styles)
def test_a_damaged_reply_is_read_or_a_defect(reply: str, task: Task, style: Style) -> None:
    check_read(reply, task, style)


names = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
bodies = st.lists(st.tuples(st.integers(0, 3), names), min_size=1, max_size=8)


@given(bodies, st.sampled_from(("", "    ", "\t", "        ")), st.integers(0, 12), st.sampled_from(("\n", "\r\n")))
def test_a_uniform_shift_is_undone(body: list[tuple[int, str]], base: str, by: int, newline: str) -> None:
    """Lines written from the margin, moved by any number of blanks, come out where the target stands."""
    written = [body[0][1], *("    " * depth + name for depth, name in body[1:])]
    old = "\n".join(base + line + "_" for line in written)
    task = make_task(f"if x:\n{base}«{old.removeprefix(base)}»\nend = 1\n".replace("\n", newline))
    shifted = "\n".join(" " * by + line for line in written)
    edits, defect = read(f"```\n{shifted}\n```", task, style=Style.WHOLE)
    assert defect == ""
    expected = newline.join(base + line for line in written)
    assert applied(task, edits) == f"if x:{newline}{expected}{newline}end = 1{newline}"


@given(st.lists(st.sampled_from(("a", "b", "    c", "", "  a")), min_size=1, max_size=12), st.data())
def test_lines_that_stand_once_are_replaced_where_they_stand(lines: list[str], data: st.DataObject) -> None:
    assume(any(lines))
    start = data.draw(st.integers(0, len(lines) - 1))
    stop = data.draw(st.integers(start + 1, len(lines)))
    search = lines[start:stop]
    places = [at for at in range(len(lines)) if lines[at : at + len(search)] == search]
    task = make_task("\n".join(lines) + "\n")
    reply = "\n".join(["<<<<<<< SEARCH", *search, "=======", "new", ">>>>>>> REPLACE"])
    (edit,), defect = read(reply, task, style=Style.BLOCKS)
    assert defect == ""
    if len(places) == 1 and any(search):
        assert applied(task, [edit]) == "\n".join([*lines[:start], "new", *lines[stop:]]) + "\n"
    else:
        assert edit == SearchReplace("\n".join(search), "new")


ROOMS = {module.__file__ for module in (fitting, markdown, paths, placing, replies)}


def lines_run(work: Callable[[], Any]) -> int:
    """Count the lines of the readers that run: time, without a clock."""
    count = 0

    def trace(frame: FrameType, event: str, _argument: object) -> Any:  # noqa: ANN401 - a trace function gives itself
        nonlocal count
        if frame.f_code.co_filename not in ROOMS:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize(
    "piece",
    [
        "```\n",
        "```a\nb\n```\n",
        "``` ` ``` `\n",
        "<<<<<<< SEARCH\n",
        "<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n",
        "=======\n",
        "<think></think>",
        "a/b.py " * 10 + "\n",
        " " * 50 + "\n",
        "    x\n",
        "```" + " " * 25_000 + "`\n",
        "<" * 25_000 + "\n",
        "=" * 25_000 + " x\n",
        "File: " + "a/" * 12_000 + "\n",
    ],
)
def test_work_grows_with_the_reply_and_no_faster(piece: str, style: Style) -> None:
    target = "    x = 1\n" * 2000
    task = make_task(f"{target}«{target}»{target}")

    def steps(times: int) -> int:
        reply = "```\n" + piece * times + "\n```"
        return lines_run(lambda: read(reply, task, style=style))

    times = max(1, 3000 // len(piece))
    small, large = steps(times), steps(10 * times)
    assert large <= 12 * small + 1000
