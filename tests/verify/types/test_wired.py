"""The check of types as the service wires it, by the program that stands in for ty in the project's own environment."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.support.fixing import Person, fill, serving, sweep

from lastmile import files
from lastmile.cascade.draft import Draft, Replace
from lastmile.cascade.outcome import Outcome, Status
from lastmile.project import Project
from lastmile.text.edits import Replacement, Span
from lastmile.verify.judge import Verifier
from lastmile.verify.types.check import TypesCheck

pytestmark = pytest.mark.slow

STAND_IN = Path(__file__).parents[2].joinpath("support/checker_server.py").read_text()
TEXT = "import os\n\n\ndef f():\n    return 1\n"


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """Make an environment that has the stand-in."""
    folder = tmp_path / "env/bin"
    folder.mkdir(parents=True)
    (folder / "python").symlink_to(sys.executable)
    (folder / "ty").write_text(f"#!{sys.executable}\n{STAND_IN}")
    (folder / "ty").chmod(0o755)
    return folder


@pytest.fixture
def env(environment: Path, home_env: Mapping[str, str]) -> dict[str, str]:
    return {**home_env, "VIRTUAL_ENV": str(environment.parent)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    contents = {"ty.toml": "", "mod.py": TEXT, "pkg/user.py": "from mod import f\n"}
    return fill(tmp_path / "project", contents)


async def fixed(project: Project, path: Path) -> Outcome:
    """Do the first task of the file's menu."""
    page = await project.page(files.read(path))
    offer = next(iter(project.kinds["fix"].offers(page, Span(8, 8))))
    task = await project.make(page, kind="fix", target=offer.target, detail=offer.detail)
    return await project.run(task, consent=Person(), watch=lambda _event: None)


async def test_files_that_import_the_draft_s_are_looked_at(env: dict[str, str], folder: Path) -> None:
    async with serving(env) as service:
        project = await service.project(folder / "mod.py")
        page = await project.page(files.read(folder / "mod.py"))
        task = await project.make(
            page, kind="instruct", target=Span(0, len(TEXT)), detail={"instruction": "Rename `f`."}
        )
        at = TEXT.index("f()")
        verdict = await project.verify(task, Draft((Replace(Replacement(Span(at, at + 1), "g")),)))
    assert [item.message for item in verdict.findings] == ["no-name is new in pkg/user.py, line 1: mod has no f"]


async def test_a_task_is_declined_while_the_checker_reads_the_project(
    env: dict[str, str], environment: Path, folder: Path
) -> None:
    """No draft is made that could not be judged; opening a file starts nothing, and the next task finds it warm."""
    (environment / "reading").touch()
    async with serving(env) as service:
        project = await service.project(folder / "mod.py")
        assert isinstance(project.parts.judge, Verifier)
        (types,) = project.parts.judge.readied
        assert isinstance(types, TypesCheck)
        assert project.parts.workshop.types is types
        types.reports.patience = 0.3
        await project.page(files.read(folder / "mod.py"))
        assert not (environment / "ty.log").exists()
        early = await fixed(project, folder / "mod.py")
        assert (early.status, early.attempts) == (Status.DECLINED, ())
        assert early.reason.startswith("ty reads the project for the first time")
        (environment / "reading").unlink()
        await project.ready(files.read(folder / "mod.py"))
        late = await fixed(project, folder / "mod.py")
    assert late.text == TEXT.replace("import os\n", "")
    assert (environment / "ty.log").read_text().count("started") == 1


async def test_whoever_does_whole_files_waits_for_it(env: dict[str, str], folder: Path) -> None:
    async with serving(env) as service:
        project = await service.project(folder / "mod.py")
        assert isinstance(project.parts.workshop.types, TypesCheck)
        project.parts.workshop.types.reports.patience = 0.0
        swept = await sweep(service, folder / "mod.py")
    assert swept.text == TEXT.replace("import os\n", "")


async def test_a_workspace_that_is_not_trusted_has_no_checker(
    env: dict[str, str], environment: Path, folder: Path
) -> None:
    async with serving({**env, "LASTMILE_VERIFY__TRUSTED": "false"}) as service:
        project = await service.project(folder / "mod.py")
        outcome = await fixed(project, folder / "mod.py")
    assert outcome.status is Status.ACCEPTED
    assert not (environment / "ty.log").exists()
