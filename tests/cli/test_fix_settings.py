"""``lastmile fix`` with settings, or a ledger, that are wrong: told, and the work done."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.fix_command import UNUSED, run
from tests.support.fixing import fill

pytestmark = pytest.mark.slow


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
