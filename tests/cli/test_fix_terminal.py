"""``lastmile fix`` at a terminal: a person is asked, reads and types."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.support.fix_command import CALL, UNUSED
from tests.support.fixing import fill

pytestmark = pytest.mark.slow

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A run at a terminal, where a person reads and types."""

    def __init__(self, *arguments: str, cwd: Path, env: Mapping[str, str], out: int | None = None) -> None:
        self.mine, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [*CALL, *arguments], cwd=cwd, env={**env, "TERM": "xterm", "COLUMNS": "200"},
            stdin=theirs, stdout=theirs if out is None else out, stderr=theirs, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        self.seen = ""

    def read_until(self, part: str) -> None:
        """Read what is shown until a part of it, or the end."""
        while part not in self.seen:
            try:
                data = os.read(self.mine, 4096)
            except OSError:
                return
            if not data:
                return
            self.seen += ESCAPES.sub("", data.decode("utf-8", "replace"))

    def type(self, text: str) -> None:
        os.write(self.mine, text.encode())

    def end(self) -> int:
        self.read_until("\0 never shown")
        os.close(self.mine)
        assert "Traceback" not in self.seen
        return self.process.wait(60)


@pytest.mark.parametrize(("answer", "code"), [("n\n", 1), ("\n", 1), ("what?\n", 1), ("\x04", 1)])
def test_a_person_is_asked_and_says_no(folder: Path, home_env: dict[str, str], answer: str, code: int) -> None:
    terminal = Terminal("b.py", cwd=folder, env=home_env | {"ANTHROPIC_API_KEY": "sk-ant-x"})
    terminal.read_until("[y/N]")
    assert "Fix E741: Ambiguous variable name: `l`" in terminal.seen
    assert re.search(r"Ask sonnet \(claude-sonnet-5-5\), up to \$0\.\d+\?", terminal.seen)
    terminal.type(answer)
    assert terminal.end() == code
    assert "Stopped: no consent to ask sonnet" in terminal.seen


def test_what_was_typed_before_the_question_is_no_answer(folder: Path, home_env: dict[str, str]) -> None:
    fill(folder, {"b.py": "l = 1\n", "d.py": "l = 2\n"})
    terminal = Terminal("b.py", "d.py", cwd=folder, env=home_env | {"ANTHROPIC_API_KEY": "sk-ant-x"})
    terminal.type("y\n")
    terminal.read_until("[y/N]")
    terminal.seen = ""
    terminal.type("n\ny\n")
    terminal.read_until("[y/N]")
    terminal.seen = ""
    terminal.type("n\n")
    assert terminal.end() == 1
    assert "no consent to ask sonnet" in terminal.seen


def test_a_person_says_yes_and_the_tier_is_asked(folder: Path, home_env: dict[str, str]) -> None:
    own = {"ANTHROPIC_API_KEY": "sk-ant-x", "LASTMILE_CLAUDE__BASE_URL": "http://127.0.0.1:9"}
    terminal = Terminal(
        "b.py", "--budget", "1", cwd=folder, env=home_env | own | {"LASTMILE_TIERS__SONNET__TIMEOUT": "0.5"}
    )
    terminal.read_until("[y/N]")
    terminal.type("yes\n")
    terminal.read_until("Ask opus")
    terminal.type("n\n")
    assert terminal.end() == 1
    assert "sonnet: failed: " in terminal.seen


def test_ctrl_c_at_a_question_ends_at_once(folder: Path, home_env: dict[str, str]) -> None:
    terminal = Terminal("b.py", cwd=folder, env=home_env | {"ANTHROPIC_API_KEY": "sk-ant-x"})
    terminal.read_until("[y/N]")
    os.killpg(terminal.process.pid, signal.SIGINT)
    assert terminal.end() == 130
    assert "Interrupted: every file is as it was" in terminal.seen


def test_a_bar_is_shown_at_a_terminal_and_the_output_goes_where_it_should(
    tmp_path: Path, home_env: dict[str, str]
) -> None:
    folder = fill(tmp_path / "project", {f"m{number}.py": UNUSED for number in range(3)})
    with (tmp_path / "out.txt").open("w") as out:
        terminal = Terminal(".", "--paid", "never", cwd=folder, env=home_env, out=out.fileno())
        assert terminal.end() == 0
    assert "files" in terminal.seen
    assert "Fix F401" not in terminal.seen
    text = (tmp_path / "out.txt").read_text()
    assert text.count("Fix F401") == 3
    assert "\x1b" not in text


def test_colours_are_for_terminals(folder: Path, home_env: dict[str, str]) -> None:
    terminal = Terminal(".", "--paid", "never", cwd=folder, env=home_env)
    assert terminal.end() == 1
    assert "3 files: 2 findings, 1 left." in terminal.seen
