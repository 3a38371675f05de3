from pathlib import Path

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
    others = {places(evolve(SMALL, **{name: 4096}), hosts.env).address for name in ("context", "threads", "idle")}
    assert len(others | {places(SMALL, hosts.env).address}) == 4


def test_somebody_elses_link_is_not_followed(hosts: Runtime, tmp_path: Path) -> None:
    (hosts.folder / "link").symlink_to(tmp_path)
    with pytest.raises(ModelError, match="the folder is not your own"):
        places(SMALL, {**hosts.env, "LASTMILE_RUNTIME": str(hosts.folder / "link")})


def test_no_place(hosts: Runtime) -> None:
    (hosts.folder / "file").touch()
    with pytest.raises(ModelError, match="no place to be found in"):
        places(SMALL, {**hosts.env, "LASTMILE_RUNTIME": str(hosts.folder / "file" / "below")})
    with pytest.raises(ModelError, match="too long for a socket: name a shorter folder in LASTMILE_RUNTIME"):
        places(SMALL, {**hosts.env, "LASTMILE_RUNTIME": str(hosts.folder / ("a" * 100))})
