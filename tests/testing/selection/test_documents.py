"""Tests that are no Python: examples in text files, and what hooks make of data files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.support.selecting import CART, check

from lastmile.tools.offload import Offload

EXAMPLE = "Add.\n\n>>> from shop.cart import total\n>>> total([1])\n1\n"
INI = "[pytest]\naddopts = {}\n"
HOOK = "def pytest_collect_file(parent, file_path):\n    return None\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            {"pytest.ini": INI.format("--doctest-glob=*.md")}, {"README.md", "docs/use.md"}, id="by a pattern"
        ),
        pytest.param({"pytest.ini": INI.format("--doctest-glob 'docs/*.md'")}, {"docs/use.md"}, id="in a folder"),
        pytest.param({"pytest.ini": INI.format("-q")}, {"test_it.txt"}, id="by pytest's own pattern"),
        pytest.param(
            {"pytest.ini": f"{INI.format('--doctest-glob=*.md')}testpaths = docs\n"}, {"docs/use.md"}, id="in place"
        ),
    ],
)
async def test_examples_of_text_files_are_tests(
    tmp_path: Path, offload: Offload, files: Mapping[str, str], expected: set[str]
) -> None:
    texts = {"README.md": EXAMPLE, "docs/use.md": EXAMPLE, "test_it.txt": EXAMPLE}
    apart = {"docs/apart.md": ">>> import json\n", ".venv/pyvenv.cfg": "", ".venv/a.md": EXAMPLE, "build/a.md": EXAMPLE}
    found = await check(tmp_path, offload, {"shop/cart.py": CART, **texts, **apart, **files}, expected)
    assert found.decides, found.cut


@pytest.mark.parametrize(
    ("files", "cut"),
    [
        pytest.param(
            {"tests/conftest.py": HOOK},
            "`pytest_collect_file` in tests/conftest.py makes tests that cannot be told without running it",
            id="a hook",
        ),
        pytest.param(
            {"pytest.ini": INI.format("--nbval")},
            "`--nbval` makes tests that cannot be told without running it",
            id="an option of a plugin",
        ),
        pytest.param(
            {"pytest.ini": INI.format("--doctest-glob=*.md"), "README.md": ">>> total([\n"},
            "the examples in README.md cannot be read",
            id="examples that do not parse",
        ),
    ],
)
async def test_tests_that_cannot_be_told_are_said_to_be_left_out(
    tmp_path: Path, offload: Offload, files: Mapping[str, str], cut: str
) -> None:
    tests = {"tests/test_a.py": "from shop.cart import total\ndef test_a():\n    total([1])\n"}
    found = await check(tmp_path, offload, {"shop/cart.py": CART, **tests, **files}, {"tests/test_a.py::test_a"})
    assert found.cut == cut
    assert not found.decides
