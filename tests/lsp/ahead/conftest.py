"""Someone who has the models of the machine draft ahead."""

from __future__ import annotations

import pytest


@pytest.fixture
def home_env(home_env: dict[str, str]) -> dict[str, str]:
    """Give the environment of someone who has the models of the machine draft ahead."""
    return home_env | {"LASTMILE_AHEAD": "local", "LASTMILE_PAID": "auto"}
