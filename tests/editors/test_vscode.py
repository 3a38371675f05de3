"""VS Code with the extension and no key: it shows what is wrong, and fixes it free."""

from __future__ import annotations

import pytest
from tests.support.vscode import Driver, Person

pytestmark = [pytest.mark.editor, pytest.mark.slow]

RUFF = '[tool.ruff.lint]\nselect = ["F", "E7"]\n'
SHOP = """\
import os


def total(items, rate):
    if rate == None:
        raise ValueError("no rate")
    return sum(items) * (1 + rate)
"""


def test_a_fix_of_the_lightbulb_is_applied_and_saved(vscode: Driver, settled: Person) -> None:
    folder = settled.project("Läden & more", {"pyproject.toml": RUFF, "shop.py": SHOP})
    seen = vscode.go(
        "fix", folder=str(folder), file="shop.py", squiggle="warning", at=[5, 17], title="Fix E711", becomes="is None"
    )
    assert seen["shown"] == ["Fix E711: Comparison to `None` should be `cond is None` (free)"]
    assert (folder / "shop.py").read_text() == SHOP.replace("== None", "is None")
