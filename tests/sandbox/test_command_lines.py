"""What the sandboxes are told: bubblewrap by its command line, seatbelt by its profile."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from lastmile.sandbox import bubblewrap, seatbelt
from lastmile.sandbox.values import Bind, Box

BOX = Box(
    visible=(Path("/usr"), Path("/home/u/proj"), Path("/home/u/.pyenv")),
    fresh=(Path("/home/u"), Path("/tmp")),  # noqa: S108 - the sandbox's own
    binds=(Bind(Path("/home/u/proj/a.py"), Path("/home/u/proj/b.py")),),
    env={"LANG": "C"},
)


def given(box: Box = BOX) -> str:
    return " ".join(bubblewrap.command("bwrap", box, ["python", "-c", "1"]))


@pytest.mark.parametrize(
    "words",
    [
        "--unshare-user",
        "--unshare-pid",
        "--unshare-net",
        "--unshare-ipc",
        "--die-with-parent",
        "--new-session",
        "--cap-drop ALL",
        "--clearenv",
        "--setenv LANG C",
        "--remount-ro /dev --remount-ro / -- python -c 1",
    ],
)
def test_bubblewrap_is_told(words: str) -> None:
    assert words in given()


def test_what_lies_below_comes_after() -> None:
    line = given()
    places = ["--tmpfs /home/u ", "--ro-bind-try /home/u/proj ", "--ro-bind /home/u/proj/a.py /home/u/proj/b.py"]
    assert [line.index(place) for place in places] == sorted(line.index(place) for place in places)


def test_capabilities_and_the_network_are_there_where_they_are_asked_for() -> None:
    assert "--cap-add" not in given()
    assert "--cap-drop ALL --clearenv" in given(evolve(BOX, nested=True))
    assert "--cap-add ALL" in given(evolve(BOX, nested=True))
    assert "--unshare-net" not in given(evolve(BOX, network=True))


def test_user_namespaces_are_forbidden_where_that_can_be_said() -> None:
    assert "--disable-userns" not in given()
    assert "--disable-userns" in bubblewrap.command("bwrap", BOX, [], closes=True)
    assert "--disable-userns" not in bubblewrap.command("bwrap", evolve(BOX, nested=True), [], closes=True)


def test_what_is_kept_below_an_empty_folder(tmp_path: Path) -> None:
    for name in ("home/proj/.venv", "home/.pyenv", "else"):
        (tmp_path / name).mkdir(parents=True)
    names = ("home/proj", "home/proj/.venv", "home/.pyenv", "else", "home/gone")
    box = Box(visible=tuple(tmp_path / name for name in names), fresh=(tmp_path / "home",))
    assert box.kept == (tmp_path / "home/.pyenv", tmp_path / "home/proj")


def test_seatbelt_denies_all_that_is_not_named() -> None:
    lines = seatbelt.profile(BOX).splitlines()
    assert lines[:2] == ["(version 1)", "(deny default)"]
    assert '(allow file-write* (subpath "/home/u") (subpath "/private/tmp"))' in lines
    assert not [line for line in lines if "network" in line and "localhost" not in line]
    assert "(allow network*)" in seatbelt.profile(evolve(BOX, network=True))


def test_seatbelt_is_not_talked_out_of_it_by_a_path() -> None:
    box = evolve(BOX, visible=(Path('/a") (allow default) ("\\'),))
    assert '(subpath "/a\\") (allow default) (\\"\\\\")' in seatbelt.profile(box)


def test_seatbelt_gets_an_empty_environment() -> None:
    assert seatbelt.command(BOX, ["true"])[:4] == ["/usr/bin/env", "-i", "LANG=C", seatbelt.PROGRAM]
