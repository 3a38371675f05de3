"""The command is ready to be called: most tests here call it, and are not about how it starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.fix_command import UNUSED
from tests.support.fixing import fill


@pytest.fixture(autouse=True, scope="session")
def ready(warm: None) -> None:
    """Have it ready."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path / "project", {"a.py": UNUSED, "b.py": "l = 1\n", "c.py": "x = 1\n"})
