"""The kind ``instruct``: words for a selection."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.judging import task_on
from tests.support.source import marked

from lastmile.errors import RequestError
from lastmile.tasks.instruct import KIND
from lastmile.tasks.kind import Page, Workshop
from lastmile.tasks.registry import kinds
from lastmile.text.edits import Span
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff


@pytest.mark.parametrize(
    ("source", "target"),
    [
        pytest.param("a\nb«c»d\ne\n", "bcd", id="within a line"),
        pytest.param("a\n«b\nc»\nd\n", "b\nc", id="lines"),
        pytest.param("a\n«b\n»c\n", "b", id="with the last line end"),
        pytest.param("a\nb«»c\n", "bc", id="a cursor"),
        pytest.param("a\n«»", "", id="the end"),
        pytest.param("«»", "", id="an empty document"),
        pytest.param("«a\r\nb»c\r\n", "a\r\nbc", id="other line ends"),
    ],
)
@pytest.mark.parametrize("language", ["python", "markdown"])
async def test_the_target_is_whole_lines(
    tmp_path: Path, offload: Offload, source: str, target: str, language: str
) -> None:
    text, [span] = marked(source)
    page = Page(task_on(text, tmp_path, language=language).snapshot)
    task = await KIND.task(page, span, {"instruction": " Do it.\nNow. "}, Workshop(Ruff(), offload))
    assert task.target.of(text) == target
    assert (task.goal, task.title, task.kind) == ("Do it.\nNow.", "Instruct: Do it", "instruct")
    assert task.scope.spans == (task.target,)
    assert task.scope.imports is (language == "python")
    assert not task.oracle.hard


async def test_a_long_title_is_cut(tmp_path: Path, offload: Offload) -> None:
    page = Page(task_on("a\n", tmp_path).snapshot)
    task = await KIND.task(page, Span(0, 1), {"instruction": "é" * 100}, Workshop(Ruff(), offload))
    assert task.title == f"Instruct: {'é' * 60}…"


@pytest.mark.parametrize(
    ("detail", "message"),
    [
        ({}, "is empty"),
        ({"instruction": "  \n\t"}, "is empty"),
        ({"instruction": ["x"]}, "is empty"),
        ({"instruction": None}, "is empty"),
        ({"instruction": "x" * 4001}, "longer than 4000 characters"),
    ],
)
async def test_words_that_make_no_sense(
    tmp_path: Path, offload: Offload, detail: dict[str, object], message: str
) -> None:
    page = Page(task_on("a\n", tmp_path).snapshot)
    with pytest.raises(RequestError, match=message):
        await KIND.task(page, Span(0, 1), detail, Workshop(Ruff(), offload))


def test_it_is_in_no_menu(tmp_path: Path) -> None:
    assert KIND.menus == ()
    assert list(KIND.offers(Page(task_on("a\n", tmp_path).snapshot), Span(0, 1))) == []


def test_every_module_that_defines_a_kind_is_one() -> None:
    assert {"fix", "fix-all", "docstring", "instruct"} <= kinds().keys()
    assert all(name == kind.name and kind.deadline > 0 and 0 <= kind.difficulty <= 1 for name, kind in kinds().items())
