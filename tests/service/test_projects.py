"""The service and its projects: which folder and which settings hold for a file, and when it is closed."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from tests.support.fixing import fill, page_of, serving

from lastmile.cascade.policy import Paid
from lastmile.config.ahead import Ahead
from lastmile.config.tree import Settings
from lastmile.errors import RequestError
from lastmile.service import Overrides, Service
from lastmile.text.edits import Span


@pytest.mark.parametrize(
    ("contents", "path", "root"),
    [
        pytest.param({"pyproject.toml": "", "pkg/a.py": ""}, "pkg/a.py", "", id="a project's mark"),
        pytest.param({"pkg/.git/HEAD": "", "pkg/a.py": ""}, "pkg/a.py", "pkg", id="a repository"),
        pytest.param({"pkg/a.py": ""}, "pkg", "", id="a folder"),
        pytest.param({"pkg/lastmile.toml": "", "pkg/sub/a.py": ""}, "pkg/sub/a.py", "pkg", id="the nearest mark"),
    ],
)
async def test_the_folder_of_a_file(
    service: Service, tmp_path: Path, contents: dict[str, str], path: str, root: str
) -> None:
    folder = fill(tmp_path / "project", contents)
    assert (await service.project(folder / path)).root == folder / root


async def test_a_folder_with_an_environment_of_its_own_is_a_project(home_env: dict[str, str], tmp_path: Path) -> None:
    made = {f"{name}/.venv/pyvenv.cfg": "" for name in "ab"}
    folder = fill(tmp_path / "project", {".git/HEAD": "", "a/src/m.py": "", **made})
    async with serving(home_env) as service:
        for folders in ((), (folder,)):
            service.folders = folders
            assert (await service.project(folder / "a/src/m.py")).root == folder / "a"
            assert (await service.project(folder)).root == folder
        service.configure({"verify": {"tests": {"environment": str(folder / "b/.venv")}}})
        assert (await service.project(folder / "a/src/m.py")).root == folder


async def test_a_document_without_a_file_has_no_folder(service: Service) -> None:
    assert (await service.project(None)).root is None


async def test_workspace_folders_come_first(home_env: dict[str, str], tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a/pyproject.toml": "", "a/b/pyproject.toml": "", "a/b/c.py": ""})
    async with serving(home_env) as service:
        service.folders = (folder, folder / "a")
        assert (await service.project(folder / "a/b/c.py")).root == folder / "a"
        assert (await service.project(tmp_path / "elsewhere.py")).root not in {folder, folder / "a"}
        assert (await service.project(None)).root is None
        service.folders = (folder,)
        assert (await service.project(None)).root == folder


async def test_each_place_has_its_settings_and_one_project(home_env: dict[str, str], tmp_path: Path) -> None:
    folder = fill(
        tmp_path / "project", {"a.py": "", "b.py": "", "sub/lastmile.toml": 'paid = "never"\n', "sub/c.py": ""}
    )
    async with serving(home_env) as service:
        first, second = await service.project(folder / "a.py"), await service.project(folder / "b.py")
        assert first is second
        assert first.settings == Settings(ahead=Ahead.OFF)
        sub = await service.project(folder / "sub/c.py")
        assert sub.settings.paid is Paid.NEVER
        assert "paid" in sub.origins
        os.utime(folder / "sub/lastmile.toml", ns=(1, 1))
        (folder / "sub/lastmile.toml").write_text("")
        assert (await service.project(folder / "sub/c.py")).settings.paid is Paid.ASK


@pytest.mark.slow
async def test_projects_asked_for_at_once_are_each_given(home_env: dict[str, str], tmp_path: Path) -> None:
    count = 80
    folder = fill(tmp_path / "project", {f"p{number}/pyproject.toml": "" for number in range(count)})
    async with serving(home_env) as service:
        paths = [folder / f"p{number}" for number in range(count)]
        found = await asyncio.gather(*map(service.project, paths))
        assert [project.root for project in found] == paths
        assert (await service.project(paths[-1])).root == paths[-1]


async def test_the_editor_sets_for_all_and_for_one_folder(home_env: dict[str, str], tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a/x.py": "", "b/x.py": ""})
    async with serving(home_env) as service:
        service.folders = (folder / "a", folder / "b")
        service.configure({"paid": "auto"})
        service.configure({"paid": "never"}, folder=folder / "b")
        paid = [(await service.project(folder / name / "x.py")).settings.paid for name in "ab"]
        assert paid == [Paid.AUTO, Paid.NEVER]


async def test_the_command_line_comes_last(home_env: dict[str, str], tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": "", "lastmile.toml": 'paid = "never"\n'})
    async with serving(home_env, overrides=Overrides(paid=Paid.AUTO)) as service:
        assert (await service.project(folder / "a.py")).settings.paid is Paid.AUTO


@pytest.mark.slow
async def test_a_kind_that_is_switched_off_is_not_known(home_env: dict[str, str], tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": "x\n", "lastmile.toml": "[tasks.docstring]\nenabled = false\n"})
    async with serving(home_env) as service:
        project, page = await page_of(service, folder / "a.py")
        assert "docstring" not in project.kinds
        with pytest.raises(RequestError, match=r"There is no task kind 'docstring' here\. Known: annotate"):
            await project.make(page, kind="docstring", target=Span(0, 0), detail={})


async def test_wrong_settings_are_told_and_the_defaults_used(home_env: dict[str, str], tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": "", "lastmile.toml": "paid = 3\nnonsense = 1\n"})
    async with serving(home_env) as service:
        project = await service.project(folder / "a.py")
        assert len(project.problems) == 2
        assert project.settings == Settings(ahead=Ahead.OFF)


async def test_closing_twice_does_no_harm(home_env: dict[str, str], tmp_path: Path) -> None:
    service = Service.open(home_env)
    await service.project(tmp_path)
    await service.close()
    await service.close()
