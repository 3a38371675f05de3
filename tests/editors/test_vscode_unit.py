"""The unit tests of the extension's modules; its types and its style are for `make extension`."""

from __future__ import annotations

import json
import subprocess

import pytest
from tests.support.vscode import EXTENSION

from lastmile import __version__

pytestmark = [pytest.mark.editor, pytest.mark.slow]


def test_its_own_tests_pass() -> None:
    done = subprocess.run(
        ["npm", "run", "--silent", "test"], cwd=EXTENSION, capture_output=True, text=True, check=False, timeout=180
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_has_the_servers_version() -> None:
    assert json.loads((EXTENSION / "package.json").read_text())["version"] == __version__
