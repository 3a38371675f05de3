"""VS Code with the extension and no key: it shows what is wrong, fixes it free, and says how it stands."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from tests.support.vscode import QUIET, Driver, Person

pytestmark = [pytest.mark.editor, pytest.mark.slow]

RUFF = '[tool.ruff.lint]\nselect = ["F", "E7"]\n'
SHOP = """\
import os


def total(items, rate):
    if rate == None:
        raise ValueError("no rate")
    return sum(items) * (1 + rate)
"""
FIXED = SHOP.replace("== None", "is None")
HUGE = f"{'# a line ' * 128}\n" * (52 * 1024 * 1024 // (9 * 128 + 1))
ENTRIES = (
    *("Instruct", "last report", "Why was this refused", "Bill", "Bill as a page", "Doctor", "Pause completions"),
    *("Paid tiers", "Model", "API key"),
)
FIX: dict[str, Any] = {"file": "shop.py", "at": [5, 17], "title": "Fix E711", "becomes": "is None"}


@pytest.fixture(autouse=True)
def quiet(settled: Person) -> None:
    settled.configure(QUIET)


def test_a_fix_of_the_lightbulb_is_applied_and_saved_and_taken_back(vscode: Driver, settled: Person) -> None:
    folder = settled.project("Läden & more", {"pyproject.toml": RUFF, "shop.py": SHOP})
    seen = vscode.go("fix", folder=str(folder), squiggle="warning", was="== None", words="too eager", **FIX)
    assert seen["shown"] == ["Fix E711: Comparison to `None` should be `cond is None` (free)"]
    assert seen["messages"] == []
    assert (folder / "shop.py").read_text() == FIXED
    assert "Last: Fix E711" in seen["last"]
    assert seen["within"], "the menu is out of sight behind the last receipt"
    assert "is None" in seen["left"]
    assert seen["undone"] == "The edit was taken back, and is noted as wrong."
    assert seen["nothing"] == "There is no edit to take back."
    with closing(sqlite3.connect(settled.env["LASTMILE_LEDGER"])) as ledger:
        assert ledger.execute("SELECT words FROM outcomes WHERE undone = 1").fetchall() == [("too eager",)]


def test_a_fix_that_is_ready_stands_first_and_is_applied(vscode: Driver, settled: Person) -> None:
    settled.configure({**QUIET, "lastmile.ahead": "rules", "lastmile.aheadLoad": 1000})
    folder = settled.project("ready", {"pyproject.toml": RUFF, "shop.py": SHOP})
    shop = folder / "shop.py"
    shop.chmod(0o444)
    seen = vscode.go("ready", cues={"unlocked": lambda: shop.chmod(0o644)}, folder=str(folder), **FIX)
    assert seen["asked"] == "shop.py is read-only on the disk, so that an edit could not be saved."
    assert "== None" in seen["left"]
    assert seen["messages"] == []
    assert seen["shown"][0].startswith("Fix E711")
    assert seen["shown"][0].endswith("(ready, free)")
    assert "Last: Fix E711" in seen["last"]
    assert (folder / "shop.py").read_text() == FIXED


def test_a_long_edit_is_shown_before_it_is_applied_and_a_read_only_file_asked_about(
    vscode: Driver, settled: Person
) -> None:
    settled.configure({**QUIET, "lastmile.preview.lines": 0})
    folder = settled.project("preview", {"pyproject.toml": RUFF, "shop.py": SHOP})
    (folder / "shop.py").chmod(0o444)
    seen = vscode.go("preview", folder=str(folder), was="== None", **FIX)
    assert seen["locked"]["text"] == "shop.py is read-only on the disk, so that an edit could not be saved."
    assert seen["locked"]["buttons"] == ["Make it writeable", "Edit it all the same"]
    assert seen["text"].startswith("Fix E711")
    assert "syntax ok, 0 new findings" in seen["text"]
    assert "$0.00" in seen["text"]
    assert seen["buttons"] == ["Apply", "Throw away"]
    old, new = seen["shown"][0], seen["shown"][-1]
    assert "if rate == None:" in old
    assert "if rate is None:" in new
    assert (folder / "shop.py").read_text() == FIXED


def test_the_status_says_what_works_and_its_menu_does_the_rest(vscode: Driver, settled: Person) -> None:
    settled.configure({**QUIET, "lastmile.ahead": "rules", "lastmile.aheadLoad": 0})  # any machine has some load
    folder = settled.project("status", {"pyproject.toml": RUFF, "shop.py": SHOP})
    seen = vscode.go("status", folder=str(folder), file="shop.py")
    assert "Lastmile: rules" in seen["status"]
    assert "today" in seen["status"]
    assert "the machine is busy (load " in seen["waits"]
    for entry in ENTRIES:
        assert any(entry in shown for shown in seen["menu"]), (entry, seen["menu"])
    assert "Completions are paused" in seen["paused"]
    assert seen["nobody"]["text"].startswith(
        "No tier can follow an instruction now: local: no model is set; sonnet: no API"
    )
    assert seen["nobody"]["buttons"] == ["Choose a model", "Set the API key"]
    assert len(seen["steps"]) == 4
    assert seen["page"].startswith("The bill, everything")
    assert seen["messages"] == []


def test_a_file_that_vs_code_keeps_to_itself_is_told_of_and_left_alone(vscode: Driver, settled: Person) -> None:
    settled.configure({**QUIET, "workbench.editorLargeFileConfirmation": 1024})  # else a window from afar asks first
    folder = settled.project("huge", {"pyproject.toml": RUFF, "huge.py": HUGE, "shop.py": SHOP})
    seen = vscode.go("huge", folder=str(folder), file="huge.py", other="shop.py")
    told = "huge.py has 52 MB, and VS Code gives no file of more than 50 MB to extensions. Lastmile leaves it alone."
    assert seen["told"] == {"text": told, "buttons": ["Open another file", "Do not tell me again"]}
    assert seen["nothing"].startswith("An instruction is for the selection in an open file, and none is at hand.")
