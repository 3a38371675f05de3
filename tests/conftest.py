"""What every test may ask for. It reaches nothing of the person who runs the tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lastmile.tools.offload import Offload

_OF_A_PERSON = ("LASTMILE_", "ANTHROPIC_", "AWS_", "GOOGLE_", "XDG_", "RUFF_")


@pytest.fixture
def home_env(tmp_path: Path) -> dict[str, str]:
    """Give the environment of someone who just installed it: no key, no settings, an empty ledger.

    For every process and service that a test starts. What they write lies below ``tmp_path/home``.
    """
    home = tmp_path / "home"
    home.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OF_A_PERSON)}
    return kept | {
        "HOME": str(home),
        "LASTMILE_LEDGER": str(home / "ledger.sqlite3"),
        "LASTMILE_CONFIG": str(home / "lastmile.toml"),
        "LASTMILE_EGRESS_LOG": str(home / "egress.jsonl"),
    }


@pytest.fixture(scope="session")
def offload() -> Iterator[Offload]:
    """Give a worker process that tests share: it keeps nothing between calls."""
    worker = Offload(deadline=60.0)
    yield worker
    worker.close()
