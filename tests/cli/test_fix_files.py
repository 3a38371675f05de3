"""``lastmile fix`` over files as they come: their bytes, their names, links, and what is no file."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tests.support.fix_command import CALL, UNUSED, run
from tests.support.fixing import fill

pytestmark = pytest.mark.slow

ODD: dict[str, str | bytes] = {
    "latin.py": b"# \xe9\n",
    "empty.py": b"",
    "crlf.py": b"import os\r\nx = 1\r\n",
    "bom.py": b"\xef\xbb\xbfimport os\nx = 1\n",
    "open.py": b"import os\nx = 1",
    "broken.py": b"x = (\n",
    "odd.py": "import os\nx = '\u2028\x0c😀'\n".encode(),
    "null.py": b"import os\nx = '\0'\n",
    "sp ace/ä.py": b"import os\nx = 1\n",
}


def test_files_as_they_come(tmp_path: Path, home_env: dict[str, str]) -> None:
    folder = fill(tmp_path / "project", ODD)
    (folder / "notes.txt").write_text("import os\n")
    (folder / "only.py").write_text(UNUSED)
    (folder / "only.py").chmod(0o444)
    done = run(".", "notes.txt", "--write", "--json", "--paid", "never", cwd=folder, env=home_env)
    found = done.document
    assert done.code == 1
    errors = "\n".join(found["errors"])
    assert "latin.py is not UTF-8 and was left alone." in errors
    assert "only.py cannot be written: it is read-only." in errors
    assert "only.py" in found["changed"]
    assert "only.py" not in found["written"]
    assert "notes.txt is not Python, or ruff's settings exclude it: it was left alone." in errors
    assert len(found["errors"]) == 3
    gone = {"crlf.py", "bom.py", "open.py", "odd.py", "null.py", "sp ace/ä.py"}
    for name, data in ODD.items():
        assert isinstance(data, bytes)
        expected = data.replace(b"import os\r\n", b"").replace(b"import os\n", b"") if name in gone else data
        assert (folder / name).read_bytes() == expected
    assert (folder / "only.py").read_text() == UNUSED
    left = found["findings"]["after"]
    assert left["F401"] == 1  # what could not be written is still there
    assert "invalid-syntax" in left


def test_a_file_that_does_not_parse_is_not_taken_for_one_without_findings(
    tmp_path: Path, home_env: dict[str, str]
) -> None:
    folder = fill(tmp_path / "project", {"a.py": "import os\ndef f(:\n  return\n"})
    done = run("a.py", "--select", "F401", "--paid", "never", cwd=folder, env=home_env)
    assert "a.py does not parse, so most rules find nothing in it." in done.out + done.err
    assert done.code == 1


def test_a_pipe_and_a_circle_are_left_alone(tmp_path: Path, home_env: dict[str, str]) -> None:
    folder = fill(tmp_path / "project", {"a.py": UNUSED})
    os.mkfifo(folder / "pipe.py")
    (folder / "link.py").symlink_to("a.py")
    (folder / "loop.py").symlink_to("loop.py")
    (folder / "script").write_text(UNUSED)
    done = run(".", "pipe.py", "a.py", "link.py", "script", "--write", "--paid", "never", cwd=folder, env=home_env)
    assert "Traceback" not in done.err
    assert (folder / "a.py").read_text() == "x = 1\n"
    assert (folder / "link.py").is_symlink()


def test_a_file_s_name_need_not_be_text(tmp_path: Path, home_env: dict[str, str]) -> None:
    folder = fill(tmp_path / "project", {"a.py": "x = 1\n"})
    name = os.fsdecode(b"b\xff.py")
    (folder / name).write_text(UNUSED)
    done = run(name, "--write", "--json", "--paid", "never", cwd=folder, env=home_env)
    assert (done.document["files"], done.document["errors"]) == (1, [])
    assert (folder / name).read_text() == "x = 1\n"


@pytest.mark.parametrize("name", ["a\u2028b.py", "new\nline.py", "a\x0bb.py"])
def test_a_file_s_name_may_hold_what_ends_a_line(tmp_path: Path, home_env: dict[str, str], name: str) -> None:
    folder = fill(tmp_path / "project", {name: UNUSED})
    done = run(".", "--write", "--json", "--paid", "never", cwd=folder, env=home_env)
    assert (done.document["files"], done.document["errors"]) == (1, [])
    assert (folder / name).read_text() == "x = 1\n"


def test_a_file_of_several_names_is_done_once(tmp_path: Path, home_env: dict[str, str]) -> None:
    folder = fill(tmp_path / "project", {"b.py": UNUSED})
    (folder / "a.py").symlink_to("b.py")
    for paths in (["."], ["a.py"]):
        done = run(*paths, "--json", "--paid", "never", cwd=folder, env=home_env)
        assert (done.document["files"], done.document["findings"]["before"]) == (1, {"F401": 1})
        assert done.document["errors"] == []


def test_a_link_out_of_a_folder_is_left_alone_unless_it_is_named(tmp_path: Path, home_env: dict[str, str]) -> None:
    folder, outside = fill(tmp_path / "project", {"b.py": UNUSED}), tmp_path / "outside.py"
    outside.write_text(UNUSED)
    (folder / "a.py").symlink_to(outside)
    done = run(".", "--write", "--json", "--paid", "never", cwd=folder, env=home_env)
    assert (done.document["files"], outside.read_text()) == (1, UNUSED)
    assert [error for error in done.document["errors"] if "leads out of the folder" in error]
    done = run("a.py", "--write", "--json", "--paid", "never", cwd=folder, env=home_env)
    assert done.document["errors"] == []
    assert "import os" not in outside.read_text()


def test_a_folder_that_is_gone(tmp_path: Path, home_env: dict[str, str]) -> None:
    (tmp_path / "gone").mkdir()
    done = subprocess.run(
        ["/bin/sh", "-c", 'rmdir "$PWD"; exec "$@"', "sh", *CALL, "/"],
        cwd=tmp_path / "gone", env=home_env, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("lastmile: The current folder was removed.")
