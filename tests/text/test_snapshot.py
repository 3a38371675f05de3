from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot


@pytest.mark.parametrize(
    ("uri", "path", "name"),
    [
        ("file:///a/b%20c.py", Path("/a/b c.py"), "b c.py"),
        ("untitled:Untitled-1", None, "Untitled-1"),
        ("vscode-notebook-cell:/a/b.ipynb#W0", None, "b.ipynb#W0"),
    ],
)
def test_name(uri: str, path: Path | None, name: str) -> None:
    assert Snapshot(uri, "", path).name == name


def test_the_digest_is_of_the_text_alone() -> None:
    assert Snapshot("a", "é").digest == Snapshot("b", "é", version=2).digest == sha256("é".encode()).hexdigest()
    assert Snapshot("a", "\ud800").digest != Snapshot("a", "?").digest


def test_the_lines_are_indexed_once() -> None:
    snapshot = Snapshot("a", "x\ny")
    assert snapshot.lines is snapshot.lines
    assert len(snapshot.lines) == 2


def test_a_text_is_not_printed_with_its_snapshot() -> None:
    assert "secret" not in repr(Snapshot("a", "secret"))


@pytest.mark.parametrize(
    ("source", "code", "syntax", "label"),
    [
        ("ruff", "F401", False, "F401"),
        ("ruff", "invalid-syntax", True, "invalid-syntax"),
        ("ruff", "", True, "ruff"),
        ("mypy", "", False, "mypy"),
    ],
)
def test_diagnostic(source: str, code: str, *, syntax: bool, label: str) -> None:
    diagnostic = Diagnostic(source, code, "message", Span(0, 1))
    assert (diagnostic.is_syntax, diagnostic.label) == (syntax, label)
