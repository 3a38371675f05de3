"""Which checker judges: what the nearest settings file configures and the environment has, or what a setting names."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from tests.support.patience import PATIENCE

from lastmile.errors import ToolError
from lastmile.verify.types.configured import NAMES, configured
from lastmile.verify.types.find import Checkers

_TASKS = 8


@pytest.mark.parametrize(
    ("files", "folder", "names"),
    [
        pytest.param({"mypy.ini": ""}, "", ("mypy",), id="mypy.ini"),
        pytest.param({".mypy.ini": ""}, "", ("mypy",), id="a hidden one"),
        pytest.param({"setup.cfg": "[metadata]\n[mypy]\nstrict = True\n"}, "", ("mypy",), id="setup.cfg"),
        pytest.param({"pyproject.toml": "[tool.mypy]\n"}, "", ("mypy",), id="pyproject"),
        pytest.param({"pyproject.toml": "[tool.pyright]\n"}, "", ("basedpyright", "pyright"), id="pyright"),
        pytest.param({"pyproject.toml": "[tool.basedpyright]\n"}, "", ("basedpyright",), id="basedpyright"),
        pytest.param({"pyrightconfig.json": "{}"}, "", ("basedpyright", "pyright"), id="pyrightconfig"),
        pytest.param({"ty.toml": ""}, "", ("ty",), id="ty.toml"),
        pytest.param({"pyproject.toml": "[tool.ty.rules]\n[tool.mypy]\n"}, "", ("mypy", "ty"), id="two"),
        pytest.param({"ty.toml": "", "src/mypy.ini": ""}, "src", ("mypy",), id="the nearest"),
        pytest.param({"../mypy.ini": ""}, "", None, id="above the root"),
        pytest.param({"pyproject.toml": "[tool.ruff]\n", "setup.cfg": "[flake8]\n"}, "", None, id="none"),
        pytest.param({"pyproject.toml": "[tool", "setup.cfg": "mypy"}, "", None, id="broken"),
        pytest.param({"pyproject.toml": "tool = 1\n"}, "", None, id="no table"),
    ],
)
def test_what_a_project_configures(
    tmp_path: Path, files: Mapping[str, str], folder: str, names: tuple[str, ...] | None
) -> None:
    root = tmp_path / "project"
    (root / "src").mkdir(parents=True)
    for name, text in files.items():
        (root / name).write_text(text)
    found = configured(root / "src/mod.py", root)
    assert found == (None if names is None else (root / folder, names))


@pytest.mark.parametrize(
    ("settings", "path", "judges"),
    [
        pytest.param("", "tests/test_mod.py", True, id="nothing said"),
        pytest.param("files = ['src']\n", "tests/test_mod.py", False, id="not among the files"),
        pytest.param("files = ['src', 'tests']\n", "tests/test_mod.py", True, id="among the files"),
        pytest.param("files = 'src,tests/test_mod.py'\n", "tests/test_mod.py", True, id="a text with commas"),
        pytest.param("files = ['**/test_m*.py']\n", "tests/test_mod.py", True, id="a glob"),
        pytest.param("files = ['src/**/*.py']\n", "tests/test_mod.py", False, id="a glob of others"),
        pytest.param("files = ['t*']\n", "tests/test_mod.py", True, id="a glob of folders"),
        pytest.param("files = ['*.py']\n", "tests/test_mod.py", False, id="a star crosses no folder"),
        pytest.param("files = ['./tests/']\n", "tests/test_mod.py", True, id="written otherwise"),
        pytest.param("files = ['.']\n", "tests/test_mod.py", True, id="all"),
        pytest.param("files = ['/elsewhere']\n", "tests/test_mod.py", False, id="elsewhere"),
        pytest.param("files = ['src']\n", "lib/mod.py", True, id="no test: it may be imported"),
        pytest.param("exclude = '^tests/'\n", "tests/test_mod.py", False, id="excluded"),
        pytest.param("exclude = ['docs', 'tests/']\n", "tests/test_mod.py", False, id="excluded by one of several"),
        pytest.param("exclude = '('\n", "tests/test_mod.py", True, id="not a pattern"),
        pytest.param("files = 3\nexclude = [3]\n", "tests/test_mod.py", True, id="no paths at all"),
    ],
)
def test_tests_that_mypy_is_told_to_leave_out_are_not_judged_by_it(
    tmp_path: Path, settings: str, path: str, *, judges: bool
) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.mypy]\n{settings}")
    for name in ("src/mod.py", "tests/test_mod.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    assert configured(tmp_path / path, tmp_path) == (tmp_path, ("mypy",) if judges else ())


@pytest.mark.parametrize(
    ("installed", "wanted", "chosen"),
    [
        pytest.param(("mypy", "ty"), "auto", "mypy", id="the first"),
        pytest.param(("ty",), "auto", "ty", id="the one that is there"),
        pytest.param((), "auto", "The project wants mypy or ty, which ", id="none there"),
        pytest.param(("mypy", "ty"), "ty", "ty", id="named"),
        pytest.param(("basedpyright-langserver",), "basedpyright", "basedpyright", id="named, not configured"),
        pytest.param(("mypy",), "pyright", "The project wants pyright, which ", id="named, not there"),
        pytest.param(("mypy",), "off", "nobody", id="off"),
    ],
)
def test_which_one_judges(tmp_path: Path, installed: tuple[str, ...], wanted: str, chosen: str) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.mypy]\n[tool.ty]\n")
    (tmp_path / "bin").mkdir()
    for name in installed:
        (tmp_path / "bin" / name).write_text("")
    checkers = Checkers(tmp_path, lambda: tmp_path / "bin/python", wanted, cache=tmp_path / "cache")
    try:
        checker = checkers.of(tmp_path / "mod.py")
        found = "nobody" if checker is None else checker.name
    except ToolError as error:
        found = str(error)
    assert found.startswith(chosen)
    if found in NAMES:
        assert checkers.of(tmp_path / "other.py") is checkers.of(tmp_path / "mod.py")


def test_tasks_that_come_at_once_share_one(tmp_path: Path) -> None:
    """They ask in threads: each meets the others where it is known which environment judges, and goes on with them."""
    (tmp_path / "mypy.ini").write_text("")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/mypy").write_text("")
    meeting = Barrier(_TASKS)

    def interpreter() -> Path:
        meeting.wait(PATIENCE)
        return tmp_path / "bin/python"

    with ThreadPoolExecutor(_TASKS) as pool:
        for _ in range(10):
            checkers = Checkers(tmp_path, interpreter, cache=tmp_path / "cache")
            found = list(pool.map(checkers.of, [tmp_path / "mod.py"] * _TASKS))
            assert len({id(checker) for checker in found}) == 1


async def test_none_is_made_once_they_were_ended(tmp_path: Path) -> None:
    (tmp_path / "ty.toml").write_text("")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/ty").write_text("")
    checkers = Checkers(tmp_path, lambda: tmp_path / "bin/python")
    await checkers.close()
    with pytest.raises(ToolError, match="ty was ended"):
        checkers.of(tmp_path / "mod.py")
