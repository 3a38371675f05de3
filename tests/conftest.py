"""What every test may ask for. It reaches nothing of the person who runs the tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.home import home_in

from lastmile.tools.offload import Offload


@pytest.fixture
def home_env(tmp_path: Path) -> dict[str, str]:
    """Give the environment of someone who just installed it: no key, no settings, an empty ledger."""
    return home_in(tmp_path)


@pytest.fixture(scope="session")
def offload() -> Iterator[Offload]:
    """Give a worker process that tests share: it keeps nothing between calls."""
    worker = Offload(deadline=60.0)
    yield worker
    worker.close()
