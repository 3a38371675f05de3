"""Which interpreter is found for a project, why, and what is said where one is broken."""

from __future__ import annotations

import os
import sys
import venv
from collections.abc import Iterable
from pathlib import Path

import pytest

from lastmile.sandbox import places
from lastmile.testing.interpreter import Wish, find, nearest, too_old, without_pytest
from lastmile.tools.process import Runner

REAL = Path(sys.executable)


def environment(place: Path, *, works: bool = True) -> Path:
    """Make what looks like an environment, with our own python behind it."""
    (place / "bin").mkdir(parents=True)
    (place / "pyvenv.cfg").write_text("home = /nowhere\n")
    (place / "bin" / "python").symlink_to(REAL if works else place / "gone")
    return place


def program(folder: Path, name: str, script: str) -> dict[str, str]:
    """Put a program where it is found; gives the environment that finds it."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


def check(root: Path, wish: Wish, *, python: str = "", why: str = "", trouble: str = "") -> None:
    found = find(root, wish, Runner())
    assert found.python == (root / python if python else None)
    assert why in found.why
    assert trouble in found.trouble
    assert bool(found.trouble) is not bool(python)


def test_the_setting_goes_before_the_editor_and_that_before_what_is_found(tmp_path: Path) -> None:
    for name in ("one", "two", ".venv", "active"):
        environment(tmp_path / name)
    active = {"VIRTUAL_ENV": str(tmp_path / "active")}
    both = Wish("one", str(tmp_path / "two" / "bin" / "python"), active)
    check(tmp_path, both, python="one/bin/python", why="the setting")
    check(tmp_path, Wish("", both.editor, active), python="two/bin/python", why="the editor's choice")
    check(tmp_path, Wish(environ=active), python=".venv/bin/python", why=".venv in")


@pytest.mark.parametrize("name", [".venv", "venv"])
def test_environments_are_looked_for_upwards(tmp_path: Path, name: str) -> None:
    environment(tmp_path / name)
    root = tmp_path / "packages" / "shop"
    root.mkdir(parents=True)
    assert find(root, Wish(), Runner()).python == tmp_path / name / "bin" / "python"


def test_the_active_environment_comes_last(tmp_path: Path) -> None:
    environment(tmp_path / "active")
    root = tmp_path / "shop"
    root.mkdir()
    found = find(root, Wish(environ={"VIRTUAL_ENV": str(tmp_path / "active")}), Runner())
    assert (found.python, found.trouble) == (tmp_path / "active" / "bin" / "python", "")


@pytest.mark.parametrize(
    ("files", "tool", "script"),
    [
        pytest.param(["poetry.lock"], "poetry", 'echo "$PWD/kept"', id="poetry"),
        pytest.param(["hatch.toml"], "hatch", 'test "$3" = default && echo "$PWD/kept"', id="hatch"),
    ],
)
def test_environments_that_a_tool_keeps(tmp_path: Path, files: Iterable[str], tool: str, script: str) -> None:
    environ = program(tmp_path / "path", tool, script)
    environment(tmp_path / "kept")
    check(tmp_path, Wish(environ=environ), trouble="No Python environment was found")
    for name in files:
        (tmp_path / name).touch()
    check(tmp_path, Wish(environ=environ), python="kept/bin/python", why=f"{tool}'s environment")


def test_the_environment_of_uv(tmp_path: Path) -> None:
    environment(tmp_path / "kept")
    (tmp_path / "pyproject.toml").write_text("[tool.uv]\n")
    check(tmp_path, Wish(environ={"UV_PROJECT_ENVIRONMENT": "kept"}), python="kept/bin/python", why="uv's environment")


@pytest.mark.parametrize(
    ("given", "trouble"),
    [
        pytest.param("nowhere", "does not exist", id="missing"),
        pytest.param("broken", "holds no working python", id="broken"),
        pytest.param("file", "is no program", id="no program"),
    ],
)
def test_a_broken_path_is_told(tmp_path: Path, given: str, trouble: str) -> None:
    environment(tmp_path / "broken", works=False)
    environment(tmp_path / ".venv")
    (tmp_path / "file").write_text("")
    check(tmp_path, Wish(given), trouble=trouble)
    check(tmp_path, Wish("", given), trouble=trouble)


def test_an_environment_whose_python_is_gone_is_told(tmp_path: Path) -> None:
    environment(tmp_path / ".venv", works=False)
    check(tmp_path, Wish(), trouble="holds no working python: make it anew")


@pytest.mark.parametrize(
    "made",
    [
        pytest.param({"bin/python": "gone"}, id="only a link to what is gone"),
        pytest.param({"": "gone"}, id="a link to a folder that is gone"),
    ],
)
def test_what_is_left_of_an_environment_is_told(tmp_path: Path, made: dict[str, str]) -> None:
    for name, gone in made.items():
        place = tmp_path / ".venv" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(tmp_path / gone)
    found = find(tmp_path, Wish(), Runner())
    assert (found.python, bool(found.why)) == (None, True)
    assert "holds no working python: make it anew" in found.trouble


def test_a_package_of_that_name_is_no_environment(tmp_path: Path) -> None:
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    check(tmp_path, Wish(), trouble="No Python environment was found")


@pytest.mark.parametrize(
    ("made", "start", "root"),
    [
        pytest.param(["a/.venv", "b/.venv"], "a/src/shop", "a", id="the folder that has one"),
        pytest.param(["a/.venv", "a/src/venv"], "a/src/shop", "a/src", id="the nearest"),
        pytest.param([".venv", "a/.venv"], "a/src/shop", "", id="the root has one"),
        pytest.param(["b/.venv"], "a/src/shop", "", id="another folder has one"),
        pytest.param(["a/.venv"], "", "", id="the root itself"),
    ],
)
def test_a_folder_with_an_environment_is_a_project(tmp_path: Path, made: list[str], start: str, root: str) -> None:
    for place in made:
        environment(tmp_path / place)
    assert nearest(tmp_path / start, tmp_path) == tmp_path / root


@pytest.mark.parametrize(
    ("said", "old"),
    [
        ("home = /x\nversion = 3.7.16\n", True),
        ("version_info = 3.7.16.final.0\nhome = /x\n", True),
        ("version = 3.8.0", False),
        ("version = 3.13.0", False),
        ("home = /x", False),
    ],
)
def test_a_python_that_is_too_old_is_told(tmp_path: Path, said: str, *, old: bool) -> None:
    (tmp_path / "pyvenv.cfg").write_text(said)
    python = tmp_path / "bin" / "python"
    told = too_old(python)
    assert told == (f"{python} is Python 3.7, and tests run here in 3.8 or later." if old else "")


@pytest.mark.parametrize(
    ("made", "advice"),
    [
        pytest.param({}, "{python} -m ensurepip` gets pip", id="without pip"),
        pytest.param({"lib/python3.11/site-packages/pip/__init__.py": ""}, "{python} -m pip install pytest", id="pip"),
        pytest.param({"pyvenv.cfg": "home = /x\nuv = 0.5\n"}, "uv pip install --python {python} pytest", id="uv"),
    ],
)
def test_how_to_get_pytest(tmp_path: Path, made: dict[str, str], advice: str) -> None:
    """What the installation has that an environment was made from is not there in the environment."""
    place = tmp_path / ".venv"
    venv.create(place, with_pip=False, symlinks=True)
    for name, text in made.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    python = place / "bin" / "python"
    told = without_pytest(python, places.of(python, tmp_path / "home").packages)
    assert f"pytest is not installed for {python}" in told
    assert advice.format(python=python) in told
