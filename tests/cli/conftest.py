"""The command is ready to be called: most tests here call it, and are not about how it starts."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True, scope="session")
def ready(warm: None) -> None:
    """Have it ready."""
