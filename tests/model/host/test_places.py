import os
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from tests.support.hosting import SMALL, Runtime

from lastmile.errors import ModelError
from lastmile.model.host.places import places


def test_a_folder_that_only_the_person_can_enter(hosts: Runtime) -> None:
    hosts.folder.chmod(0o755)
    found = places(SMALL, hosts.env)
    assert hosts.folder.stat().st_mode & 0o777 == 0o700
    assert {path.parent for path in (found.address, found.lock, found.log)} == {hosts.folder}


def test_the_same_settings_are_the_same_host(hosts: Runtime) -> None:
    assert places(SMALL, hosts.env) == places(evolve(SMALL), hosts.env)
    changes: list[dict[str, Any]] = [{name: 4096} for name in ("context", "threads", "idle")]
    others = {places(evolve(SMALL, **change), hosts.env).address for change in changes}
    assert len(others | {places(SMALL, hosts.env).address}) == 4


def test_somebody_elses_link_is_not_followed(hosts: Runtime, tmp_path: Path) -> None:
    (hosts.folder / "link").symlink_to(tmp_path)
    with pytest.raises(ModelError, match="the folder is not your own"):
        places(SMALL, {**hosts.env, "LASTMILE_RUNTIME": str(hosts.folder / "link")})


def modes(*folders: Path) -> list[int]:
    return [folder.stat().st_mode & 0o777 for folder in folders]


@pytest.fixture
def state(hosts: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have logs lie with the test's own files."""
    monkeypatch.setenv("XDG_STATE_HOME", str(hosts.folder / "state"))


@pytest.mark.usefixtures("state")
def test_without_a_runtime_folder_it_is_one_below_that_of_temporary_files(hosts: Runtime) -> None:
    root, nobody = hosts.folder, {"XDG_RUNTIME_DIR": str(hosts.folder / "none")}
    (root / "tmp").mkdir()
    above = root / "tmp" / f"runtime-{os.geteuid()}"
    for _ in range(2):
        assert places(SMALL, nobody, root).address.parent == above / "lastmile"
        assert modes(above, above / "lastmile") == [0o700, 0o700]
        above.chmod(0o755)  # as older versions of others left it
    run = root / f"run/user/{os.geteuid()}"
    run.mkdir(parents=True)
    assert places(SMALL, nobody, root).address.parent == run / "lastmile"
    assert places(SMALL, {"XDG_RUNTIME_DIR": str(root)}, root).address.parent == root / "lastmile"


@pytest.mark.usefixtures("state")
@pytest.mark.parametrize("kind", ["link", "file", "owner"])
def test_what_somebody_else_made_there_before_is_refused(hosts: Runtime, kind: str) -> None:
    above = hosts.folder / "tmp" / f"runtime-{os.geteuid()}"
    above.parent.mkdir()
    if kind == "link":
        (hosts.folder / "theirs").mkdir()
        above.symlink_to(hosts.folder / "theirs")
    elif kind == "file":
        above.touch()
    elif os.geteuid() == 0:
        above.mkdir()
        os.chown(above, 1, -1)
    else:
        pytest.skip("only root can give a folder away")
    with pytest.raises(ModelError, match=r"(is not your own|File exists).*runtime-"):
        places(SMALL, {}, hosts.folder)


def test_each_folder_that_is_made_is_for_the_person_alone(hosts: Runtime) -> None:
    place = hosts.folder / "a" / "b" / "c"
    places(SMALL, {"LASTMILE_RUNTIME": str(place)})
    assert modes(place, place.parent, place.parent.parent) == [0o700] * 3


def test_no_place(hosts: Runtime) -> None:
    (hosts.folder / "file").touch()
    with pytest.raises(ModelError, match="no place to be found in"):
        places(SMALL, {**hosts.env, "LASTMILE_RUNTIME": str(hosts.folder / "file" / "below")})
    with pytest.raises(ModelError, match="too long for a socket: name a shorter folder in LASTMILE_RUNTIME"):
        places(SMALL, {**hosts.env, "LASTMILE_RUNTIME": str(hosts.folder / ("a" * 100))})
