"""A folder with a project, and the service over it with tiers that a test scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve
from tests.support.stage import ScriptedTier, SharedWorker, Stage

from lastmile.service import Service
from lastmile.tools.offload import Offload


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a workspace folder in which ruff looks for pyflakes' findings."""
    path = tmp_path / "the project"
    path.mkdir()
    (path / "pyproject.toml").write_text('[tool.ruff.lint]\nselect = ["F", "E711"]\n')
    return path


@pytest.fixture
def stage(home_env: dict[str, str], offload: Offload) -> Stage:
    """Give the service, with a free tier ``local`` and two paid ones that do nothing unless scripted."""
    service = Service.open(home_env)
    worker = SharedWorker(offload)
    service.shared = evolve(service.shared, offload=worker)
    names = {"local": True, "sonnet": False, "opus": False}
    return Stage(service, worker, {name: ScriptedTier(name, free=free) for name, free in names.items()})
