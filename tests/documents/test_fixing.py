"""A document that does not parse is mended from the menu, for free where that is sure, by the whole loop."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.fixing import Person, fill, serving

from lastmile.cascade.outcome import Outcome, Status
from lastmile.cascade.verdict import Verdict
from lastmile.project import Project
from lastmile.receipt import receipt
from lastmile.tasks.kind import Page
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.tiers.rules.proposals import whole

pytestmark = pytest.mark.slow

SCHEMA = '{"properties": {"a": {"type": "integer"}}}'


def snapshot_of(folder: Path, text: str, language: str) -> Snapshot:
    path = folder / f"a.{language}"
    return Snapshot(path.as_uri(), text, path, language)


async def fix(project: Project, page: Page) -> Outcome:
    [offer] = project.kinds["fix"].offers(page, Span(0, len(page.snapshot.text)))
    assert offer.preferred
    assert not offer.may_use_model
    task = await project.make(page, kind="fix", target=offer.target, detail=offer.detail)
    return await project.run(task, consent=Person(), watch=lambda _: None)


@pytest.mark.parametrize(
    ("language", "old", "new"),
    [
        ("json", '{\n  "a": 1,\n}\n', '{\n  "a": 1\n}\n'),
        ("json", '{\n  "a": 1\n  "b": 2\n}\n', '{\n  "a": 1,\n  "b": 2\n}\n'),
        ("jsonc", "// one\n{'a': 1,}\n", '// one\n{"a": 1,}\n'),
    ],
)
async def test_a_sure_fix_costs_nothing(
    home_env: dict[str, str], tmp_path: Path, language: str, old: str, new: str
) -> None:
    folder = fill(tmp_path / "project", {"lastmile.toml": ""})
    async with serving(home_env) as service:
        project = await service.project(folder)
        page = await project.page(snapshot_of(folder, old, language))
        outcome = await fix(project, page)
        assert (outcome.status, outcome.text) == (Status.ACCEPTED, new)
        assert receipt(outcome).startswith(f"rules, 1 draft, {language} ok, ")


async def judge(service_env: dict[str, str], folder: Path, old: str, new: str, *foreign: Diagnostic) -> Verdict:
    async with serving(service_env) as service:
        project = await service.project(folder)
        page = await project.page(snapshot_of(folder, old, "yaml"), foreign=foreign)
        span = Span(0, len(old))
        if foreign:
            [offer] = project.kinds["fix"].offers(page, span)
            task = await project.make(page, kind="fix", target=offer.target, detail=offer.detail)
        else:
            detail = {"instruction": "Do it."}
            task = await project.make(page, kind="instruct", target=span, detail=detail)
        assert not task.oracle.hard
        return await project.verify(task, await whole(project.offload, page.snapshot, new, "a draft"))


async def test_an_instruction_is_judged_by_the_schema_of_the_settings(home_env: dict[str, str], tmp_path: Path) -> None:
    settings = '[verify.schemas]\n"*.yaml" = "s.json"\n'
    folder = fill(tmp_path / "project", {"lastmile.toml": settings, "s.json": SCHEMA})
    verdict = await judge(home_env, folder, "a: 1\n", "a: 2\n")
    assert verdict.passed
    assert [run.summary for run in verdict.runs][-1] == "yaml ok, keeps s.json"
    verdict = await judge(home_env, folder, "a: 1\n", "a: one\n")
    assert verdict.refused_by == "document"


async def test_a_finding_of_another_server_is_offered(home_env: dict[str, str], tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"lastmile.toml": ""})
    finding = Diagnostic("yaml-schema", "1", "Incorrect type", Span(0, 1))
    assert (await judge(home_env, folder, "a: 1\n", "a: 2\n", finding)).passed
