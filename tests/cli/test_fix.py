"""``lastmile fix`` as a process: what it prints, writes and ends with."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.fix_command import UNUSED, run
from tests.support.fixing import fill

pytestmark = pytest.mark.slow


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


def test_without_a_key_nothing_is_asked_or_sent(folder: Path, home_env: dict[str, str]) -> None:
    done = run("b.py", "--paid", "auto", cwd=folder, env=home_env)
    assert "sonnet: no API key in ANTHROPIC_API_KEY" in done.out
    assert not Path(home_env["LASTMILE_EGRESS_LOG"]).exists()


def test_where_nobody_can_be_asked_nothing_is_paid_for(folder: Path, home_env: dict[str, str]) -> None:
    done = run("b.py", cwd=folder, env=home_env | {"ANTHROPIC_API_KEY": "sk-ant-x"})
    assert "Stopped: no consent to ask sonnet" in done.out
    assert not Path(home_env["LASTMILE_EGRESS_LOG"]).exists()
