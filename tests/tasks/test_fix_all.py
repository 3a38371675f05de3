"""The kind ``fix-all``: one offer for a file, and an oracle that wants fewer findings."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.judging import judge_with, ruff_in, task_on

from lastmile.cascade.draft import Draft
from lastmile.errors import StaleError
from lastmile.tasks.fix_all import KIND
from lastmile.tasks.kind import Offer, Page, Workshop
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Span
from lastmile.tiers.rules.proposals import Proposals
from lastmile.tiers.rules.sweep import Sweep
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff, RuffOptions
from lastmile.verify.fewer import FewerCheck

MESSY = "import os\nimport re\nl = 1\nassert l == None\n"


async def page_of(folder: Path, text: str, *foreign: Diagnostic, language: str = "python") -> Page:
    snapshot = task_on(text, folder, language=language).snapshot
    return Page(snapshot, (*await ruff_in(folder, "E", "F").check(snapshot), *foreign))


def offers(page: Page) -> list[Offer]:
    return list(KIND.offers(page, Span(0, 0)))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (MESSY, "Fix all that can be fixed free, of 4 findings"),
        ("import os\n", "Fix all that can be fixed free, of 1 finding"),
    ],
)
async def test_the_offer(tmp_path: Path, text: str, title: str) -> None:
    [offer] = offers(await page_of(tmp_path, text))
    assert (offer.title, offer.menu, offer.may_use_model) == (title, "source.fixAll.lastmile", False)
    assert offer.target == Span(0, len(text))


@pytest.mark.parametrize(
    ("text", "language"),
    [("x = 1\n", "python"), ("", "python"), ("x = (\n", "python"), ("import os\n", "markdown")],
)
async def test_where_nothing_is_offered(tmp_path: Path, offload: Offload, text: str, language: str) -> None:
    foreign = Diagnostic("Pyright", "X1", "Something", Span(0, 0))
    page = await page_of(tmp_path, text, foreign, language=language)
    assert offers(page) == []
    if language == "python":
        with pytest.raises(StaleError, match="Ruff finds nothing"):
            await KIND.task(page, Span(0, 0), {}, Workshop(Ruff(), offload))


async def test_the_task_is_free_and_passes_with_fewer_findings(tmp_path: Path, offload: Offload) -> None:
    ruff = ruff_in(tmp_path, "E", "F")
    task = await KIND.task(await page_of(tmp_path, MESSY), Span(0, 0), {}, Workshop(ruff, offload))
    assert (task.kind, task.free_only, task.target) == ("fix-all", True, Span(0, len(MESSY)))
    judge = judge_with(ruff, offload)
    drafts: list[Draft] = [draft async for draft in Sweep(ruff, Proposals(ruff, offload, None)).of(task.snapshot)]
    verdicts = [await judge.verify(task, draft) for draft in drafts]
    assert [verdict.passed for verdict in verdicts] == [True, True]
    assert verdicts[0].text == "l = 1\nassert l is None\n"
    assert [run.check for run in verdicts[0].runs] == ["apply", "scope", "syntax", "docstrings", "property", "lint"]


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("import re\nl = 1\nassert l == None\n", ""),
        (MESSY + "y = 2\n", "Ruff still finds 4, and found 4 before."),
        (MESSY + "y == None\n", "Ruff still finds 6, and found 4 before."),
    ],
)
async def test_the_oracle(tmp_path: Path, new: str, message: str) -> None:
    found = await FewerCheck(ruff_in(tmp_path, "E", "F")).judge(task_on(MESSY, tmp_path), new)
    assert [finding.message for finding in found] == ([message] if message else [])


async def test_an_oracle_that_could_not_count_refuses(tmp_path: Path) -> None:
    [found] = await FewerCheck(Ruff(RuffOptions(select=("NOSUCH",)))).judge(task_on(MESSY, tmp_path), "x = 1\n")
    assert (found.check, found.message[:31]) == ("property", "Ruff could not count the findin")
