"""What this room knows of others: text, the values of models, a worker; no editor, no engine, no disk, no clock."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOM = Path(__file__).parents[2] / "server" / "lastmile" / "complete"
KNOWN = (
    *("lastmile.complete", "lastmile.text", "lastmile.errors", "lastmile.model.values"),
    *("lastmile.config.completing", "lastmile.verify.syntax"),
)
OUTSIDE = {"os", "io", "time", "datetime", "subprocess", "socket", "sqlite3", "llama_cpp", "pygls", "lsprotocol"}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (item.name for item in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("path", sorted(ROOM.glob("*.py")), ids=lambda path: path.name)
def test_it_knows_no_editor_no_engine_no_disk_and_no_clock(path: Path) -> None:
    names = set(imported(path))
    ours = {name for name in names if name.startswith("lastmile")}
    assert all(any(name == known or name.startswith(f"{known}.") for known in KNOWN) for name in ours)
    assert not {name.partition(".")[0] for name in names - ours} & OUTSIDE
    assert not any(isinstance(node, ast.Name) and node.id == "open" for node in ast.walk(ast.parse(path.read_text())))
