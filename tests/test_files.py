"""Files are read as they are and replaced in one step, or left alone with a reason."""

from __future__ import annotations

import codecs
import os
import subprocess
import sys
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from tests.support.source import texts

from lastmile import files
from lastmile.errors import RequestError
from lastmile.text.snapshot import Snapshot


@pytest.mark.parametrize(
    ("data", "text", "bom"),
    [
        pytest.param(b"x = 1\n", "x = 1\n", False, id="plain"),
        pytest.param(b"", "", False, id="empty"),
        pytest.param(b"x = 1\r\ny\r\n", "x = 1\r\ny\r\n", False, id="CRLF"),
        pytest.param(b"x\ry", "x\ry", False, id="CR, no last line end"),
        pytest.param(codecs.BOM_UTF8 + b"x\n", "x\n", True, id="a byte order mark"),
        pytest.param(codecs.BOM_UTF8 * 2 + b"x\n", "\ufeffx\n", True, id="two of them"),
        pytest.param("é😀\u2028\0\n".encode(), "é😀\u2028\0\n", False, id="odd characters"),
    ],
)
def test_a_file_is_read_and_written_back_as_it_is(tmp_path: Path, data: bytes, text: str, *, bom: bool) -> None:
    path = tmp_path / "a b ü.py"
    path.write_bytes(data)
    snapshot = files.read(path)
    assert (snapshot.text, snapshot.bom, snapshot.path, snapshot.version) == (text, bom, path, None)
    assert snapshot.uri == path.as_uri()
    files.write(snapshot, text)
    assert path.read_bytes() == data
    files.write(snapshot, f"{text}# more")
    assert path.read_bytes() == data + b"# more"
    assert list(tmp_path.iterdir()) == [path]


@given(texts())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_back(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"")
    try:
        data = text.encode()
    except UnicodeEncodeError:
        with pytest.raises(RequestError, match="half of a surrogate pair"):
            files.write(files.read(path), text)
        assert path.read_bytes() == b""
    else:
        files.write(files.read(path), text)
        assert path.read_bytes() == data


def test_the_mode_stays(tmp_path: Path) -> None:
    path = tmp_path / "run"
    path.write_text("x\n")
    path.chmod(0o751)
    files.write(files.read(path), "y\n")
    assert path.stat().st_mode & 0o777 == 0o751


def test_a_link_is_followed_and_stays(tmp_path: Path) -> None:
    (tmp_path / "real.py").write_text("x\n")
    (tmp_path / "link.py").symlink_to("real.py")
    files.write(files.read(tmp_path / "link.py"), "y\n")
    assert (tmp_path / "link.py").is_symlink()
    assert (tmp_path / "real.py").read_text() == "y\n"


def not_there(path: Path) -> None:
    assert not path.exists()


def folder(path: Path) -> None:
    path.mkdir()


def pipe(path: Path) -> None:
    os.mkfifo(path)


def circle(path: Path) -> None:
    path.symlink_to(path)


def latin(path: Path) -> None:
    path.write_bytes(b"# \xe9\n")


def utf16(path: Path) -> None:
    path.write_bytes("x = 1\n".encode("utf-16"))


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(20_000_001)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (not_there, "cannot be read: No such file"),
        (folder, "is not a regular file"),
        (pipe, "is not a regular file"),
        (circle, "cannot be read: Too many levels"),
        (latin, "is not UTF-8"),
        (utf16, "is not UTF-8"),
        (huge, "larger than 20 MB"),
    ],
)
def test_what_cannot_be_read_is_left_alone(tmp_path: Path, make: object, why: str) -> None:
    assert callable(make)
    make(tmp_path / "a.py")
    with pytest.raises(RequestError, match=why) as refusal:
        files.read(tmp_path / "a.py")
    assert str(tmp_path / "a.py") in str(refusal.value)


@pytest.mark.parametrize("now", [b"y\n", b"", codecs.BOM_UTF8 + b"x\n", b"x\r\n"])
def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path, now: bytes) -> None:
    path = tmp_path / "a.py"
    path.write_text("x\n")
    snapshot = files.read(path)
    path.write_bytes(now)
    with pytest.raises(RequestError, match="changed on the disk meanwhile"):
        files.write(snapshot, "z\n")
    assert path.read_bytes() == now


def test_a_file_that_is_gone_is_not_made_again(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x\n")
    snapshot = files.read(path)
    path.unlink()
    with pytest.raises(RequestError, match="cannot be read"):
        files.write(snapshot, "z\n")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_read_only_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x\n")
    path.chmod(0o444)
    with pytest.raises(RequestError, match="cannot be written: it is read-only"):
        files.write(files.read(path), "z\n")
    assert path.read_text() == "x\n"


def test_a_folder_with_no_room_for_the_new_file(tmp_path: Path) -> None:
    # A name so long that the temporary one beside it is too long.
    path = tmp_path / ("a" * 250 + ".py")
    path.write_text("x\n")
    with pytest.raises(RequestError, match="cannot be written: File name too long"):
        files.write(files.read(path), "z\n")
    assert path.read_text() == "x\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_that_is_full_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x\n")
    # The limit holds for a process, so it takes one of its own.
    code = (
        "import resource, sys; from pathlib import Path; from lastmile import files\n"
        "snapshot = files.read(Path(sys.argv[1])); resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))\n"
        "try:\n    files.write(snapshot, 'y' * 100)\nexcept files.RequestError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)
    assert done.stdout == f"{path} cannot be written: File too large.\n"
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_text() == "x\n"


def test_a_document_without_a_file_cannot_be_written() -> None:
    with pytest.raises(RequestError, match="one has no file"):
        files.write(evolve(Snapshot("untitled:one", "x\n"), text="y\n"), "z\n")


def test_a_new_file_is_made_with_the_usual_mode(tmp_path: Path) -> None:
    path, other = tmp_path / "new.py", tmp_path / "other.py"
    other.touch()
    snapshot = Snapshot(path.as_uri(), "", path, is_new=True)
    files.write(snapshot, "x = 1\n")
    assert (path.read_text(), path.stat().st_mode) == ("x = 1\n", other.stat().st_mode)
    assert sorted(tmp_path.iterdir()) == [path, other]
    with pytest.raises(RequestError, match="changed on the disk meanwhile"):
        files.write(snapshot, "x = 2\n")


def test_a_new_file_in_a_folder_that_is_gone_is_a_message(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "new.py"
    with pytest.raises(RequestError, match="cannot be written: No such file"):
        files.write(Snapshot(path.as_uri(), "", path, is_new=True), "x = 1\n")
