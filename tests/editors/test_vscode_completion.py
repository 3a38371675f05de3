"""VS Code shows what a model of one's own completes, and Tab takes it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.support.chain_gguf import word, words
from tests.support.vscode import QUIET, Driver, Person

pytestmark = [pytest.mark.editor, pytest.mark.slow]


def test_ghost_text_is_shown_and_taken_with_tab(vscode: Driver, settled: Person, chain: Path) -> None:
    own = {"model.path": str(chain), "model.threads": 1, "completion.maxTokens": 8}
    settled.configure({**QUIET, **{f"lastmile.{name}": value for name, value in own.items()}})
    folder = settled.project("ghosts", {"area.py": "# \nprint(1)\n"})
    seen = vscode.go("complete", folder=str(folder), file="area.py", at=[1, 3], typed=word(20))
    assert seen["shown"].replace("\u00a0", " ").strip() == words(21, 8).strip()
    assert "local (cold)" in seen["cold"]
    assert "local (warm)" in seen["warm"]
    assert (folder / "area.py").read_text().rstrip() == f"# {word(20)}{words(21, 8).rstrip()}\nprint(1)"
    with closing(sqlite3.connect(settled.env["LASTMILE_LEDGER"])) as ledger:
        assert ("accepted",) in ledger.execute("SELECT fate FROM completions").fetchall()
