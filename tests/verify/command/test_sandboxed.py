"""A command in the real sandbox: what it may take."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from tests.support.programs import BUBBLEWRAP

from lastmile.sandbox.values import MIB
from lastmile.verify.command.sandboxed import SandboxShell

pytestmark = [
    pytest.mark.skipif(BUBBLEWRAP.is_missing(), reason="bubblewrap is not there; the report's header says so"),
    pytest.mark.slow,
]

TAKES = [sys.executable, "-c", "x = b'x' * (200 << 20); print('taken')"]


@pytest.mark.parametrize(("memory", "out"), [(None, "taken"), (400 * MIB, "taken"), (100 * MIB, "")])
async def test_memory_is_limited_where_that_is_asked_for(tmp_path: Path, memory: int | None, out: str) -> None:
    root, home = tmp_path / "project", tmp_path / "home"
    root.mkdir()
    home.mkdir()
    shell = SandboxShell(root, home, dict(os.environ), lambda: Path(sys.executable), memory=memory)
    ended = await shell.run(TAKES, texts={}, cwd=root, seconds=60.0)
    assert ended.out.strip() == out, ended
    assert ("MemoryError" in ended.err) == (not out)


async def test_long_output_begins_with_no_code_whose_file_was_cut_off(tmp_path: Path) -> None:
    root, home = tmp_path / "project", tmp_path / "home"
    root.mkdir()
    home.mkdir()
    shell = SandboxShell(root, home, dict(os.environ), lambda: Path(sys.executable))
    code = "print('a.py:1: in f'); print(('    return pin' + chr(10)) * 150_000 + 'b.py:2: wrong')"
    ended = await shell.run([sys.executable, "-c", code], texts={}, cwd=root, seconds=60.0)
    assert ended.out == "b.py:2: wrong\n"
