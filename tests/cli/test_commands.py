"""The command as a person runs it: a process with arguments, an exit code, and no traceback ever."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from attrs import field, frozen
from tests.support.command import BROKEN, lastmile
from tests.support.warm import WARM

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
CLEAN = "VALUE = 1\n"


@frozen
class Case:
    """A call, and what comes of it."""

    arguments: tuple[str, ...]
    code: int
    says: str = ""
    files: dict[str, str | bytes] = field(factory=lambda: {"a.py": BROKEN})
    env: dict[str, str] = field(factory=dict)


CASES = {
    "nothing is left": Case(("fix", "a.py", "--paid", "never"), 0, "1 file: 0 findings", {"a.py": CLEAN}),
    "something is left": Case(
        ("fix", "a.py", "--select", "C901,F", "--paid", "never"),
        1,
        "Left: F821",
        {"a.py": "def f():\n    return unknown_name_xyz\n"},
    ),
    "all cleared": Case(("fix", "a.py", "--select", "F,E711", "--paid", "never"), 0, "0 left"),
    "not a kind": Case(("fix", "a.py", "--kind", "magic"), 2, "cannot be done over files"),
    "a kind of words": Case(("fix", "a.py", "--kind", "instruct"), 2, "cannot be done over files"),
    "a path that is not there": Case(("fix", "b.py"), 2, "does not exist"),
    "no path": Case(("fix",), 2, "Missing argument"),
    "not a command": Case(("fxi",), 2, "No such command"),
    "not UTF-8": Case(("fix", "a.py"), 1, "is not UTF-8", {"a.py": b"x = '\xe9'\n"}),
    "an empty file": Case(("fix", "a.py"), 0, "0 findings", {"a.py": ""}),
    "settings that are wrong": Case(
        ("fix", "a.py", "--paid", "never"), 1, "lastmile.toml", {"a.py": CLEAN, "lastmile.toml": "paid = 3\n"}
    ),
    "settings that do not parse": Case(
        ("fix", "a.py", "--paid", "never"), 1, "lastmile.toml", {"a.py": CLEAN, "lastmile.toml": "paid = \n"}
    ),
    "a ruff of theirs that fails": Case(
        ("doctor",), 1, "could not be started", {}, {"LASTMILE_RUFF__PATH": "/nowhere/ruff"}
    ),
    "a ruff of theirs that is none": Case(
        ("doctor",), 1, "The program in ruff.path is not ruff", {}, {"LASTMILE_RUFF__PATH": shutil.which("true") or ""}
    ),
    "settings that ruff cannot read": Case(("doctor",), 1, "ruff.toml", {"ruff.toml": "nonsense = 1\n"}),
    "settings that ruff cannot read, below": Case(
        ("doctor", "sub/a.py"), 1, "ruff.toml", {"sub/a.py": "", "sub/ruff.toml": "nonsense = 1\n"}
    ),
    "doctor without anything": Case(("doctor",), 0, "rules only: no model, no key", {}),
    "doctor with a key": Case(("doctor",), 0, "no model of your own", {}, {"ANTHROPIC_API_KEY": "sk-ant-x"}),
    "doctor and a server that is down": Case(
        ("doctor",), 1, "tier desk", {},
        {"LASTMILE_OPENAI__DESK__URL": "http://127.0.0.1:9/v1", "LASTMILE_LADDER": "rules,desk"},
    ),
    "doctor and a server elsewhere, which it does not ask": Case(
        ("doctor",), 0, "ready, free", {},
        {"LASTMILE_OPENAI__DESK__URL": "http://0.0.0.0:9/v1", "LASTMILE_OPENAI__DESK__OURS": "true",
         "LASTMILE_LADDER": "rules,desk"},
    ),
    "doctor, paid never": Case(
        ("doctor",), 0, "paid tiers are off", {}, {"LASTMILE_PAID": "never", "ANTHROPIC_API_KEY": "sk-ant-x"}
    ),
    "the version": Case(("--version",), 0, "lastmile 0.1.0", {}),
    "doctor on tests": Case(("doctor",), 0, "on: the workspace is trusted", {"pyproject.toml": ""}),
    "doctor and tests that are off": Case(
        ("doctor",), 0, "off: verify.tests.enabled is false", {"pyproject.toml": ""},
        {"LASTMILE_VERIFY__TESTS__ENABLED": "false"},
    ),
    "doctor and a workspace that is not trusted": Case(
        ("doctor",), 0, "off: the workspace is not trusted", {"pyproject.toml": ""},
        {"LASTMILE_VERIFY__TRUSTED": "false"},
    ),
    "doctor without a sandbox": Case(
        ("doctor",), 0, "none, so no tests run", {"pyproject.toml": ""}, {"PATH": "/nowhere"}
    ),
    "doctor and an environment that is broken": Case(
        ("doctor",), 1, "holds no working python", {"pyproject.toml": "", ".venv/pyvenv.cfg": ""}
    ),
    "doctor and no environment": Case(("doctor",), 0, "No Python environment was found", {"pyproject.toml": ""}),
    "doctor and an environment below": Case(
        ("doctor",), 0, "api below it has, which", {"pyproject.toml": "", "api/.venv/pyvenv.cfg": ""}
    ),
    "doctor and environments below, of which not all are named": Case(
        ("doctor",), 0, "a, b/one, b/two and 2 more below it have, which",
        {"pyproject.toml": "", **{f"{name}/venv/pyvenv.cfg": "" for name in ("a", "b/one", "b/two", "c/x/y", "d")}},
    ),
    "doctor and environments below that are no project's": Case(
        ("doctor",), 0, "No Python environment was found",
        {"pyproject.toml": "", ".tox/py/venv/pyvenv.cfg": "", "node_modules/a/.venv/pyvenv.cfg": ""},
    ),
    "doctor and an environment by setting": Case(
        ("doctor",), 0, f"{sys.executable} (the setting", {"pyproject.toml": ""},
        {"LASTMILE_VERIFY__TESTS__ENVIRONMENT": sys.executable},
    ),
    "doctor and the version of pytest": Case(
        ("doctor",), 0, f"{pytest.__version__} in ", {"pyproject.toml": ""},
        {"LASTMILE_VERIFY__TESTS__ENVIRONMENT": sys.executable},
    ),
    "the help": Case(("--help",), 0, "doctor", {}),
    "an address that is none": Case(("serve", "--tcp", "nowhere"), 2, "is not HOST:PORT", {}),
    "a port that is none": Case(("serve", "--tcp", "127.0.0.1:99999"), 2, "is not HOST:PORT", {}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_a_call_says_and_ends_with(case: Case, home_env: dict[str, str], tmp_path: Path) -> None:
    place = tmp_path / "project"
    place.mkdir()
    for name, text in case.files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    done = lastmile(*case.arguments, env=home_env | case.env, cwd=place, code=case.code)
    assert case.says in done.stdout + done.stderr
    assert "sk-ant-x" not in done.stdout + done.stderr
    for name, text in case.files.items():
        assert (place / name).read_bytes() == (text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize(
    "text",
    [
        BROKEN,
        BROKEN.replace("\n", "\r\n"),
        "\ufeff" + BROKEN,
        BROKEN.rstrip("\n"),
        BROKEN.replace("    ", "\t"),
        BROKEN + "# 🍐\u2028\x0c\n",
    ],
    ids=["plain", "CRLF", "BOM", "no last newline", "tabs", "odd line ends"],
)
def test_writing_keeps_every_byte_that_no_edit_touches(text: str, home_env: dict[str, str], tmp_path: Path) -> None:
    place = tmp_path / "project"
    place.mkdir()
    (place / "a.py").write_bytes(text.encode())
    os.chmod(place / "a.py", 0o640)  # noqa: PTH101 - the mode is what is looked at
    done = lastmile("fix", "a.py", "--select", "F401,E711", "--write", "--paid", "never", env=home_env, cwd=place)
    assert "Wrote 1 file" in done.stdout
    end = "\r\n" if "\r\n" in text else "\n"
    expected = text.replace(f"import os{end}", "").replace("== None", "is None")
    assert (place / "a.py").read_bytes().decode() == expected
    assert (place / "a.py").stat().st_mode & 0o777 == 0o640
    assert list(place.iterdir()) == [place / "a.py"]


def test_json_is_one_document_with_every_attempt(home_env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BROKEN)
    done = lastmile("fix", "a.py", "--select", "F,E711", "--paid", "never", "--json", env=home_env, cwd=tmp_path)
    document = json.loads(done.stdout)
    assert document["findings"] == {"before": {"F401": 1, "E711": 1, "F821": 1}, "after": {}}
    assert [task["tier"] for task in document["tasks"]] == ["rules"] * 3
    assert document["cost_usd"] == 0
    assert document["top_tier_cost_usd_estimate"] > 0
    assert all(attempt["checks"][-1] == "lint" for task in document["tasks"] for attempt in task["attempts"])


def test_fix_all_and_the_bill_of_it(home_env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BROKEN)
    lastmile("fix", "a.py", "--kind", "fix-all", "--write", "--paid", "never", env=home_env, cwd=tmp_path)
    assert "import os" not in (tmp_path / "a.py").read_text()
    assert "fix-all" in lastmile("bill", "--by", "kind", env=home_env, cwd=tmp_path, code=0).stdout


def test_the_bill_counts_what_was_written(home_env: dict[str, str], tmp_path: Path) -> None:
    """A look at what would be done saves nobody anything, however often it is taken."""
    (tmp_path / "a.py").write_text(BROKEN)

    def billed(*flags: str) -> tuple[int, int, int, int]:
        lastmile("fix", "a.py", "--paid", "never", *flags, env=home_env, cwd=tmp_path)
        total = json.loads(lastmile("bill", "--json", env=home_env, cwd=tmp_path, code=0).stdout)["total"]
        receipts = lastmile("bill", "--receipts", "9", env=home_env, cwd=tmp_path, code=0).stdout
        return total["tasks"], total["cleared"], total["cancelled"], receipts.count("fix: ")

    assert billed() == (0, 0, 2, 0)
    assert billed() == (0, 0, 4, 0)
    assert "4 more cancelled or not applied" in lastmile("bill", env=home_env, cwd=tmp_path, code=0).stdout
    assert billed("--write") == (2, 2, 4, 2)


def test_folders_respect_gitignore(home_env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("built/\n")
    for name in ("built", "src"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.py").write_text("import os\n")
    done = lastmile("fix", ".", "--select", "F401", "--paid", "never", "--write", env=home_env, cwd=tmp_path)
    assert "1 file:" in done.stdout
    assert (tmp_path / "built" / "a.py").read_text() == "import os\n"


@pytest.mark.parametrize("command", ["bill", "bill --receipts 3", "fix a.py --paid never"])
def test_who_waits_for_the_ledger_is_told_so(home_env: dict[str, str], tmp_path: Path, command: str) -> None:
    (tmp_path / "a.py").write_text(CLEAN)
    lastmile("fix", "a.py", env=home_env, cwd=tmp_path, code=0)
    with closing(sqlite3.connect(home_env["LASTMILE_LEDGER"], isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        process = subprocess.Popen(
            [*WARM, *command.split()],
            cwd=tmp_path,
            env=home_env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        said = process.stderr.readline()
    assert said == "Waiting for the ledger, which another program may be holding.\n"
    out, more = process.communicate(timeout=60)
    assert (process.returncode, more) == (0, ""), out


def test_the_demo_ends_with_its_bill(home_env: dict[str, str], tmp_path: Path) -> None:
    """Some findings of the example stay, which is no failure of the demo."""
    ready = tmp_path / "ready"
    ready.touch()
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "lastmile"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m lastmile "$@"\n')
    command.chmod(0o755)
    call = ["make", "--no-print-directory", "demo", f"BIN={command.parent}", f"READY={ready}"]
    done = subprocess.run(call, cwd=ROOT, env=home_env, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 left" in done.stdout
    assert "The bill, everything" in done.stdout


def test_the_example_of_the_readme_is_fixed_free(home_env: dict[str, str], tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples" / "bookshelf", tmp_path / "bookshelf")
    done = lastmile("fix", "bookshelf", "--paid", "never", "--json", env=home_env, cwd=tmp_path)
    document = json.loads(done.stdout)
    before, after = document["findings"]["before"], document["findings"]["after"]
    assert sum(before.values()) >= 12
    assert sum(after.values()) <= 2
