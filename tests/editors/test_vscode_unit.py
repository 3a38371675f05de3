"""The extension's own checks: its types, its style, and the unit tests of its modules."""

from __future__ import annotations

import json
import subprocess

import pytest
from tests.support.vscode import EXTENSION

from lastmile import __version__

pytestmark = [pytest.mark.editor, pytest.mark.slow]


@pytest.mark.parametrize("script", ["check", "test"])
def test_its_own_checks_pass(script: str) -> None:
    done = subprocess.run(
        ["npm", "run", "--silent", script], cwd=EXTENSION, capture_output=True, text=True, check=False, timeout=180
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_has_the_servers_version() -> None:
    assert json.loads((EXTENSION / "package.json").read_text())["version"] == __version__
