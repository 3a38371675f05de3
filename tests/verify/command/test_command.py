"""The project's own commands judge, with real tools of other languages where they are on the machine."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest
from attrs import evolve
from tests.support.judging import TickingClock, task_on
from tests.support.plain_shell import PlainShell

from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Finding, Ruling
from lastmile.config.verifying import Command
from lastmile.sandbox.shell import Ended, NoShell, Shell
from lastmile.text.edits import Span
from lastmile.tools.offload import Offload
from lastmile.verify.command.check import CommandCheck
from lastmile.verify.command.evidence import evidence
from lastmile.verify.command.line import filled, judges, places_of

C = "#include <stdio.h>\n\nint twice(int number) {\n    return 2 * number;\n}\n"
JS = "exports.twice = (number) => 2 * number;\n"
JS_TEST = "const { twice } = require('./mod.js');\nrequire('node:assert').strictEqual(twice(2), 4);\n"
PYTHON = "class Cart:\n    def total(self):\n        return 1\n\n\nx = 1\n"


def run(code: str) -> Command:
    """Make a command that runs Python code, with the file as its argument."""
    return Command(f"{sys.executable} -c {code!r} {{file}}")


def on(folder: Path, name: str, text: str, language: str = "c") -> Task:
    task = task_on(text, folder, language=language)
    (folder / name).write_text(text)
    return evolve(task, snapshot=evolve(task.snapshot, path=folder / name))


async def check(task: Task, new: str, offload: Offload, *commands: Command, shell: Shell | None = None) -> Ruling:
    assert task.snapshot.path is not None
    root = task.snapshot.path.parent
    judging = CommandCheck(commands, shell or PlainShell(root), root, offload, TickingClock())
    found = await judging.judge(task, new)
    assert task.snapshot.path.read_text() == task.snapshot.text
    return found if isinstance(found, Ruling) else Ruling(tuple(found))


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")
@pytest.mark.parametrize(
    ("edit", "message", "shown"),
    [
        pytest.param(("2 * number", "number + number"), "", "", id="sound"),
        pytest.param(
            ("2 * number", "2 * numbr"), "gcc -fsyntax-only fails: it ended with", "mod.c:4:16: error", id="a name"
        ),
        pytest.param(
            ("return 2", "int spare = 2; return 2"), "gcc -fsyntax-only fails", "unused variable", id="a warning"
        ),
    ],
)
async def test_a_c_compiler_judges(
    tmp_path: Path, offload: Offload, edit: tuple[str, str], message: str, shown: str
) -> None:
    command = Command("gcc -fsyntax-only -Wall -Werror {file}", files=("*.c",))
    ruling = await check(on(tmp_path, "mod.c", C), C.replace(*edit), offload, command)
    assert (ruling.summary == "gcc -fsyntax-only ok, 1.0 s") is (not message)
    for finding in ruling:
        assert finding.message.startswith(message)
        assert shown in finding.evidence
        assert str(tmp_path) not in finding.evidence
    assert bool(ruling) is bool(message)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
@pytest.mark.parametrize(("edit", "passes"), [(("2 * number", "number + number"), True), (("2 *", "3 *"), False)])
async def test_the_tests_of_another_language_judge(
    tmp_path: Path, offload: Offload, edit: tuple[str, str], *, passes: bool
) -> None:
    (tmp_path / "mod.test.js").write_text(JS_TEST)
    task = on(tmp_path, "mod.js", JS, "javascript")
    ruling = await check(task, JS.replace(*edit), offload, Command("node mod.test.js", files=("*.js",)))
    assert bool(ruling) is not passes
    assert all("AssertionError" in finding.evidence for finding in ruling)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        pytest.param(
            run("import sys; sys.exit(3)"),
            "fails: it ended with status 3. It fails on the text as it was",
            id="before too",
        ),
        pytest.param(
            run("import sys; sys.exit('NEW' in open(sys.argv[1]).read())"), "fails: it ended with status 1.", id="now"
        ),
        pytest.param(
            evolve(run("import time; time.sleep(60)"), timeout=0.2),
            "did not end: it took longer than 0.2 s.",
            id="late",
        ),
        pytest.param(Command("no-such-program {file}"), "did not end: it could not be started", id="not there"),
        pytest.param(Command("echo 'open"), "is not a command line: No closing quotation. Mend", id="a quotation"),
        pytest.param(Command("''"), "could not be started", id="an empty name"),
    ],
)
async def test_what_does_not_end_with_zero_is_refused(
    tmp_path: Path, offload: Offload, command: Command, message: str
) -> None:
    [finding] = await check(on(tmp_path, "mod.c", C), f"{C}// NEW\n", offload, command)
    assert finding.check == "command"
    assert message in finding.message


async def test_without_a_sandbox_what_a_command_is_to_judge_is_refused(tmp_path: Path, offload: Offload) -> None:
    task = on(tmp_path, "mod.c", C)
    [finding] = await check(task, C, offload, Command("make {file}"), shell=NoShell("Install bubblewrap."))
    assert finding.message == "'make {file}' runs only in a sandbox, and did not run: Install bubblewrap."
    assert (await check(task, C, offload, Command("make", files=("*.go",)), shell=NoShell())).absent


async def test_the_first_that_fails_ends_it_and_unsaved_texts_are_seen(tmp_path: Path, offload: Offload) -> None:
    task, shell = on(tmp_path, "mod.c", C), PlainShell(tmp_path)
    other = tmp_path / "other.h"
    commands = (Command("grep -q SEEN other.h"), Command("false"), Command("true"))
    judging = CommandCheck(commands, shell, tmp_path, offload, TickingClock(), lambda: {other: "SEEN\n"})
    [finding] = await judging.judge(task, f"{C}\n")
    assert finding == Finding("command", "false fails: it ended with status 1. It fails on the text as it was, too.")
    assert shell.asked == [("grep", "-q", "SEEN", "other.h"), ("false",), ("false",)]
    await judging.judge(task, f"{C}\n\n")
    assert shell.asked[3:] == [("grep", "-q", "SEEN", "other.h"), ("false",)]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (Command("x"), True),
        (Command("x", kinds=("fix", "docstring")), True),
        (Command("x", kinds=("docstring",)), False),
        (Command("x", files=("*.go", "*.c")), True),
        (Command("x", files=("src/*.c",)), False),
        (Command("x", files=("**/mod.c",)), True),
        (Command("x", kinds=("fix",), files=("*.go",)), False),
    ],
)
def test_which_tasks_a_command_judges(tmp_path: Path, command: Command, *, expected: bool) -> None:
    task = on(tmp_path, "mod.c", C)
    assert judges(command, task.kind, task.snapshot.path, tmp_path) is expected


@pytest.mark.parametrize(
    ("run", "target", "new", "expected"),
    [
        pytest.param("x {file}:{line}-{end_line}", "return 1", PYTHON, ["x", "/w/a b.py:3-3"], id="one line"),
        pytest.param("t '{symbol} x'", "return 1", PYTHON, ["t", "Cart.total x"], id="a symbol"),
        pytest.param("t {symbol}", "x = 1", PYTHON, ["t", ""], id="no symbol"),
        pytest.param("{line} {end_line}", "return 1", PYTHON.replace("1\n", "(\n  1)\n", 1), ["3", "4"], id="longer"),
        pytest.param("{line} {end_line}", "x = 1", f"import os\n{PYTHON}", ["7", "7"], id="lower"),
        pytest.param("{line} {end_line}", "x = 1", PYTHON.replace("x = 1\n", ""), ["6", "6"], id="gone"),
        pytest.param("a {unknown} {}", "x = 1", PYTHON, ["a", "{unknown}", "{}"], id="other braces"),
    ],
)
def test_places_are_filled(run: str, target: str, new: str, expected: list[str]) -> None:
    at = PYTHON.index(target)
    places = places_of(PYTHON, new, Span(at, at + len(target)), "python")
    assert filled(run, Path("/w/a b.py"), places) == expected


def test_a_name_of_a_file_is_a_part_of_its_word(tmp_path: Path) -> None:
    path = tmp_path / "a; rm -rf {line} 'x.c"
    assert filled("cc {file}", path, places_of("", "", Span(0, 0), "c")) == ["cc", str(path)]


def test_the_evidence_is_short_and_the_same_at_each_run() -> None:
    lines = "".join(f"/w/p/a.c:{number}: wrong\n" for number in range(100))
    ended = Ended(1, f"\x1b[31m{lines}\x1b[0m", f"ok in 0.12s\n{'x' * 1000}\n")
    told = evidence(ended, Path("/w/p")).splitlines()
    (mark,) = (line for line in told if "lines left out" in line)
    assert len(told) <= 42
    assert told[0] == "a.c:0: wrong"
    assert re.fullmatch(r'… 6\d lines left out, of "a\.c" …', mark)
    assert told[-2:] == ["ok in …s", f"{'x' * 150} … {'x' * 150}"]
    assert evidence(Ended(1), Path("/w")) == ""
