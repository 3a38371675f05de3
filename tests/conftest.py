"""What every test may ask for. It reaches nothing of the person who runs the tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.home import home_in
from tests.support.programs import PROGRAMS

from lastmile.tools.offload import Offload


def pytest_report_header() -> list[str]:
    """Say which programs are driven by tests, and what is left out where one is missing."""
    return [program.header() for program in PROGRAMS]


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
