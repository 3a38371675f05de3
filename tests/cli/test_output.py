"""Where the output goes: an interruption, a terminal, a reader that goes, a full disk, a locale."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.command import BROKEN, lastmile
from tests.support.warm import PROGRAM

pytestmark = pytest.mark.slow


def test_an_interruption_leaves_every_file_whole(home_env: dict[str, str], tmp_path: Path) -> None:
    old = "".join(f"import os as os_{number}\n" for number in range(12)) + "VALUE = 1\n"
    for number in range(30):
        (tmp_path / f"m{number:02}.py").write_text(old)
    call = [sys.executable, "-m", "lastmile", "fix", ".", "--select", "F401", "--write", "--paid", "never"]
    process = subprocess.Popen(
        call, cwd=tmp_path, env=home_env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        pipesize=4096,  # it waits for whoever reads, and is not over before it is interrupted
    )  # fmt: skip
    assert process.stdout is not None
    seen = [process.stdout.readline() for _ in range(400)]
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == 130, rest
    assert "Interrupted: every file is as it was or whole" in rest
    assert "Traceback" not in "".join(seen) + rest
    lines = old.splitlines(keepends=True)
    texts = {path.read_text() for path in tmp_path.glob("m*.py")}
    assert {old, "VALUE = 1\n"} <= texts
    # The file that was under way keeps what was accepted by then.
    assert texts <= {"".join(lines[done:]) for done in range(len(lines))}
    assert len(list(tmp_path.glob(".m*"))) == 0


def test_what_a_file_holds_is_not_obeyed_by_the_terminal(home_env: dict[str, str], tmp_path: Path) -> None:
    place = tmp_path / "project"
    place.mkdir()
    (place / "\x1b[2Ja.py").write_text("import os  # \x1b]0;title\x07 \u202e\nx = '\x9b'\n")
    done = lastmile("fix", ".", "--select", "F401", "--paid", "never", env=home_env, cwd=place)
    assert r"\x1b[2Ja.py:1" in done.stdout
    assert r"-import os  # \x1b]0;title\x07 \u202e" in done.stdout
    assert not set("\x1b\x07\x9b\u202e") & set(done.stdout + done.stderr)


@pytest.mark.parametrize("command", ["doctor", "bill", "model list", "fix a.py --paid never"])
def test_a_reader_that_goes_away_is_no_failure_of_ours(command: str, home_env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BROKEN)
    read, write = os.pipe()
    os.close(read)
    with open(write, "wb", closefd=True) as out:  # noqa: PTH123 - there is no path
        call = [sys.executable, "-m", "lastmile", *command.split()]
        done = subprocess.run(call, env=home_env, cwd=tmp_path, stdout=out, stderr=-1, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (130, b"")


@pytest.mark.parametrize("buffered", [True, False])
def test_a_disk_that_takes_no_output_is_said(home_env: dict[str, str], tmp_path: Path, *, buffered: bool) -> None:
    with Path("/dev/full").open("wb") as out:
        call = [sys.executable, *(() if buffered else ("-u",)), "-m", "lastmile", "bill"]
        env = {name: value for name, value in home_env.items() if name != "PYTHONUNBUFFERED"}
        done = subprocess.run(call, env=env, cwd=tmp_path, stdout=out, stderr=-1, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (3, b"lastmile: No space left on device.\n")


def test_a_name_that_the_locale_cannot_write_is_said(home_env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "\xfc.py").write_text(BROKEN)
    env = {**home_env, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = lastmile("fix", ".", "--paid", "never", env=env, cwd=tmp_path, code=3, program=PROGRAM)
    assert "in it, for which this locale (ascii) has no bytes. Set PYTHONUTF8=1" in done.stderr
    lastmile("fix", ".", "--paid", "never", env={**home_env, "LC_ALL": "C"}, cwd=tmp_path, code=0)
