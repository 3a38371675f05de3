from __future__ import annotations

import fcntl
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event

import pytest

from lastmile.model.host.locking import locked, tidy

DAY = 86_400.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def left(folder: Path, name: str, *, age: float) -> Path:
    """Leave the lock and the socket of a host."""
    lock = folder / f"model-{name}.lock"
    lock.write_text("1\n")
    lock.with_suffix(".sock").touch()
    os.utime(lock, (time.time() - age,) * 2)
    return lock


def test_what_ended_hosts_left_goes(folder: Path) -> None:
    old, new = left(folder, "a", age=DAY), left(folder, "b", age=60)
    other = folder / "other.lock"
    other.touch()
    os.utime(other, (0, 0))
    with left(folder, "c", age=DAY).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        os.utime(file.name, (0, 0))
        tidy(folder)
        assert sorted(path.name for path in folder.iterdir()) == [
            "model-b.lock", "model-b.sock", "model-c.lock", "model-c.sock", "other.lock",
        ]  # fmt: skip
    assert not old.exists()
    assert new.exists()


def test_one_at_a_time(folder: Path) -> None:
    path = folder / "model-a.lock"
    with locked(path) as first, locked(path) as second:
        assert (first, second) == (True, False)
        assert path.read_text() == f"{os.getpid()}\n"
    with locked(path) as again:
        assert again


def test_a_lock_that_is_being_tidied_is_taken_all_the_same(folder: Path) -> None:
    path = left(folder, "a", age=DAY)
    tidying = path.open("rb")
    fcntl.flock(tidying, fcntl.LOCK_EX)
    path.unlink()
    with locked(path) as ours:  # a new file, while the old one is still held
        assert ours
        assert path.read_text() == f"{os.getpid()}\n"
    tidying.close()


@pytest.mark.slow
def test_what_is_held_is_never_deleted_meanwhile(folder: Path) -> None:
    path = folder / "model-a.lock"
    over = Event()

    def always_tidying() -> None:
        while not over.is_set():
            with suppress(FileNotFoundError):
                os.utime(path, (0, 0))
            tidy(folder)

    with ThreadPoolExecutor(2) as pool:
        tidying = [pool.submit(always_tidying) for _ in range(2)]
        try:
            for _ in range(500):
                with locked(path) as ours:
                    assert ours
                    assert path.read_text() == f"{os.getpid()}\n"
        finally:
            over.set()
    assert [each.exception() for each in tidying] == [None, None]


@pytest.mark.slow
def test_a_folder_that_is_gone(folder: Path) -> None:
    tidy(folder / "none")
