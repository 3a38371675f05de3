"""``lastmile fix`` as a process: what it prints, writes and ends with, whatever it is given."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from tests.support.fixing import fill
from tests.support.warm import PROGRAM, WARM

CALL = (*PROGRAM, "fix")
BARE = "try:\n    f()\nexcept:\n    pass\n"
UNUSED = "import os\nx = 1\n"
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@frozen
class Done:
    """How a run ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document of the output."""
        found: dict[str, Any] = json.loads(self.out)
        return found


def run(
    *arguments: str,
    cwd: Path,
    env: Mapping[str, str],
    program: Sequence[str] = WARM,
    stdin: int | None = subprocess.DEVNULL,
    closed: str = "",
) -> Done:
    """Run the command to its end; nothing that it prints is ever a traceback."""
    call = [*program, "fix", *arguments]
    if closed:
        call = ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", *call]
    done = subprocess.run(
        call, cwd=cwd, env=env, stdin=stdin, capture_output=True, check=False, timeout=120, encoding="utf-8"
    )
    assert "Traceback" not in done.stdout + done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path / "project", {"a.py": UNUSED, "b.py": "l = 1\n", "c.py": "x = 1\n"})


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        pytest.param(["c.py"], 0, "1 file: 0 findings, 0 left. 0 of 0 tasks passed.", id="nothing to do"),
        pytest.param(["a.py"], 0, "1 file: 1 finding, 0 left. 1 of 1 task passed (1 by rules).", id="all cleared"),
        pytest.param(["."], 1, "3 files: 2 findings, 1 left. 1 of 2 tasks passed (1 by rules).", id="some left"),
        pytest.param(["b.py"], 1, "Left: E741 1.", id="which are left"),
        pytest.param([".", "--select", "F"], 0, "3 files: 1 finding, 0 left.", id="selected rules alone"),
        pytest.param([".", "--select", " F401 , E7,"], 1, "2 findings, 1 left", id="several of them"),
        pytest.param([".", "--select", ","], 1, "2 findings, 1 left", id="none named"),
        pytest.param(["a.py", "--kind", "fix-all"], 0, "1 of 1 task passed (1 by rules).", id="all at once"),
        pytest.param(["a.py", "a.py", "."], 1, "3 files:", id="a file named twice"),
        pytest.param(["a.py"], 0, "Nothing was written; --write changes 1 file.", id="not written"),
        pytest.param(["a.py", "--budget", "0"], 0, "Spent $0.00.", id="no money"),
        pytest.param(["c.py", "--kind", "docstring"], 0, "1 file: 0 of 0 tasks passed.", id="no symbol"),
        pytest.param(["../project/a.py"], 0, "a.py:1  Fix F401", id="a way around"),
    ],
)
def test_what_it_says(folder: Path, home_env: dict[str, str], arguments: list[str], code: int, says: str) -> None:
    done = run(*arguments, "--paid", "never", cwd=folder, env=home_env)
    assert says in done.out
    assert (done.code, done.err) == (code, "")
    assert (folder / "a.py").read_text() == UNUSED


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param([], "Missing argument 'PATHS...'", id="no path"),
        pytest.param(["nowhere"], "'nowhere' does not exist", id="a path that is not there"),
        pytest.param(["a.py", "--kind", "magic"], "Kinds that can: annotate, docstring, fix, fix-all", id="no kind"),
        pytest.param(["a.py", "--kind", "instruct"], "'instruct' cannot be done over files", id="a kind of words"),
        pytest.param(["a.py", "--select", "NOSUCH"], "Unknown rule selector `NOSUCH`", id="no rule"),
        pytest.param(["a.py", "--select", "f401"], "'--select'", id="a rule in small letters"),
        pytest.param(["a.py", "--paid", "ask"], "'ask' is not one of", id="no way to pay"),
        pytest.param(["a.py", "--budget", "-1"], "-1.0 is not in the range", id="less than no money"),
        pytest.param(["a.py", "--budget", "nan"], "nan is not an amount of money", id="money that is no number"),
        pytest.param(["a.py", "--budget", "inf"], "inf is not an amount of money", id="money without end"),
        pytest.param(["a.py", "--budget", "much"], "'much' is not a valid float", id="no number"),
        pytest.param(["a.py", "--wrong"], "No such option", id="no option"),
    ],
)
def test_wrong_usage(folder: Path, home_env: dict[str, str], arguments: list[str], says: str) -> None:
    for more in ([], ["--json"]):
        done = run(*arguments, *more, cwd=folder, env=home_env)
        assert (done.code, done.out) == (2, "")
        assert says in done.err


def test_writing_replaces_what_was_accepted_and_nothing_else(folder: Path, home_env: dict[str, str]) -> None:
    done = run(".", "--write", "--paid", "never", cwd=folder, env=home_env)
    assert "Wrote 1 file." in done.out
    assert [(folder / name).read_text() for name in ("a.py", "b.py", "c.py")] == ["x = 1\n", "l = 1\n", "x = 1\n"]
    assert sorted(path.name for path in folder.iterdir()) == ["a.py", "b.py", "c.py", "ruff.toml"]


def test_each_task_is_shown_with_its_checks_and_its_diff(folder: Path, home_env: dict[str, str]) -> None:
    done = run("a.py", "b.py", "--paid", "never", cwd=folder, env=home_env)
    assert (
        "a.py:1  Fix F401: `os` imported but unused\n  rules (ruff's fix: Remove unused import: `os`): apply ok"
        in done.out
    )
    assert "): apply ok, scope ok, syntax ok, docstrings ok, rest ok, lint ok [" in done.out
    assert "    @@ -1,2 +1 @@\n    -import os\n     x = 1\n" in done.out
    assert "b.py:1  Fix E741: Ambiguous variable name: `l`\n  Nothing passed. Not asked: " in done.out
    assert "\x1b" not in done.out


def test_why_nobody_drafted_anything_is_said_once(tmp_path: Path, home_env: dict[str, str]) -> None:
    folder = fill(tmp_path / "project", {"a.py": "l = 1\nimport os\nl = 2\n", "b.py": "l = 3\nO = 4\n"})
    done = run(".", "--paid", "never", cwd=folder, env=home_env)
    title = "Fix E741: Ambiguous variable name: `{}`"
    assert done.out.count("nothing is known that clears E741 by rule") == 1
    again = [line for line in done.out.splitlines() if line.endswith(": nothing passed, as above")]
    assert again == [f"{at}  {title.format(name)}: nothing passed, as above" for at, name in PLACES]


PLACES = (("a.py:3", "l"), ("b.py:1", "l"), ("b.py:2", "O"))


def test_a_file_elsewhere_is_named_in_full(folder: Path, home_env: dict[str, str], tmp_path: Path) -> None:
    done = run(str(folder / "a.py"), "--paid", "never", cwd=tmp_path / "home", env=home_env)
    assert f"{folder}/a.py:1  Fix F401" in done.out


def test_without_a_price_there_is_nothing_to_compare_with(folder: Path, home_env: dict[str, str]) -> None:
    own = {"LASTMILE_LADDER": "rules,opus", "LASTMILE_TIERS__OPUS__MODEL": "mystery"}
    done = run("a.py", "--paid", "never", cwd=folder, env=home_env | own)
    assert "The top tier has no known price to compare with." in done.out
    assert (
        run("a.py", "--paid", "never", "--json", cwd=folder, env=home_env | own).document["top_tier_cost_usd_estimate"]
        is None
    )


def test_json_says_the_same(folder: Path, home_env: dict[str, str]) -> None:
    done = run(".", "--json", "--paid", "never", cwd=folder, env=home_env)
    found = done.document
    assert (done.code, done.err) == (1, "")
    assert found["findings"] == {"before": {"F401": 1, "E741": 1}, "after": {"E741": 1}}
    assert (found["files"], found["changed"], found["written"], found["interrupted"]) == (3, ["a.py"], [], False)
    assert (found["notes"], found["errors"], found["failure"]) == ([], [], "")
    assert [(task["file"], task["line"], task["codes"], task["status"]) for task in found["tasks"]] == [
        ("a.py", 1, ["F401"], "accepted"),
        ("b.py", 1, ["E741"], "surfaced"),
    ]
    assert found["tasks"][0]["diff"].endswith("-import os\n x = 1\n")
    assert "Not asked" in found["tasks"][1]["reason"]


def test_lines_are_those_of_the_file_on_the_disk(folder: Path, home_env: dict[str, str]) -> None:
    (folder / "a.py").write_text("import os\nimport re\n\nx = f'x'\n\n\ndef f():\n    import sys\n\n    l = 1\n")
    done = run("a.py", "--paid", "never", cwd=folder, env=home_env)
    lines = [line.partition(" ")[0] for line in done.out.splitlines() if line.startswith("a.py:")]
    assert lines == ["a.py:1", "a.py:2", "a.py:4", "a.py:8", "a.py:10", "a.py:10"]
    found = run("a.py", "--json", "--paid", "never", cwd=folder, env=home_env).document
    assert [f"a.py:{task['line']}" for task in found["tasks"]] == lines


def test_a_line_that_was_moved_is_where_it_stands_on_the_disk(tmp_path: Path, home_env: dict[str, str]) -> None:
    folder = fill(
        tmp_path / "project", {"a.py": "import sys\nimport re\n\nimport datetime\n\nsys.exit()\n"}, rules="F,I"
    )
    found = run("a.py", "--json", "--paid", "never", cwd=folder, env=home_env).document
    tasks = [(task["codes"][0], task["line"]) for task in found["tasks"]]
    assert (tasks[0], sorted(tasks[1:])) == (("I001", 1), [("F401", 2), ("F401", 4)])


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


@pytest.mark.parametrize(
    ("contents", "env", "code", "says"),
    [
        pytest.param({"lastmile.toml": "paid = 3\n"}, {}, 1, "paid", id="a wrong setting"),
        pytest.param({"lastmile.toml": "paid = \n"}, {}, 1, "lastmile.toml", id="settings that do not parse"),
        pytest.param({"lastmile.toml": b"\xff\xfe"}, {}, 1, "lastmile.toml", id="settings that are no text"),
        pytest.param(
            {"lastmile.toml": "[tasks.fix]\nenabled = false\n"}, {}, 1, "switch the kind fix off", id="switched off"
        ),
        pytest.param({}, {"LASTMILE_PAID": "sometimes"}, 1, "LASTMILE_PAID", id="a wrong variable"),
        pytest.param({}, {"LASTMILE_RUFF__PATH": "/nowhere/ruff"}, 1, "could not be started", id="no ruff"),
        pytest.param({"sub/ruff.toml": "nonsense = 1\n", "sub/a.py": UNUSED}, {}, 3, "ruff.toml", id="ruff's settings"),
    ],
)
def test_wrong_settings(
    tmp_path: Path,
    home_env: dict[str, str],
    contents: dict[str, str | bytes],
    env: dict[str, str],
    code: int,
    says: str,
) -> None:
    folder = fill(tmp_path / "project", {"a.py": UNUSED, **contents})
    own = ["--paid", "never"] if "LASTMILE_PAID" not in env else []
    done = run(".", "--json", *own, cwd=folder, env=home_env | env)
    found = done.document
    assert done.code == code
    assert says in "\n".join([*found["notes"], *found["errors"], found["failure"]])
    assert done.err == (f"lastmile: {found['failure']}\n" if code == 3 else "")
    text = run(".", *own, cwd=folder, env=home_env | env)
    assert says in text.out + text.err


@pytest.mark.parametrize(
    ("name", "says"), [("gone.toml", "is not there"), ("", "is no regular file"), ("bad.toml", "is not valid TOML")]
)
def test_a_file_of_ones_own_that_is_named_has_to_be_there(
    folder: Path, home_env: dict[str, str], tmp_path: Path, name: str, says: str
) -> None:
    (tmp_path / "bad.toml").write_text("paid =\n")
    named = str(tmp_path / name)
    done = run("a.py", "--json", "--paid", "never", cwd=folder, env=home_env | {"LASTMILE_CONFIG": named})
    [note] = done.document["notes"]
    assert done.code == 1
    assert note.startswith(f"{named}: {says}")


def test_a_folder_in_the_place_of_ones_own_file_is_told(folder: Path, home_env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "config" / "lastmile" / "lastmile.toml").mkdir(parents=True)
    env = {name: value for name, value in home_env.items() if name != "LASTMILE_CONFIG"}
    env["XDG_CONFIG_HOME"] = str(tmp_path / "config")
    [note] = run("a.py", "--json", "--paid", "never", cwd=folder, env=env).document["notes"]
    assert note.endswith("lastmile.toml: is no regular file, and is ignored")


@pytest.mark.parametrize("kind", ["rubbish", "folder"])
def test_an_unreadable_ledger_is_told_and_the_work_done(folder: Path, home_env: dict[str, str], kind: str) -> None:
    ledger = Path(home_env["LASTMILE_LEDGER"])
    if kind == "folder":
        ledger.mkdir()
    else:
        ledger.write_bytes(b"no database at all, and longer than its header" * 99)
    done = run("a.py", "--write", "--json", "--paid", "never", cwd=folder, env=home_env)
    assert done.code == 1
    assert any(str(ledger) in note for note in done.document["notes"])
    assert (folder / "a.py").read_text() == "x = 1\n"


def test_without_a_key_nothing_is_asked_or_sent(folder: Path, home_env: dict[str, str]) -> None:
    done = run("b.py", "--paid", "auto", cwd=folder, env=home_env)
    assert "sonnet: no API key in ANTHROPIC_API_KEY" in done.out
    assert not Path(home_env["LASTMILE_EGRESS_LOG"]).exists()


def test_where_nobody_can_be_asked_nothing_is_paid_for(folder: Path, home_env: dict[str, str]) -> None:
    done = run("b.py", cwd=folder, env=home_env | {"ANTHROPIC_API_KEY": "sk-ant-x"})
    assert "Stopped: no consent to ask sonnet" in done.out
    assert not Path(home_env["LASTMILE_EGRESS_LOG"]).exists()


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


def test_a_folder_that_is_gone(tmp_path: Path, home_env: dict[str, str]) -> None:
    (tmp_path / "gone").mkdir()
    done = subprocess.run(
        ["/bin/sh", "-c", 'rmdir "$PWD"; exec "$@"', "sh", *CALL, "/"],
        cwd=tmp_path / "gone", env=home_env, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("lastmile: The current folder was removed.")


NARROW = 4096
"""Bytes of a pipe that holds up whoever writes more than is read: no run is over before it is interrupted."""


@pytest.mark.slow
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
