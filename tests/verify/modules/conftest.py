"""A project with an environment, and the check over it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.environments import INSTALLED, PROJECT, checking, environment, write

from lastmile.tools.offload import Offload
from lastmile.verify.modules.check import ImportsCheck


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a project with an environment, which tests leave as it is."""
    return environment(write(tmp_path_factory.mktemp("world"), PROJECT), INSTALLED)


@pytest.fixture(scope="module")
def check(world: Path, offload: Offload) -> ImportsCheck:
    """Make the check over it."""
    return checking(world, offload)
