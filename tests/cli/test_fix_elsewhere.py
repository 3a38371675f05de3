"""``lastmile fix`` where a task ends in another file: new tests, and a repair in what a failing test covers."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.support.fix_command import Done, run
from tests.support.fixing import fill
from tests.support.openai_server import Answer, OpenAIServer
from tests.support.programs import BUBBLEWRAP

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BUBBLEWRAP.is_missing(), reason="bubblewrap is not there; the report's header says so"),
]

CLAMPS = "def clamp(value, low):\n    if value < low:\n        return low\n    return value\n"
NEW_TESTS = """\
```python
from clamps import clamp


def test_clamp():
    assert [clamp(n, 2) for n in (1, 2, 3)] == [2, 2, 3]
```"""
GCD = "def gcd(a, b):\n    if b == 0:\n        return a\n    return gcd(a % b, b)\n"
MENDED = "    return gcd(b, a % b)"
TESTS = """\
from nums import gcd


def test_one():
    assert [gcd(12, 8), gcd(17, 0), gcd(35, 21)] == [4, 17, 7]


def test_two():
    assert gcd(100, 10) == 10


def test_three():
    assert gcd(5, 0) == 5
"""


def environment(home_env: Mapping[str, str], **more: str) -> dict[str, str]:
    """Let the Python that runs these tests be the project's own, so that it has pytest."""
    return {**home_env, "VIRTUAL_ENV": sys.prefix, "LASTMILE_VERIFY__TESTS__SECONDS": "60", **more}


def tasks(done: Done) -> list[tuple[Any, ...]]:
    return [(task["file"], task["kind"], task["status"], task["tier"]) for task in done.document["tasks"]]


async def write_tests(folder: Path, home_env: Mapping[str, str], *arguments: str) -> Done:
    async with OpenAIServer() as server:
        server.enqueue(Answer([NEW_TESTS]))
        own = {"LASTMILE_OPENAI__LOCAL__URL": server.url, "LASTMILE_OPENAI__LOCAL__SAMPLES": "1"}
        env = environment(home_env, **own)
        call = ("clamps.py", "--kind", "write-tests", "--json", *arguments)
        return await asyncio.to_thread(run, *call, cwd=folder, env=env)


@pytest.mark.parametrize("there", ["", '"""Tests."""\n'], ids=["a new file", "one that is there"])
async def test_new_tests_go_into_the_test_file(home_env: dict[str, str], tmp_path: Path, there: str) -> None:
    own = {"tests/test_clamps.py": there} if there else {"tests/test_a.py": ""}
    folder = fill(tmp_path / "project", {"clamps.py": CLAMPS, "conftest.py": "", **own})
    done = await write_tests(folder, home_env, "--write")
    assert tasks(done) == [("tests/test_clamps.py", "write-tests", "accepted", "local")], done.out
    assert done.document["changed"] == done.document["written"] == ["tests/test_clamps.py"]
    assert done.code == 0
    assert (folder / "clamps.py").read_text() == CLAMPS
    text = (folder / "tests/test_clamps.py").read_text()
    assert ("def test_clamp():" in text, there in text) == (True, True)
    assert (folder / "tests/test_clamps.py").stat().st_mode & 0o777 == (folder / "clamps.py").stat().st_mode & 0o777


async def test_without_write_nothing_is_made(home_env: dict[str, str], tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"clamps.py": CLAMPS, "tests/test_a.py": "", "conftest.py": ""})
    done = await write_tests(folder, home_env)
    assert tasks(done) == [("tests/test_clamps.py", "write-tests", "accepted", "local")], done.out
    assert (done.document["changed"], done.document["written"]) == (["tests/test_clamps.py"], [])
    assert not (folder / "tests/test_clamps.py").exists()


def test_a_failing_test_leads_to_the_file_that_it_covers(home_env: dict[str, str], tmp_path: Path) -> None:
    """What one task mended counts for the next, though it is not written: the other tests pass then."""
    folder = fill(tmp_path / "project", {"nums.py": GCD, "test_nums.py": TESTS})
    call = ("--kind", "fix-test", "--json", "test_nums.py", "nums.py")
    done = run(*call, cwd=folder, env=environment(home_env))
    assert tasks(done) == [("nums.py", "fix-test", "accepted", "rules")], json.dumps(done.document["errors"])
    assert done.document["tasks"][0]["diff"].splitlines()[-2:] == ["-    return gcd(a % b, b)", f"+{MENDED}"]
    assert (done.document["changed"], done.document["written"], done.code) == (["nums.py"], [], 0)
    assert ((folder / "nums.py").read_text(), (folder / "test_nums.py").read_text()) == (GCD, TESTS)


def test_a_function_is_tried_once_though_its_file_and_its_tests_are_given(
    home_env: dict[str, str], tmp_path: Path
) -> None:
    tests = "from nums import gcd\n\n\ndef test_one():\n    assert gcd(1, 1) == gcd\n"
    folder = fill(
        tmp_path / "project", {"nums.py": GCD, "test_nums.py": f"{tests}\n\n{tests[22:].replace('one', 'two')}"}
    )
    call = ("--kind", "fix-test", "--json", "nums.py", "test_nums.py")
    done = run(*call, cwd=folder, env=environment(home_env))
    assert tasks(done) == [("nums.py", "fix-test", "surfaced", None)], done.out


def test_what_one_project_has_mended_is_not_seen_by_another(home_env: dict[str, str], tmp_path: Path) -> None:
    both = {f"{name}/{file}": text for name in "ab" for file, text in (("nums.py", GCD), ("test_nums.py", TESTS))}
    folder = fill(tmp_path / "project", {**both, "a/lastmile.toml": "", "b/lastmile.toml": ""})
    done = run("--kind", "fix-test", "--json", "a/nums.py", "b/nums.py", cwd=folder, env=environment(home_env))
    expected = [(f"{name}/nums.py", "fix-test", "accepted", "rules") for name in "ab"]
    assert tasks(done) == expected, json.dumps(done.document["errors"])


def test_a_test_that_hangs_is_told_while_it_is_waited_for(home_env: dict[str, str], tmp_path: Path) -> None:
    endless = "from nums import gcd\n\n\ndef test_gcd():\n    while gcd(2, 0): pass\n"
    folder = fill(tmp_path / "project", {"nums.py": GCD, "tests/test_nums.py": endless})
    env = environment(home_env, LASTMILE_VERIFY__TESTS__SECONDS="6")
    done = run("--kind", "fix-test", "nums.py", env=env, cwd=folder)
    assert re.search(r"^running tests/test_nums.py::test_gcd, [2-6] s of 6$", done.err, re.MULTILINE)
    assert "did not end within 6 s (in tests/test_nums.py::test_gcd); the setting `verify.tests.s" in done.out
