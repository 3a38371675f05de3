"""Which sandbox there is, what a person is told where there is none, and what gets in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lastmile.sandbox import environment, places
from lastmile.sandbox.choose import Kind, NoSandbox, Sandbox, choose


def program(folder: Path, body: str) -> dict[str, str]:
    """Write a bubblewrap, and give the environment that finds it."""
    place = folder / "bwrap"
    place.write_text(f"#!/bin/sh\n{body}\n")
    place.chmod(0o755)
    return {"PATH": str(folder)}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(
            "echo 'setting up uid map: Permission denied' >&2; exit 1", "uid map: Permission denied", id="forbidden"
        ),
        pytest.param("exit 1", "it ended with status 1", id="silent"),
    ],
)
def test_a_bubblewrap_that_does_not_work(tmp_path: Path, body: str, reason: str) -> None:
    found = choose(program(tmp_path, body), "linux")
    assert isinstance(found, NoSandbox)
    assert "the kernel does not let users make namespaces; allow them" in found.reason
    assert reason in found.reason


def test_one_that_works(tmp_path: Path) -> None:
    assert choose(program(tmp_path, "exit 0"), "linux") == Sandbox(
        Kind.BUBBLEWRAP, str(tmp_path / "bwrap"), closes=True
    )


def test_an_older_one(tmp_path: Path) -> None:
    env = program(tmp_path, 'case "$*" in *--disable-userns*) echo Unknown >&2; exit 1;; esac')
    assert choose(env, "linux") == Sandbox(Kind.BUBBLEWRAP, str(tmp_path / "bwrap"))


@pytest.mark.parametrize(
    ("platform", "reason"),
    [("linux", "bubblewrap is not installed"), ("win32", "there is no sandbox for win32"), ("darwin", "is not there")],
)
def test_none(tmp_path: Path, platform: str, reason: str) -> None:
    found = choose({"PATH": str(tmp_path)}, platform)
    assert isinstance(found, NoSandbox)
    assert reason in found.reason


def test_no_secret_gets_into_the_environment() -> None:
    person = {
        "LANG": "C",
        "LC_CTYPE": "C.UTF-8",
        "PATH": "/home/u/bin",
        "HOME": "/home/u",
        **dict.fromkeys(("ANTHROPIC_API_KEY", "GITHUB_TOKEN", "SSH_AUTH_SOCK", "LC_SECRET", "PYTHONPATH"), "secret"),
    }
    place = Path("/x")
    env = environment.allowed(person, home=place, temporary=place, python=Path("/venv/bin/python"))
    assert "secret" not in env.values()
    assert (env["LANG"], env["LC_CTYPE"], env["HOME"]) == ("C", "C.UTF-8", "/x")
    assert env["PATH"].startswith("/venv/bin:")


def test_what_belongs_to_an_interpreter(tmp_path: Path) -> None:
    home, base, venv = tmp_path / "home", tmp_path / "home/.pyenv/versions/3.12", tmp_path / "home/proj/.venv"
    packages = venv / "lib/python3.12/site-packages"
    for folder in (base / "bin", venv / "bin", packages / "lib-1.dist-info", home / "lib", home / ".local/bin"):
        folder.mkdir(parents=True)
    (base / "bin/python3.12").touch()
    (home / ".local/bin/python3.12").symlink_to(base / "bin/python3.12")
    (venv / "bin/python").symlink_to(home / ".local/bin/python3.12")
    (venv / "pyvenv.cfg").write_text(f"home = {home / '.local/bin'}\n")
    said = {"url": (home / "lib").as_uri(), "dir_info": {"editable": True}}
    (packages / "lib-1.dist-info/direct_url.json").write_text(json.dumps(said))
    (packages / "home.pth").write_text(f"{home}\nimport os\n")
    found = places.of(venv / "bin/python", home)
    assert {venv, base, home / "lib"} <= set(found.folders)
    assert home not in found.folders
    assert packages in found.packages
