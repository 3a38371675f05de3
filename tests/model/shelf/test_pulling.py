from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve
from tests.support.hub_server import COMMIT, Hub, hub

from lastmile.errors import ModelError
from lastmile.model.shelf.catalogue import Entry, catalogue
from lastmile.model.shelf.places import place_of
from lastmile.model.shelf.pulling import Pull, alone
from lastmile.model.shelf.removing import ours, removed

NAME = "Owner/Tiny-GGUF/resolve/main/tiny.gguf"
CHUNK = 10 * 1024 * 1024
"""Bytes that the hub's client takes in before it writes any."""

ENTRY = evolve(catalogue()[0], name="tiny", repository="Owner/Tiny-GGUF", file="tiny.gguf", revision="main", sha256="")


@pytest.fixture
def served(tiny: Path) -> Iterator[Hub]:
    with hub(files={NAME: tiny.read_bytes()}) as found:
        yield found


@pytest.fixture
def large(served: Hub) -> bytes:
    """Give a file with something behind the tensors, which nobody reads."""
    served.files[NAME] += bytes(CHUNK + 500_000)
    return served.files[NAME]


def pull(served: Hub, env: dict[str, str], entry: Entry = ENTRY) -> tuple[Path, list[str]]:
    said: list[str] = []
    return Pull(entry, env, said.append, endpoint=served.url).run(), said


@pytest.fixture
def env(home_env: dict[str, str], tmp_path: Path) -> dict[str, str]:
    return home_env | {"LASTMILE_MODELS": str(tmp_path / "models")}


def left(env: dict[str, str]) -> list[str]:
    return sorted(path.name for path in place_of(ENTRY, env).folder.iterdir())


@pytest.mark.slow
def test_a_whole_file(served: Hub, env: dict[str, str], tiny: Path) -> None:
    file, said = pull(served, env)
    assert file.read_bytes() == tiny.read_bytes()
    assert said == ["Checking its SHA-256."]
    assert left(env) == [".lock", "pulled.json", "tiny.gguf"]
    pulled = place_of(ENTRY, env).pulled()
    assert pulled is not None
    assert (pulled.revision, pulled.sha256) == (COMMIT, hashlib.sha256(tiny.read_bytes()).hexdigest())
    asked = len(served.seen)
    assert pull(served, env) == (file, []), "what is here is not asked for again"
    assert len(served.seen) == asked
    assert all("Authorization" not in headers for headers in served.headers)


@pytest.mark.slow
def test_a_cut_is_gone_on_with_at_once(served: Hub, env: dict[str, str], large: bytes) -> None:
    served.cuts = [CHUNK + 1000]
    file, _ = pull(served, env)
    assert file.read_bytes() == large
    assert [asked[2] for asked in served.seen if asked[0] == "GET" and "/elsewhere" in asked[1]] == [
        "",
        f"bytes={CHUNK}-",
    ]


@pytest.mark.slow
def test_a_pull_that_broke_off_is_gone_on_with_later(served: Hub, env: dict[str, str], large: bytes) -> None:
    served.cuts = [CHUNK + 1000, -1]
    with pytest.raises(ModelError, match=r"broke off: .*403.* What came is kept: lastmile model pull tiny goes on"):
        pull(served, env)
    assert place_of(ENTRY, env).pulled() is None
    file, said = pull(served, env)
    assert file.read_bytes() == large
    assert said[0] == "Going on from 10 MB of 11 MB."
    assert served.seen[-1] == ("GET", f"/elsewhere/{NAME}", f"bytes={CHUNK}-")
    assert left(env) == [".lock", "pulled.json", "tiny.gguf"]


def test_a_part_that_is_longer_than_the_file_is_begun_anew(served: Hub, env: dict[str, str], tiny: Path) -> None:
    place = place_of(ENTRY, env)
    place.folder.mkdir(parents=True)
    place.part(hashlib.sha256(tiny.read_bytes()).hexdigest()).write_bytes(tiny.read_bytes() + b"more")
    assert pull(served, env)[0].read_bytes() == tiny.read_bytes()


