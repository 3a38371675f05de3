"""``lastmile fix`` that is stopped, or that nobody reads: every file is whole, and nothing is a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from tests.support.fix_command import CALL, UNUSED, run
from tests.support.fixing import fill
from tests.support.warm import PROGRAM

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_may_be_closed(folder: Path, home_env: dict[str, str], closed: str) -> None:
    done = run(
        "a.py", "--write", "--paid", "never", cwd=folder, env=home_env, program=PROGRAM, stdin=None, closed=closed
    )
    assert done.code == 0
    assert (folder / "a.py").read_text() == "x = 1\n"


def test_output_without_an_encoding_for_the_code(tmp_path: Path, home_env: dict[str, str]) -> None:
    folder = fill(tmp_path / "project", {"ä.py": "import os  # 😀\nx = 1\n"})
    own = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = run("ä.py", "--paid", "never", cwd=folder, env=home_env | own, program=PROGRAM)
    assert done.code == 0
    assert "\\U0001f600" in done.out


def test_a_reader_that_goes_away_ends_it(tmp_path: Path, home_env: dict[str, str]) -> None:
    folder = fill(tmp_path / "project", {f"m{number}.py": UNUSED for number in range(20)})
    process = subprocess.Popen(
        [*CALL, ".", "--paid", "never"], cwd=folder, env=home_env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(60) == 130


NARROW = 4096
"""Bytes of a pipe that holds up whoever writes more than is read: no run is over before it is interrupted."""


@pytest.mark.parametrize("lines", [0, 1, 30, 120])
def test_ctrl_c_leaves_every_file_whole(tmp_path: Path, home_env: dict[str, str], lines: int) -> None:
    old = "".join(f"import os as os_{number}\n" for number in range(10)) + "VALUE = 1\n"
    folder = fill(tmp_path / "project", {f"m{number:02}.py": old for number in range(20)}, rules="F401")
    # A group of its own, which gets the signal whole as from a terminal.
    process = subprocess.Popen(
        [*CALL, ".", "--write", "--paid", "never"], cwd=folder, env=home_env, pipesize=NARROW,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    for _ in range(lines):
        process.stdout.readline()
    if not lines:
        until_it_works(process, Path(home_env["LASTMILE_LEDGER"]))
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in out + err
    early = err.strip() == "Interrupted."
    assert early or "Interrupted: " in out, err
    parts = old.splitlines(keepends=True)
    texts = [(folder / f"m{number:02}.py").read_text() for number in range(20)]
    assert set(texts) <= {"".join(parts[gone:]) for gone in range(len(parts))}
    assert sorted(path.name for path in folder.iterdir()) == [
        *(f"m{number:02}.py" for number in range(20)),
        "ruff.toml",
    ]
    changed = sum(text != old for text in texts)
    assert f"Wrote {changed} file" in out or (early and changed == 0)


def test_sigterm_is_an_interruption(tmp_path: Path, home_env: dict[str, str]) -> None:
    old = "".join(f"import os as os_{number}{'x' * 900}\n" for number in range(30))
    folder = fill(tmp_path / "project", {"a.py": old}, rules="F401")
    process = subprocess.Popen(
        [*CALL, ".", "--write", "--paid", "never"], cwd=folder, env=home_env, pipesize=NARROW,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    for _ in range(3):  # What comes before the third task is in the text by then.
        while "  Fix F401: " not in process.stdout.readline():
            assert process.poll() is None
    process.terminate()
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "")
    assert "Interrupted: " in out
    assert "Wrote 1 file." in out
    assert 0 < len((folder / "a.py").read_text().splitlines()) < 30


def until_it_works(process: subprocess.Popen[str], ledger: Path) -> None:
    """Wait until the run has opened its ledger: it listens to signals by then."""
    while not ledger.exists():
        assert process.poll() is None
        time.sleep(0.001)
