"""Annotations judged by a project's own type checker, the real mypy: then passing decides, alone it does not."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from attrs import evolve
from tests.support.judging import draft_to, judge_with, ruff_in

from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Verdict
from lastmile.tasks.annotate import KIND
from lastmile.tasks.kind import Page, Workshop
from lastmile.text.snapshot import Snapshot
from lastmile.text.symbols import outline
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff
from lastmile.verify.types.check import TypesCheck
from lastmile.verify.types.find import Checkers

pytestmark = pytest.mark.slow

TEXT = """\
def total(values):
    result = 0
    for value in values:
        result += value
    return result


def first(names: list[str]) -> str:
    return names[total([0])]
"""
HEAD = "def total(values):\n"
FILES = {
    "pyproject.toml": '[tool.mypy]\nfiles = ["."]\n',
    "user.py": "from mod import total\n\nsum_: int = total([1])\n",
}


class World:
    """A project with one function to annotate, and mypy to judge it."""

    def __init__(self, folder: Path, offload: Offload, files: Mapping[str, str] = FILES) -> None:
        self.folder = folder / "project"
        self.folder.mkdir(exist_ok=True)
        for name, text in {**files, "mod.py": TEXT}.items():
            (self.folder / name).write_text(text)
        self.ruff = ruff_in(self.folder, "F")
        self.offload = offload
        self.types = TypesCheck(Checkers(self.folder, lambda: Path(sys.executable), cache=folder / "cache"), offload)
        self.types.reports.patience = 120.0

    async def task(self) -> Task:
        path = self.folder / "mod.py"
        page = Page(Snapshot(path.as_uri(), TEXT, path), symbols=outline(TEXT))
        (symbol, _) = page.symbols
        workshop = Workshop(Ruff(), self.offload, types=self.types)
        return await KIND.task(page, symbol.span, {"symbol": "total"}, workshop)

    async def verdict(self, head: str) -> Verdict:
        """Judge another head of the function, as the loop would."""
        task = await self.task()
        judge = evolve(judge_with(self.ruff, self.offload), project=(self.types,), readied=(self.types,))
        assert await judge.trouble(task) == ""
        return await judge.verify(task, draft_to(task, TEXT.replace(HEAD, head)))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder that tests share, so that mypy's cache is warm."""
    return tmp_path_factory.mktemp("annotate")


@pytest.mark.parametrize(
    ("head", "refused_by"),
    [
        pytest.param("def total(values: list[int]) -> int:\n", "", id="right"),
        pytest.param("def total(values: list[int]) -> list[int]:\n", "types", id="another return"),
        pytest.param("def total(values: int) -> int:\n", "types", id="the body cannot have it"),
        pytest.param("def total(values: object) -> int:\n", "types", id="too wide for the body"),
        pytest.param("def total(values: set[int]) -> int:\n", "types", id="the caller in the file has another"),
        pytest.param("def total(values: list[int]) -> float:\n", "types", id="the caller in another file has another"),
        pytest.param("def total(values: list[int]) -> int:  # type: ignore\n", "scope", id="silenced"),
    ],
)
async def test_what_the_checker_says_decides(shared: Path, offload: Offload, head: str, refused_by: str) -> None:
    world = World(shared, offload)
    oracle = (await world.task()).oracle
    assert (oracle.hard, oracle.needs) == (True, ("types",))
    verdict = await world.verdict(head)
    assert (verdict.refused_by, verdict.passed) == (refused_by, not refused_by), verdict.findings


@pytest.mark.parametrize("files", [{}, {"mypy.ini": "[mypy]\nplugins = nope.py\n"}], ids=["none", "one that fails"])
async def test_without_a_checker_samples_have_to_agree(
    tmp_path: Path, offload: Offload, files: Mapping[str, str]
) -> None:
    oracle = (await World(tmp_path, offload, files).task()).oracle
    assert (oracle.hard, oracle.needs) == (False, ())


async def test_a_checker_that_is_gone_by_then_is_no_pass(shared: Path, offload: Offload) -> None:
    world = World(shared, offload)
    task = await world.task()
    (world.folder / "pyproject.toml").write_text("")
    judge = evolve(judge_with(world.ruff, offload), project=(world.types,))
    verdict = await judge.verify(task, draft_to(task, TEXT.replace(HEAD, "def total(values: list[int]) -> int:\n")))
    assert verdict.refused_by == "types"
    assert verdict.findings[0].message == "The check of types could not run, and nothing else decides here."
