"""What becomes of tests whose program is not installed: left out and said so, or an error where CI is set."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.programs import PROGRAMS, Program

ROOT = Path(__file__).parents[1]
NONE = Program("a-program-that-nobody-has", "tests/nowhere")
OLD = Program("sh", "tests/nowhere", lambda _path: False, "version 99 or later")

HEADERS = {
    "there": (Program("sh", "tests/nowhere"), "sh: /"),
    "missing": (
        NONE,
        "a-program-that-nobody-has: none is on PATH, tests/nowhere is left out; `make tools` installs it",
    ),
    "too old": (OLD, "sh: none of version 99 or later is on PATH, tests/nowhere is left out; `make tools` installs it"),
}


@pytest.mark.parametrize("case", HEADERS)
def test_the_header_says_what_is_left_out(case: str) -> None:
    program, header = HEADERS[case]
    assert program.header().startswith(header)


def test_a_missing_program_is_an_error_where_nobody_reads_the_header() -> None:
    assert NONE.is_missing({})
    assert not Program("sh", "tests/nowhere").is_missing({"CI": "true"})
    with pytest.raises(pytest.UsageError, match="CI runs all tests; `make tools` installs it"):
        NONE.is_missing({"CI": "true"})


@pytest.mark.slow
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_without_the_program_its_tests_are_not_collected(program: Program, tmp_path: Path) -> None:
    at_home, in_ci = collect(program, {"CI": ""}, tmp_path), collect(program, {"CI": "true"}, tmp_path)
    assert f"{program.tests} is left out" in at_home.stdout
    assert f"<Module {left_out(program)}" not in at_home.stdout
    assert at_home.returncode in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
    assert in_ci.returncode not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
    assert f"UsageError: {program.name}: none" in in_ci.stdout + in_ci.stderr


def left_out(program: Program) -> str:
    """Give how the names of its tests' files begin."""
    return Path(program.tests).name.rstrip("*") if program.tests.endswith((".py", "*")) else "test_"


def collect(program: Program, env: dict[str, str], empty: Path) -> subprocess.CompletedProcess[str]:
    """Collect the tests beside the program's, with nothing on PATH."""
    call = [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider"]
    room = program.tests.partition("/test_")[0]
    beside = (one.tests for one in PROGRAMS if one != program and one.tests.endswith("*"))
    return subprocess.run(
        [*call, room, *(f"--ignore-glob={ROOT / tests}" for tests in beside)],
        cwd=ROOT,
        env={**os.environ, "PATH": str(empty), **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
