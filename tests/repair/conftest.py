"""The project that repairs are tried in; what needs bubblewrap is left out where it is not installed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support.programs import BUBBLEWRAP
from tests.support.repairs import Ground, standing

collect_ignore = ["test_repairing.py"] if BUBBLEWRAP.is_missing() else []


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    async with standing(tmp_path) as made:
        yield made