def test_a_part_that_is_not_of_this_file_is_found_out(served: Hub, env: dict[str, str], tiny: Path) -> None:
    place = place_of(ENTRY, env)
    place.folder.mkdir(parents=True)
    place.part(hashlib.sha256(tiny.read_bytes()).hexdigest()).write_bytes(b"x" * 1000)
    with pytest.raises(ModelError, match=r"What came is not tiny\.gguf: its SHA-256 is"):
        pull(served, env)
    assert left(env) == [".lock"]
    assert pull(served, env)[0].read_bytes() == tiny.read_bytes()


def test_a_wrong_hash_is_refused_and_removed(served: Hub, env: dict[str, str]) -> None:
    served.sha256 = "0" * 64
    with pytest.raises(ModelError, match=r"and should be 0000.* It was removed; pull it again"):
        pull(served, env)
    assert left(env) == [".lock"]


def test_another_file_than_the_catalogues_is_not_even_pulled(served: Hub, env: dict[str, str]) -> None:
    with pytest.raises(ModelError, match=r"The hub has another file under the name tiny.gguf than the catalogue knows"):
        pull(served, env, evolve(ENTRY, sha256="1" * 64))
    assert [asked[0] for asked in served.seen] == ["HEAD"]


def test_what_is_no_model_is_refused(served: Hub, env: dict[str, str]) -> None:
    served.files[NAME] = b"version https://git-lfs.github.com/spec/v1\n"
    with pytest.raises(ModelError, match=r"is not a GGUF file"):
        pull(served, env)
    assert left(env) == [".lock"]


def test_a_disk_without_room(served: Hub, env: dict[str, str]) -> None:
    served.bytes = 10**18
    with pytest.raises(ModelError, match=r"GB left, and tiny takes 1000000000\.0 GB: make room, or name a folder"):
        pull(served, env)


def test_a_file_that_the_hub_does_not_have(served: Hub, env: dict[str, str]) -> None:
    served.files.clear()
    with pytest.raises(
        ModelError, match=r"cannot be reached, or does not have the file: .* By hand: download https://"
    ):
        pull(served, env)


def test_no_hub(env: dict[str, str]) -> None:
    with pytest.raises(ModelError, match=r"cannot be reached.* bring the file here, and say: lastmile model use FILE"):
        Pull(ENTRY, env, print, endpoint="http://127.0.0.1:9").run()


def test_a_hub_that_does_not_say_the_hash(served: Hub, env: dict[str, str]) -> None:
    served.sha256 = "abc"
    with pytest.raises(ModelError, match=r"does not say the SHA-256 of tiny\.gguf, so it is not pulled"):
        pull(served, env)


def test_a_file_of_another_name_takes_the_place_of_the_old_one(served: Hub, env: dict[str, str], tiny: Path) -> None:
    old, _ = pull(served, env)
    newer = evolve(ENTRY, file="newer.gguf")
    served.files[NAME.replace("tiny.gguf", "newer.gguf")] = tiny.read_bytes()
    assert place_of(newer, env).pulled() is None
    assert ours(newer, env) == [old], "what was pulled under the old name can be removed"
    new, _ = pull(served, env, newer)
    assert (new.exists(), old.exists()) == (True, False)
    removed(newer, env)
    assert not new.parent.exists()


def test_only_one_pulls_at_a_time(served: Hub, env: dict[str, str]) -> None:
    place = place_of(ENTRY, env)
    place.folder.mkdir(parents=True)
    with alone(place):
        with pytest.raises(ModelError, match=r"Another process is pulling tiny already"):
            pull(served, env)
        with pytest.raises(ModelError, match=r"Another process is pulling tiny already"):
            removed(ENTRY, env)
